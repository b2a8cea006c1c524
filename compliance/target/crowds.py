"""Requests that arrive at one moment: creates of one thing, creates of many things, deletes of one row.

A crowd is sent again where it shows a fault: only what comes back may be reported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from compliance.catalogue import Untested
from compliance.contract.model import Operation, Registration, Resource
from compliance.target.actors import registered
from compliance.target.naming import look_for
from compliance.target.reach import Target
from compliance.target.tape import Exchange
from compliance.target.tokens import says_no
from compliance.target.wire import Request

#: Requests of a crowd; how often equal ones are sent before it is believed that one alone succeeds.
CROWD, ROUNDS = 8, 3


@dataclass(frozen=True)
class Crowd:
    """The answers to requests that arrived at one moment."""

    answers: Sequence[Exchange]

    @property
    def winners(self) -> list[Exchange]:
        return [answer for answer in self.answers if answer.ok and not says_no(answer)]

    @property
    def failures(self) -> list[Exchange]:
        """Answers that blame the service; not those that ask to wait."""
        return [answer for answer in self.answers if answer.status >= 500 and not answer.busy]

    @property
    def is_heard(self) -> bool:
        """Whether at least two were neither told to wait nor sent away for their number."""
        return sum(not answer.busy for answer in self.answers) > 1


def equals(target: Target, resource: Resource | Operation) -> Crowd:
    """One create many times at one moment: a new account, or a new row with a value that is its own."""
    if isinstance(resource, Operation) or resource is target.contract.accounts:
        registration, request = target.registrar.request("racer", target.tag)
        return _accounts(target, registration, [request] * CROWD)
    return _rows(target, [_create(target, resource)] * CROWD)


def strangers(target: Target, resource: Resource) -> Crowd:
    """As many creates of different things at one moment."""
    if resource is target.contract.accounts:
        asked = [target.registrar.request("racer", target.tag) for _ in range(CROWD)]
        return _accounts(target, asked[0][0], [request for _, request in asked])
    crowd = _rows(target, [_create(target, resource) for _ in range(CROWD)])
    owner = target.confirmed(resource).created.owner
    if len(crowd.winners) < 2 and not crowd.failures and target.rows.make_room(resource, owner):
        return _rows(target, [_create(target, resource) for _ in range(CROWD)])
    return crowd


def deletes(target: Target, resource: Resource, delete: Operation) -> Crowd:
    """One row deleted many times at one moment, by its owner."""
    created = target.create(resource, target.alice)
    values = target.path_values(delete, created.owner, created)
    genuine = target.request(delete, created.owner, values)
    crowd = Crowd(target.together([genuine] * (CROWD // 2)))
    if not crowd.winners:
        raise Untested(f"{crowd.answers[0]}: the owner may not delete it")
    return crowd


def twice(send: Callable[[], Crowd], fault: Callable[[Crowd], object]) -> Crowd:
    """The first crowd, where it has no fault; else the next. Raises Untested where a fault does not come back."""
    first = send()
    if not fault(first):
        return first
    for _ in range(ROUNDS):
        again = send()
        if fault(again):
            return again
    raise Untested("simultaneous requests went wrong once and not again")


def _create(target: Target, resource: Resource) -> Request:
    create = resource.create
    if create is None:
        raise Untested(f"the document shows no operation that creates in {resource.collection}")
    sender = target.confirmed(resource).created.owner
    values = target.path_values(create, sender)
    return target.request(create, sender, values, **target.body(create, actor=sender))


def _accounts(target: Target, registration: Registration, requests: Sequence[Request]) -> Crowd:
    """Accounts that are made at one moment enter the ledger as those that are made one by one do."""
    with target.registrar.working_at(registration):
        crowd = Crowd(target.together(requests))
    for winner in crowd.winners:
        row = target.ledger.made_by(winner)
        if row is not None:
            row.owner = registered(registration, winner)
            row.owner.name = "racer"
    return crowd


def _rows(target: Target, requests: Sequence[Request]) -> Crowd:
    crowd = Crowd(target.together(requests))
    for winner in crowd.winners:
        row = target.ledger.made_by(winner)
        if row is not None and not row.path:
            look_for(target, row, winner)
        target.rows.spare(winner)
    return crowd
