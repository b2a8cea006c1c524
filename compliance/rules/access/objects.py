"""Objects of somebody else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.inputs import inputs_of
from compliance.contract.model import Operation, Resource
from compliance.contract.subjects import deletable_resources, owned_resources
from compliance.target.addressing import below_own
from compliance.target.bodies import naming_oneself
from compliance.target.changing import a_change, as_owner, at_rest, plain_fields
from compliance.target.reach import Created, Target
from compliance.target.tape import Exchange

#: The answers after which a row is not there.
GONE = (404, 410)


@rule(
    "ACC-001",
    "Another user's object cannot be changed",
    level=Level.MUST,
    subjects=owned_resources,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.TWO_USERS},
)
def foreign_objects_cannot_be_changed(target: Target, resource: Resource) -> None:
    """
    Why: an id is no secret; whoever counts them upwards would own everything.

    Breaks: `await repository.update(product, changes)` without a look at who asks

    Conforms: `if product.owner_id != actor.id and not actor.is_superuser: raise ForbiddenException()`
    """
    _must_have_owners(target, resource)
    doubts = []
    for update in sorted(resource.updates, key=lambda operation: operation.method):
        try:
            _must_be_the_owners(target, resource, update)
        except Untested as doubt:
            doubts.append(str(doubt))
    if doubts:
        raise Untested("; ".join(dict.fromkeys(doubts)))


@rule(
    "ACC-002",
    "Another user's object cannot be deleted",
    level=Level.MUST,
    subjects=deletable_resources,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.TWO_USERS},
)
def foreign_objects_cannot_be_deleted(target: Target, resource: Resource) -> None:
    """
    Why: as for changing, and it cannot be made good.

    Breaks: `await repository.delete(product)` without a look at who asks

    Conforms: `if product.owner_id != actor.id and not actor.is_superuser: raise ForbiddenException()`
    """
    if resource.delete is None or resource.read is None:
        raise NotApplicable("nothing can be deleted")
    _must_have_owners(target, resource)
    created = target.create(resource, target.alice)
    at_rest(target, resource, created)
    for intrusion in _intrusions(target, created, resource.delete):
        look = target.call_on(created, resource.read)
        if look.status in GONE or (look.status == 401 and intrusion.ok):
            created.row.gone = look.status in GONE
            raise Violation(
                "another user's object was deleted",
                "the owner still reads it",
                f"{look.status} after {intrusion.status}",
                [intrusion, look],
            )
        if not look.ok:
            raise Untested(f"{look}: the owner can no longer tell")
    gone = as_owner(target, created, resource.delete)
    if not gone.ok:
        raise Untested(f"{gone}: the owner cannot delete it either")
    created.row.gone = True
    if below_own(target, resource.delete, target.bob, created.row):
        own = target.create(resource, target.bob)
        _must_be_let_in(as_owner(target, own, resource.delete))


def _must_have_owners(target: Target, resource: Resource) -> None:
    """Raises where the running service does not show the resource to be one, or its rows to be anybody's own."""
    target.confirmed(resource).must("create", "read")
    if target.rows.belongs_to_nobody(resource):
        raise NotApplicable(
            "whoever comes creates without credentials, so that what is created belongs to nobody"
        )


def _must_be_the_owners(target: Target, resource: Resource, update: Operation) -> None:
    """Raises Violation where bob's update of alice's row has an effect, Untested where alice's own has none."""
    created = target.create(resource, target.alice)
    owners = [one.path[-1] for one in inputs_of(update, target.contract.resolver) if one.owner]
    for whole in (False, True):  # an update may want more than it says
        before = at_rest(target, resource, created)
        field, how = a_change(target, update, created, before, whole=whole)
        for intrusion in _intrusions(target, created, update, how):
            watched = {name: before[name] for name in (field, *owners) if name in before}
            _must_be_untouched(target, resource, created, intrusion, watched)
        # The positive control: the same request in the owner's name changes it.
        genuine = as_owner(target, created, update, **how)
        if plain_fields(target, resource, created).get(field) != before[field]:
            break
    else:
        raise Untested(f"{genuine}: it changes nothing for the owner either")
    if below_own(target, update, target.bob, created.row):
        own = target.create(resource, target.bob)
        how = a_change(target, update, own, at_rest(target, resource, own), whole=whole)[1]
        _must_be_let_in(as_owner(target, own, update, **how))


def _intrusions(
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


def _must_be_untouched(
    target: Target, resource: Resource, created: Created, intrusion: Exchange, before: Mapping[str, Any]
) -> None:
    """Raises Violation where the owner reads anything else than before, or cannot read it any more after the intruder's success."""
    try:
        after = plain_fields(target, resource, created)
    except Untested:
        look = target.tape.exchanges[-1]
        if not intrusion.ok or look.status not in (403, *GONE):
            raise
        created.row.owner = target.bob  # whose it is now: he has to delete it
        observed = f"{look.status} after {intrusion.status}"
    else:
        changed = [name for name, value in before.items() if after.get(name) != value]
        if not changed:
            return
        observed = f"another {changed[0]} after {intrusion.status}"
    raise Violation(
        "another user's object was changed",
        "the owner reads what it wrote",
        observed,
        [intrusion, target.tape.exchanges[-1]],
    )


def _must_be_let_in(control: Exchange) -> None:
    """The positive control of what is tried below the intruder's own rows: there he may do it to what is his."""
    if not control.ok:
        raise Untested(f"{control}: the intruder cannot do it to his own either")
