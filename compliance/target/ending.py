"""The end of a row of the run's own: read, deleted, looked for, and deleted once more; several rules judge it."""

from __future__ import annotations

from dataclasses import dataclass

from compliance.catalogue import Need, NotApplicable, Untested
from compliance.contract.model import Resource
from compliance.target.actors import Actor
from compliance.target.births import answered
from compliance.target.changing import as_owner
from compliance.target.confirmation import absent_like, shows
from compliance.target.reach import Created, Target
from compliance.target.tape import Exchange


@dataclass(frozen=True, eq=False)
class Ending:
    """What was answered to the delete of a row that its owner could read, and to the look for it afterwards.

    gone: the look does not show it; found out: nobody knows what else its answer means, where it is a refusal.
    """

    created: Created
    deletion: Exchange
    look: Exchange
    gone: bool
    #: why the look's refusal is none of "it is not there", empty where it is
    doubt: str
    #: the second delete and a look after it; None where the row was not gone
    second: Exchange | None = None
    last: Exchange | None = None

    def must_be_gone(self) -> None:
        """Raises Untested where the delete had no effect that shows."""
        if not self.gone or self.doubt:
            raise Untested(self.doubt or f"{self.deletion}: it is still there")


def ending(target: Target, resource: Resource) -> Ending:
    """The end of one row of a resource, lived through once. Raises Untested where no row's end can be watched."""
    return target.memory.once(f"ending of {resource.collection}", lambda: _lived_through(target, resource))


def _lived_through(target: Target, resource: Resource) -> Ending:
    if resource.delete is None or resource.read is None:
        raise NotApplicable("nothing can be deleted")
    target.confirmed(resource).must("create", "read")
    created = target.create(resource, target.alice)
    before = target.call_on(created, resource.read)
    if not before.ok:
        raise Untested(f"{before}: the owner cannot read what it created")
    deletion = as_owner(target, created, resource.delete)
    if not deletion.ok:
        raise Untested(f"{deletion}: the owner may not delete it")
    if not shows(target, answered(before), created):
        raise Untested(f"{before}: the read shows neither the id nor the texts of what was created")

    def is_gone(look: Exchange) -> bool:
        return not (look.ok and shows(target, answered(look), created))

    after = target.patience.until(is_gone, lambda: _look(target, resource, created))
    if not is_gone(after):
        return Ending(created, deletion, after, False, "")
    missing = (
        after.ok or after.status in (404, 410) or _is_said_of_the_absent(target, resource, created, after)
    )
    if not missing:
        return Ending(created, deletion, after, True, f"{after}: neither there nor gone")
    created.row.gone = True
    # At once: a service that gives ids anew must have no time to give this one to somebody.
    second = target.call_on(created, resource.delete, _whoever_is_left(target, resource, deletion))
    return Ending(created, deletion, after, True, "", second, _look(target, resource, created))


def _look(target: Target, resource: Resource, created: Created) -> Exchange:
    """A look by the owner, or by somebody whose token does not die with the object where it is an account."""
    if resource.read is None:
        raise NotApplicable("nothing can be read back")
    other = target.call_on(created, resource.read, target.alice if created.row.account else None)
    if other.status in (401, 403) and resource is target.contract.accounts and not target.lacks(Need.ADMIN):
        return target.call_on(created, resource.read, target.admin)
    return other


def _whoever_is_left(target: Target, resource: Resource, deletion: Exchange) -> Actor:
    """Who deleted, unless it was the account that is gone; then the administrator, or any other user."""
    if resource is not target.contract.accounts:
        return target.actors[deletion.actor]
    return target.alice if target.lacks(Need.ADMIN) else target.admin


def _is_said_of_the_absent(target: Target, resource: Resource, created: Created, after: Exchange) -> bool:
    """Whether whoever read the row before is refused now as if it asked for a row that never was."""
    if after.status != 403 or resource.read is None or after.actor != created.owner.name:
        return False
    values = target.path_values(resource.read, created.owner, created)
    parameter = resource.read.path_parameters[-1]
    never = {**values, parameter: absent_like(values[parameter])}
    return target.call(resource.read, created.owner, never).status == after.status
