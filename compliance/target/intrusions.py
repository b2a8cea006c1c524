"""What somebody tries on a row of another's, and whether its owner notices: with the controls that make it evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compliance.catalogue import NotApplicable, Untested, Violation
from compliance.contract.inputs import inputs_of
from compliance.contract.model import Operation, Resource
from compliance.target.addressing import below_own
from compliance.target.bodies import naming_oneself
from compliance.target.changing import a_change, as_owner, at_rest, plain_fields
from compliance.target.tape import Exchange

if TYPE_CHECKING:
    from compliance.target.reach import Created, Target

#: The answers after which a row is not there.
GONE = (404, 410)


@dataclass(frozen=True, eq=False)
class Attempt:
    """Bob's update of a row of alice's, in her words first. `whole`: it takes all that the update offers.

    effect: what she noticed, None where she read what was there before, and her own request then changed it.
    """

    update: Operation
    first: Exchange
    whole: bool
    effect: Violation | None = None


def attempt(target: Target, resource: Resource, update: Operation) -> Attempt:
    """Bob tries to update a row of alice's; without an effect once for all rules. Raises Untested where she may not either."""
    key = ("attempt", update.label)
    tried = target.memory.once(key, lambda: _attempted(target, resource, update))
    if tried.effect is not None:
        target.memory.forget(key)  # what is a fault has to show again to whoever asks again
    return tried


def must_have_owners(target: Target, resource: Resource) -> None:
    """Raises where the running service does not show the resource to be one, or its rows to be anybody's own."""
    target.confirmed(resource).must("create", "read")
    if target.rows.belongs_to_nobody(resource):
        raise NotApplicable(
            "whoever comes creates without credentials, so that what is created belongs to nobody"
        )


def _attempted(target: Target, resource: Resource, update: Operation) -> Attempt:
    owners = [one.path[-1] for one in inputs_of(update, target.contract.resolver) if one.owner]
    first: Exchange | None = None
    for whole in (False, True):  # an update may want more than it says
        created = target.create(resource, target.alice)  # on which no update of hers is under way
        before = at_rest(target, resource, created)
        field, how = a_change(target, update, created, before, whole=whole)
        for intrusion in intrusions(target, created, update, how):
            first = first or intrusion
            watched = {name: before[name] for name in (field, *owners) if name in before}
            try:
                must_be_untouched(target, resource, created, intrusion, watched)
            except Violation as effect:
                return Attempt(update, first, whole, effect)
        # The positive control: the same request in the owner's name changes it.
        genuine = as_owner(target, created, update, **how)
        if _has_changed(target, resource, created, field, before[field], genuine):
            break
    else:
        raise Untested(f"{genuine}: it changes nothing for the owner either")
    if below_own(target, update, target.bob, created.row):
        own = target.create(resource, target.bob)
        how = a_change(target, update, own, at_rest(target, resource, own), whole=whole)[1]
        must_be_let_in(as_owner(target, own, update, **how))
    if first is None:
        raise Untested(f"{update.label} was not tried")
    return Attempt(update, first, whole)


def _has_changed(
    target: Target, resource: Resource, created: Created, field: str, was: Any, answer: Exchange
) -> bool:
    """Whether the owner reads another value after an update, which may be done later."""

    def look() -> Any:
        return plain_fields(target, resource, created).get(field)

    return bool((target.patience.until(lambda now: now != was, look) if answer.ok else look()) != was)


def intrusions(
    target: Target, created: Created, operation: Operation, how: Mapping[str, Any] | None = None
) -> Iterator[Exchange]:
    """What bob tries on alice's row: her own request; the same below rows of his; the same with him as the owner."""
    how, bob = how or {}, target.bob
    yield target.call_on(created, operation, bob, **how)
    elsewhere = below_own(target, operation, bob, created.row)
    if elsewhere is not None:
        yield target.call(operation, bob, elsewhere, **how)
    claimed = naming_oneself(target, operation, how, bob)
    if claimed is not None:
        yield target.call_on(created, operation, bob, **claimed)


def must_be_untouched(
    target: Target,
    resource: Resource,
    created: Created,
    intrusion: Exchange,
    before: Mapping[str, Any],
    cause: str = "another user's object was changed",
) -> None:
    """Raises Violation where the owner reads anything else than before, or cannot read it any more after the intruder's success."""
    try:
        after = plain_fields(target, resource, created)
    except Untested:
        look = target.tape.exchanges[-1]
        if not intrusion.ok or look.status not in (403, *GONE):
            raise
        created.row.owner = target.actors.get(intrusion.actor, created.owner)  # who has to delete it now
        observed = f"{look.status} after {intrusion.status}"
    else:
        changed = [name for name, value in before.items() if after.get(name) != value]
        if not changed:
            return
        observed = f"another {changed[0]} after {intrusion.status}"
    raise Violation(
        cause,
        "the owner reads what it wrote",
        observed,
        [intrusion, target.tape.exchanges[-1]],
    )


def must_be_undeleted(
    target: Target,
    resource: Resource,
    created: Created,
    intrusion: Exchange,
    cause: str = "another user's object was deleted",
) -> None:
    """Raises Violation where the owner does not find the row any more, Untested where it cannot tell."""
    if resource.read is None:
        raise NotApplicable("nothing can be read back")
    look = target.call_on(created, resource.read)
    if look.status in GONE or (look.status == 401 and intrusion.ok):
        created.row.gone = look.status in GONE
        raise Violation(
            cause,
            "the owner still reads it",
            f"{look.status} after {intrusion.status}",
            [intrusion, look],
        )
    if not look.ok:
        raise Untested(f"{look}: the owner can no longer tell")


def must_be_deletable(target: Target, created: Created, delete: Operation) -> None:
    """The positive control of what others try: the owner deletes it."""
    gone = as_owner(target, created, delete)
    if not gone.ok:
        raise Untested(f"{gone}: the owner cannot delete it either")
    created.row.gone = True


def must_be_let_in(control: Exchange) -> None:
    """The positive control of what is tried below the intruder's own rows: there he may do it to what is his."""
    if not control.ok:
        raise Untested(f"{control}: the intruder cannot do it to his own either")
