"""A second create with a value that is taken: what it is answered, and whether it made a second row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from compliance.catalogue import NotApplicable, Untested
from compliance.contract.inputs import inputs_of
from compliance.contract.model import FieldPath, Operation, Resource
from compliance.target.actors import at, registered
from compliance.target.births import answered, key_in
from compliance.target.reach import Created, Target
from compliance.target.tape import Exchange
from compliance.target.tokens import says_no

#: What speaks for a unique field without having been said by the document: a name that mostly is one.
_GUESSED = "mostly exists once"


@dataclass(frozen=True)
class Duplicate:
    """What the first create and the second were answered; `field` has the value that both carry, in words."""

    field: str
    first: Exchange
    again: Exchange
    #: the second row surely came about
    made: bool

    @property
    def is_refused(self) -> bool:
        return 400 <= self.again.status < 500 or (self.again.ok and says_no(self.again))


def duplicate(target: Target, resource: Resource | Operation) -> Duplicate:
    """The create of a resource, or the registration, sent twice with one value that is unique; tried once in a run.

    Raises NotApplicable where nothing says that a value is, Untested where that cannot be found out.
    """

    def have() -> Duplicate:
        registration = target.contract.registration
        if isinstance(resource, Operation) or (resource is target.contract.accounts and registration):
            return second_account(target, lambda name: name)
        return _second_row(target, resource)

    return target.memory.once(("duplicate", name_of(resource)), have)


def name_of(resource: Resource | Operation) -> str:
    """What a resource is known by, or the registration in its place."""
    return resource.label if isinstance(resource, Operation) else resource.collection


def second_account(target: Target, alter: Callable[[str], str], way: FieldPath | None = None) -> Duplicate:
    """A registration by the name of an account that there is, or by one that was made of it; all else is new.

    way: the field with that name, where it is not the likeliest.
    """
    first = target.memory.once("trent", lambda: target.account("trent"))
    door = target.contract.registration
    way = way or (door.identifier if door else ())
    name = at(first.sent, way) if way else None
    if not isinstance(name, str) or not name:
        raise Untested("the registration takes no name by which its accounts are known")
    registration, request = target.registrar.request("trudy", target.tag, {way: alter(name)})
    with target.registrar.working_at(registration):
        again = target.send(request)
    if again.busy or again.status >= 500:
        raise Untested(f"{again}: neither a second account nor a refusal")
    made = again.ok and not says_no(again) and _is_another_account(target, first, again)
    return Duplicate(f"the same {way[-1]}", first.exchange, again, made)


def _is_another_account(target: Target, first: Created, again: Exchange) -> bool:
    """Whether a registration that was answered well made an account: it tells another id, or lets its password in.

    Services that do not say who has an account answer well to everybody.
    """
    row = target.ledger.made_by(again)
    registration = target.contract.registration
    if registration is None:
        return False
    actor = registered(registration, again)
    actor.name = "trudy"
    if row is not None:
        row.owner = actor
        if row.identifier is not None and first.identifier is not None:
            return str(row.identifier) != str(first.identifier)
    try:
        target.doorman.log_in(actor)
    except Untested:
        return False
    return True


def _second_row(target: Target, resource: Resource) -> Duplicate:
    create = resource.create
    if create is None:
        raise NotApplicable("nothing is created")
    confirmed = target.confirmed(resource)
    confirmed.must("create")
    fields = [one for one in inputs_of(create, target.contract.resolver) if "unique" in one.reasons]
    said = [one for one in fields if _GUESSED not in one.reasons["unique"]]
    if not fields:
        raise NotApplicable("nothing says that a value is unique")
    created = confirmed.created
    first, sender = created.exchange, created.owner
    if first.operation != create.label:
        raise Untested(f"{create.label} made none of the rows of this run")
    chosen = (said or fields)[0]
    value = at(created.sent, chosen.path)
    if value is None:
        raise Untested(f"no row was made with a value for {chosen.path[-1]}")
    values = target.path_values(create, sender)
    body = target.body(create, {chosen.path: value}, actor=sender)
    again = target.call(create, sender, values, **body)
    if again.busy or again.status >= 500:
        raise Untested(f"{again}: neither a second object nor a refusal")
    told = key_in(answered(again), resource) if again.ok else None
    made = told is not None and str(told) != str(created.identifier) and not says_no(again)
    if made and not said:
        raise NotApplicable(f"{chosen.path[-1]} may be taken twice, and nothing says that it may not")
    return Duplicate(f"the same {chosen.path[-1]}", first, again, made)
