"""Objects of somebody else."""

from __future__ import annotations

from collections.abc import Iterable

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, rule
from compliance.contract.byname import updates_by_name
from compliance.contract.model import Contract, Operation, Resource
from compliance.contract.subjects import deletable_resources, owned_resources
from compliance.target.addressing import below_own
from compliance.target.byname import must_change_the_sender_alone
from compliance.target.changing import as_owner, at_rest
from compliance.target.intrusions import (
    attempt,
    intrusions,
    must_be_deletable,
    must_be_let_in,
    must_be_undeleted,
    must_have_owners,
)
from compliance.target.reach import Target


def changeable(contract: Contract) -> Iterable[Resource | Operation]:
    """Resources that can be changed, and updates whose body says which account they change."""
    return [*owned_resources(contract), *(updates_by_name(contract) if contract.me else ())]


@rule(
    "ACC-001",
    "Another user's object cannot be changed",
    level=Level.MUST,
    subjects=changeable,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.TWO_USERS},
)
def foreign_objects_cannot_be_changed(target: Target, resource: Resource | Operation) -> None:
    """
    Why: an id is no secret; whoever counts them upwards would own everything.

    Breaks: `await repository.update(product, changes)` without a look at who asks

    Conforms: `if product.owner_id != actor.id and not actor.is_superuser: raise ForbiddenException()`
    """
    if isinstance(resource, Operation):
        must_change_the_sender_alone(target, resource)
        return
    must_have_owners(target, resource)
    doubts = []
    for update in sorted(resource.updates, key=lambda operation: operation.method):
        try:
            tried = attempt(target, resource, update)
        except Untested as doubt:
            doubts.append(str(doubt))
            continue
        if tried.effect is not None:
            raise tried.effect
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
    Why: any user can destroy what another one made, and what is gone cannot be given back.

    Breaks: `await repository.delete(product)` without a look at who asks

    Conforms: `if product.owner_id != actor.id and not actor.is_superuser: raise ForbiddenException()`
    """
    if resource.delete is None or resource.read is None:
        raise NotApplicable("nothing can be deleted")
    must_have_owners(target, resource)
    created = target.create(resource, target.alice)
    at_rest(target, resource, created)
    for intrusion in intrusions(target, created, resource.delete):
        must_be_undeleted(target, resource, created, intrusion)
    must_be_deletable(target, created, resource.delete)
    if below_own(target, resource.delete, target.bob, created.row):
        own = target.create(resource, target.bob)
        must_be_let_in(as_owner(target, own, resource.delete))
