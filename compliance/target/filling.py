"""Filling a list with rows of the run's own, so that there is something to page through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from compliance.catalogue import Untested
from compliance.contract.model import ListOperation, Resource
from compliance.target.listing import Page, widest

if TYPE_CHECKING:
    from compliance.target.reach import Target

#: The largest page that `widest` asks for: what is shorter is the whole list.
WIDEST = 100
#: Items that a list shows on one page whatever its maximum, when it is given a moment.
SURE = 20


def fill_up(target: Target, listing: ListOperation, count: int) -> str:
    """Make rows until the list holds that many, where the run may and can; else why not, to be said after a reason."""
    resource = filler(target, listing)
    if resource is None:
        return ""
    held = holds(target, listing, widest(target, listing))
    if held >= count:
        return ""
    try:
        target.confirmed(resource).must("list")
        make(target, resource, count - held)
    except Untested as reason:
        return f": {reason}"
    sure = min(count, SURE)
    target.patience.until(lambda look: len(look.items) >= sure, lambda: widest(target, listing))
    return ""


def filler(target: Target, listing: ListOperation) -> Resource | None:
    """The resource whose create adds to a list, None where there is none or nothing may be written."""
    found = (one for one in target.contract.resources if one.listing is listing and one.create)
    return next(found, None) if target.grants.writes else None


def holds(target: Target, listing: ListOperation, page: Page) -> int:
    """How many items a list holds: by its total, unless that is an estimate, as beside an only page of nearly nothing."""
    shown = max(len(page.items), len(own_ids(target, listing)))
    return page.total if page.total is not None and (len(page.items) > 1 or page.total < 2) else shown


def own_ids(target: Target, listing: ListOperation) -> list[Any]:
    """The ids of the run's rows that whoever asks is shown: accounts, and not what is bob's; those nobody deleted since."""
    asking = (target.caller(listing.operation), target.actors.get("admin"))
    rows = [
        row
        for row in target.ledger.rows
        if row.resource.listing is listing and row.values and (row.account or row.owner in asking)
    ]
    return [row.identifier for row in rows if row.identifier is not None and not (row.deleted or row.gone)]


def make(target: Target, resource: Resource, count: int) -> None:
    """That many rows of alice's, which only have to be there. Raises Untested where the service does not let us."""
    for _ in range(count):
        target.create(resource, target.alice, usable=False)
