"""Requests that arrive at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import Operation, Resource
from compliance.contract.subjects import created_resources, owned_resources
from compliance.rules.resources.uniqueness import resources_with_unique_values
from compliance.target.actors import Actor, leaves
from compliance.target.changing import at_rest, changes, plain_fields
from compliance.target.crowds import ROUNDS, Crowd, deletes, equals, strangers, twice
from compliance.target.duplicates import duplicate, name_of
from compliance.target.reach import Created, Target
from compliance.target.tape import Exchange
from compliance.target.wire import Request

_REPLACES = "an update takes the whole object, so that the later one replaces what the earlier wrote"


@rule(
    "RES-015",
    "A unique value cannot be taken twice at the same moment",
    level=Level.MUST,
    subjects=resources_with_unique_values,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def unique_values_are_taken_once_in_a_race(target: Target, resource: Resource | Operation) -> None:
    """
    Why: looking first and inserting afterwards leaves a gap that a double click is enough to hit.

    Breaks: `if await repository.get_by_email(email): raise ConflictException()` and no constraint in the database

    Conforms: `email: Mapped[str] = mapped_column(unique=True)`, and `IntegrityError` rendered as 409
    """
    found = duplicate(target, resource)
    if found.made or not found.is_refused:
        raise NotApplicable("a second create is not refused when it comes later, either")
    for crowd in _races(target, resource):
        if len(crowd.winners) > 1:
            raise Violation(
                "a unique value was taken twice at one moment",
                f"one success among {len(crowd.answers)} equal creates",
                f"{len(crowd.winners)} successes",
                crowd.winners[:2],
            )
    if not any(crowd.winners and crowd.is_heard for crowd in _races(target, resource)):
        raise Untested("of the equal creates none succeeded, or the service asked them to wait")


@rule(
    "RES-016",
    "Simultaneous requests are all served",
    level=Level.MUST,
    subjects=created_resources,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def simultaneous_requests_are_served(target: Target, resource: Resource) -> None:
    """
    Why: what works for one user at a time fails on the first busy day.

    Breaks: one `AsyncSession` for the whole process, or an `IntegrityError` that nobody translates

    Conforms: a session a request, and a handler that makes 409 of the loser's error
    """
    target.confirmed(resource).must("create")
    _must_be_served(target, resource)
    if resource in resources_with_unique_values(target.contract):
        _must_be_answered(_races_of_unique(target, resource))
    if resource.delete is not None and not target.confirmed(resource).created.row.account:
        delete = resource.delete
        _must_be_answered([twice(lambda: deletes(target, resource, delete), lambda crowd: crowd.failures)])


@rule(
    "RES-017",
    "Simultaneous updates of different fields both survive",
    level=Level.SHOULD,
    subjects=owned_resources,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def simultaneous_updates_survive(target: Target, resource: Resource) -> None:
    """
    Why: whoever reads an object, changes it and writes all of it back undoes what somebody else did meanwhile.

    Breaks: `row = await get(id); row.update(data); await replace(row)` without a version or a lock

    Conforms: an UPDATE that names only the changed columns, or 409 to one of the two
    """
    target.confirmed(resource).must("create", "read")
    lost: list[Exchange] = []
    for _ in range(ROUNDS):
        lost = _updated_at_once(target, resource)
        if not lost:
            break  # what was lost once and not again may have been somebody's doing
    if lost:
        for backwards in (False, True):
            _must_survive_in_turn(target, resource, backwards=backwards)
        raise Violation(
            "one of two simultaneous updates is lost",
            "both changes, or a conflict",
            "two successes, and the object has one of the changes",
            lost,
        )


def _races(target: Target, resource: Resource | Operation) -> list[Crowd]:
    """Several crowds of equal creates; no more of them once one has shown a fault."""

    def have() -> list[Crowd]:
        crowds: list[Crowd] = []
        for _ in range(ROUNDS):
            crowds.append(equals(target, resource))
            if len(crowds[-1].winners) > 1:
                break
        return crowds

    return target.memory.once(("races", name_of(resource)), have)


def _races_of_unique(target: Target, resource: Resource) -> list[Crowd]:
    """The crowds of equal creates of RES-015, where there are any; and more of them where one alone failed."""
    try:
        found = duplicate(target, resource)
        crowds = list(_races(target, resource)) if found.is_refused and not found.made else []
    except (NotApplicable, Untested):
        return []
    for _ in range(ROUNDS if any(crowd.failures for crowd in crowds) else 0):
        if sum(bool(crowd.failures) for crowd in crowds) > 1:
            break
        crowds.append(equals(target, resource))
    return crowds


def _must_be_answered(crowds: list[Crowd]) -> None:
    """Raises Violation where requests failed at one moment, in more than one crowd if there were several."""
    failed = [crowd for crowd in crowds if crowd.failures]
    if len(failed) >= min(len(crowds), 2) and failed:
        failure = failed[0].failures[0]
        raise Violation(
            "simultaneous requests end in a server error",
            "a success or a client error each",
            f"{failure.status} to {len(failed[0].failures)} of {len(failed[0].answers)}",
            [failure],
        )


def _must_be_served(target: Target, resource: Resource) -> None:
    """Creates of different things at one moment: each is answered, and what was confirmed is there."""
    lost: list[Exchange] = []

    def goes_wrong(crowd: Crowd) -> bool:
        lost[:] = _lost(target, resource, crowd)  # looked at once: some things may be read once
        return bool(crowd.failures or lost)

    crowd = twice(lambda: strangers(target, resource), goes_wrong)
    _must_be_answered([crowd])
    if lost:
        raise Violation(
            "a create that was confirmed among others is not there", "200", str(lost[-1].status), lost
        )
    if len(crowd.winners) < 2:
        raise Untested("fewer than two of the simultaneous creates succeeded")


def _lost(target: Target, resource: Resource, crowd: Crowd) -> list[Exchange]:
    """A confirmed create and the answer to reading what it made, where that is not found."""
    if resource.read is None or target.confirmed(resource).doubts.get("read"):
        return []
    reader = target.confirmed(resource).created.owner
    read = resource.read
    for winner in crowd.winners:
        row = target.ledger.made_by(winner)
        if row is None or not row.path or row.account:
            continue
        look = _found(target, read, Created(row, None, winner), reader)
        if look.status in (404, 410):
            return [winner, look]
    return []


def _found(target: Target, read: Operation, created: Created, reader: Actor) -> Exchange:
    """The answer to reading a row, which may come a moment later."""
    values = target.path_values(read, reader, created)

    def look() -> Exchange:
        return target.call(read, reader, values)

    return target.patience.until(lambda answer: answer.status != 404, look)


def _updated_at_once(target: Target, resource: Resource) -> list[Exchange]:
    """The two updates and the reading after them, where both were confirmed and one is not there."""
    created, before, changes = _two_changes(target, resource)
    answers = target.together([request for _, request in changes])
    if not all(answer.ok for answer in answers):
        if any(answer.status in (409, 412, 423) or answer.busy for answer in answers):
            return []
        raise Untested(f"{next(a for a in answers if not a.ok)}: not both updates were confirmed")
    after = plain_fields(target, resource, created)
    changed = [name for name, _ in changes if after.get(name) != before[name]]
    if not changed:
        raise Untested("neither of two simultaneous updates changed anything")
    return [] if len(changed) == 2 else [*answers, target.tape.exchanges[-1]]


def _must_survive_in_turn(target: Target, resource: Resource, *, backwards: bool) -> None:
    """The control: of the same updates one after the other the later leaves alone what the earlier wrote."""
    created, _, (one, other) = _two_changes(target, resource)
    (field, first), (_, second) = (other, one) if backwards else (one, other)
    written = []
    for request in (first, second):
        answer = target.send(request)
        if not answer.ok:
            raise Untested(f"{answer}: not both updates are confirmed where they come in turn")
        written.append(plain_fields(target, resource, created).get(field))
    if written[0] != written[1]:
        raise NotApplicable(_REPLACES)


def _two_changes(
    target: Target, resource: Resource
) -> tuple[Created, Mapping[str, Any], list[tuple[str, Request]]]:
    """A new row, what it says, and requests that change one field of it each."""
    update = _partial(resource.updates)
    created = target.create(resource, target.alice)
    before = at_rest(target, resource, created)
    chosen = list(changes(target, update, created, before, whole=False))[:2]
    if len(chosen) < 2:
        raise NotApplicable("an update has no two plain fields that could be changed at one moment")
    (one, this), (other, that) = chosen
    if one in _sent(that) or other in _sent(this):
        raise NotApplicable(_REPLACES)
    values = target.path_values(update, created.owner, created)
    requests = [(name, target.request(update, created.owner, values, **how)) for name, how in chosen]
    return created, before, requests


def _sent(how: Mapping[str, Any]) -> set[str]:
    """The names of the plain fields of a body, which may be wrapped."""
    return {way[-1] for way, _ in leaves(how.get("json"))}


def _partial(updates: tuple[Operation, ...]) -> Operation:
    """The update that says by its method that it changes what is sent and no more; else the first."""
    return min(updates, key=lambda one: one.method != "PATCH")
