"""Whether a create makes rows: what answers like one may be a search or a calculation, whose rows are others'."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from compliance.catalogue import Untested
from compliance.contract.model import Resource
from compliance.target.births import recognise
from compliance.target.naming import look_for

if TYPE_CHECKING:
    from compliance.target.reach import Created, Target

#: The answers by which a service shows that a row is there already, or that there are enough.
_MINDS = (400, 402, 403, 409, 422)


def make_sure(target: Target, created: Created) -> None:
    """Find out whether a row that shows nothing of what was sent was made: by reading it, else by asking twice."""
    with suppress(Untested):
        look = target.rows.arrived(created)
        if look is not None and look.ok:
            recognise(created.row, look, target.tag)
        if not target.ledger.is_ours(created.row):
            makes_another(target, created.row.resource)


def makes_another(target: Target, resource: Resource) -> bool:
    """Whether a create makes a row each time, and finds none that was there: sent again as it was, tried once.

    Another id tells so, and a refusal as well: what gives everybody the row that there is does not mind.
    """
    create = resource.create
    if create is None or create.label not in target.rows.creates.latest or target.ledger.makes_rows(resource):
        return target.ledger.makes_rows(resource)
    again = target.rows.creates.again(create)
    if again.status in _MINDS:
        target.ledger.minding.add(resource.collection)
    row = target.ledger.made_by(again)
    if row is not None and not row.path:
        look_for(target, row, again)
    return target.ledger.makes_rows(resource)


def asked_twice(target: Target, resource: Resource) -> bool:
    """Whether a create was sent again as it was, see `makes_another`."""
    return resource.create is not None and resource.create.label in target.rows.creates.asked_twice


def make_sure_of_all(target: Target) -> None:
    """Find out of rows that came about otherwise, by a rule's own request, whether their creates make rows."""
    ledger = target.ledger
    doubtful = [row for row in ledger.rows if row.path and not row.account and not ledger.is_ours(row)]
    for resource, owner in {row.resource: row.owner for row in doubtful}.items():
        if not asked_twice(target, resource) and target.grants.writes:
            with suppress(Untested):
                if resource.create and resource.create.label not in target.rows.creates.latest:
                    target.rows.by_its_create(resource, owner, usable=False)
                makes_another(target, resource)
