"""Filling a list with rows of the run's own, so that there is something to page through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from compliance.catalogue import Need, Untested
from compliance.contract.model import ListOperation, Resource
from compliance.target.births import deletion_of
from compliance.target.listing import Page, widest
from compliance.target.tape import Exchange

if TYPE_CHECKING:
    from compliance.target.reach import Created, Target

#: The largest page that `widest` asks for: what is shorter is the whole list.
WIDEST = 100
#: Items that a list shows on one page whatever its maximum, when it is given a moment.
SURE = 20
#: Accounts that a list is given although nothing deletes them.
LASTING = 10
#: Seconds that a list of accounts may take to be filled, whose passwords are slow to hash, and slow again to log in with.
COSTLY = 8.0
#: Creates that follow one that was looked at, in any order.
BATCH = 25


def fill_up(target: Target, listing: ListOperation, count: int) -> str:
    """Make rows until the list holds that many, where the run may and can; else why not, to be said after a reason."""
    resource = filler(target, listing)
    if resource is None:
        return ""
    held = _held(target, listing)
    if held >= count:
        return ""
    if count - held > LASTING and _would_stay(target, resource):
        return f": nothing deletes accounts, so that making {count - held} needs {Need.DESTRUCTIVE.value}"
    seconds = _cost(target, resource, count - held)
    if seconds > COSTLY and not target.grants.thorough:
        return f": making {count - held} accounts takes about {seconds:.0f} s, for which --effort=thorough has time"
    try:
        target.confirmed(resource).must("list")
        make(target, resource, count - held)
    except Untested as reason:
        return f": {reason}"
    sure = min(count, SURE)
    target.patience.until(lambda look: len(look.items) >= sure, lambda: widest(target, listing))
    return ""


def _would_stay(target: Target, resource: Resource) -> bool:
    """Whether rows are accounts that nothing deletes, and the run may not do what lasts."""
    contract = target.contract
    return (
        resource is contract.accounts
        and deletion_of(contract, resource, account=True) is None
        and target.lacks(Need.DESTRUCTIVE)
    )


def _cost(target: Target, resource: Resource, count: int) -> float:
    """Seconds that so many accounts take to be registered, by those that were; nothing for other rows, and for a few."""
    create = resource.create
    if create is None or resource is not target.contract.accounts or count <= LASTING:
        return 0.0
    took = [one.seconds for one in target.tape.exchanges if one.operation == create.label and one.ok]
    return count * sum(took) / len(took) if took else 0.0


def _held(target: Target, listing: ListOperation) -> int:
    """How many items a list holds now; none where it gives no page, as some answer 404 for nothing."""
    try:
        return holds(target, listing, widest(target, listing))
    except Untested:
        return 0


def filler(target: Target, listing: ListOperation) -> Resource | None:
    """The resource whose create adds to a list, None where there is none or nothing may be written."""
    found = (one for one in target.contract.resources if one.listing is listing and one.create)
    return next(found, None) if target.grants.writes else None


def holds(target: Target, listing: ListOperation, page: Page) -> int:
    """How many items a list holds: by its total, unless that is an estimate, as beside an only page of nearly nothing."""
    shown = max(len(page.items), len(own_ids(target, listing)))
    return page.total if page.total is not None and (len(page.items) > 1 or page.total < 2) else shown


def own_ids(target: Target, listing: ListOperation) -> list[Any]:
    """The ids of the run's rows that whoever asks is shown: accounts, and not what is bob's; none that may be gone."""
    asking = (target.caller(listing.operation), target.actors.get("admin"))
    rows = [
        row
        for row in target.ledger.rows
        if row.resource.listing is listing and row.values and (row.account or row.owner in asking)
    ]
    return [
        row.identifier
        for row in rows
        if row.identifier is not None and not (row.deleted or row.gone or row.in_doubt)
    ]


def make(target: Target, resource: Resource, count: int) -> None:
    """That many rows of alice's, which only have to be there. Raises Untested where the service does not let us.

    Others follow each one, several at a time, where they may: what holds them up holds the next single one up as well, and tells why.
    """
    while count > 0:
        first = target.create(resource, target.alice, usable=False)
        count -= 1
        if count and _is_plain(target, first):
            count -= _several(target, first, min(count, BATCH))


def _is_plain(target: Target, first: Created) -> bool:
    """Whether such a row is there and known once its create was answered, and nothing wants one after another."""
    return (
        first.row.resource is not target.contract.accounts
        and bool(first.row.path)
        and first.exchange.status != 202
        and target.ledger.is_ours(first.row)
        and not target.client.pace.is_kept
        and first.owner.auth is None
    )


def _several(target: Target, first: Created, count: int) -> int:
    """Send as many creates like the first, several at a time; how many of them made a row."""
    create, sender = first.row.resource.create, target.actors.get(first.exchange.actor)
    if create is None or sender is None:
        return 0
    values = target.path_values(create, first.owner)
    requests = [
        target.request(create, sender, values, **target.body(create, actor=sender)) for _ in range(count)
    ]
    # Of what got no answer nobody knows.
    answered = [one for one in target.several(requests) if isinstance(one, Exchange)]
    return sum(target.rows.spare(exchange) for exchange in answered)
