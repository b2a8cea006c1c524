"""Following a list page by page."""

from __future__ import annotations

from collections import Counter
from typing import Any

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import ListOperation
from compliance.contract.subjects import lists, paged_lists
from compliance.target.filling import WIDEST, fill_up, own_ids
from compliance.target.listing import (
    GoesRoundError,
    Page,
    Sweep,
    allowed,
    fetch,
    has_identity,
    identity,
    leads_on,
    sweep,
    widest,
)
from compliance.target.reach import Target


@rule("PAG-001", "A list takes paging parameters", level=Level.MUST, subjects=lists, phase=Phase.HANDSHAKE)
def list_is_paginated(_: Target, listing: ListOperation) -> None:
    """
    Why: a list without pages answers with the whole table, and one day the table is large.

    Breaks: `async def list_users(service: UserService) -> list[UserResponse]`

    Conforms: `pagination: Annotated[PaginationParams, Depends()]`: a page and its size, limit and offset, or a cursor
    """
    if listing.style == "none":
        raise Violation(
            "the list has no paging parameter",
            "query parameters for a page, an offset or a cursor",
            "none in the document: "
            + (", ".join(p.name for p in listing.operation.parameters) or "the operation has no parameters"),
        )


@rule(
    "PAG-002",
    "A page holds no more items than were asked for",
    level=Level.MUST,
    subjects=paged_lists,
    phase=Phase.READ,
    needs={Need.USER},
)
def page_size_is_honoured(target: Target, listing: ListOperation) -> None:
    """
    Why: a client that asks for ten and gets a thousand cannot bound its own memory or its waiting.

    Breaks: `select(User).offset(skip)` without `.limit(page_size)`

    Conforms: `select(User).offset(skip).limit(page_size)`
    """
    if listing.size is None:
        raise NotApplicable("the list takes no page size")
    from hypothesis import strategies

    scarcity = fill_up(target, listing, 3)
    fullest = 0

    def check(size: int) -> None:
        nonlocal fullest
        page = fetch(target, listing, size=size, strict=False)
        if page.refused:
            return  # a size that the service does not grant
        if not page.exchange.ok:
            raise Untested(f"{page.exchange}: no page")
        fullest = max(fullest, len(page.items))
        if len(page.items) > size:
            observed = f"{len(page.items)} items"
            raise Violation("more items than asked for", f"at most {size} items", observed, [page.exchange])

    largest = allowed(listing, target.grants.page_size_maximum)
    target.forall(strategies.integers(allowed(listing, 1), largest), check, budget=8)
    if fullest < 2:
        raise Untested(f"the list never held two items, so no page could hold one too many{scarcity}")


@rule(
    "PAG-003",
    "A page holds at most 100 items",
    level=Level.MUST,
    subjects=paged_lists,
    phase=Phase.WRITE,
    needs={Need.USER},
)
def page_size_is_capped(target: Target, listing: ListOperation) -> None:
    """
    Why: one request must not be able to read a whole table.

    Breaks: `page_size: int = Query(10, ge=1)`

    Conforms: `page_size: int = Query(10, ge=1, le=100)`, or a silent clamp to 100
    """
    if listing.size is None:
        raise NotApplicable("the list takes no page size")
    widest(target, listing)
    if _excess_is_decided(target, listing):
        return
    too_many = target.grants.page_size_maximum + 1
    scarcity = fill_up(target, listing, too_many)
    if not _excess_is_decided(target, listing):
        few = f"the list holds fewer than {too_many} items"
        raise Untested(f"{few}, so that nothing shows a maximum{scarcity}")


def _excess_is_decided(target: Target, listing: ListOperation) -> bool:
    """Whether the answer to one item too many decides anything; raises Violation when it decides against it."""
    maximum = target.grants.page_size_maximum
    asked = maximum + 1
    page = fetch(target, listing, size=asked, strict=False)
    if page.refused:
        return True
    if not page.exchange.ok:
        raise Untested(f"{page.exchange}: neither a page nor a refusal")
    if len(page.items) > maximum:
        raise Violation(
            f"the page size has no maximum of {maximum}",
            f"at most {maximum} items for a page size of {asked}, or a refusal",
            f"{page.exchange.status} with {len(page.items)} items",
            [page.exchange],
        )
    # A size that the answer claims may acquit only: many services repeat what was asked and clamp all the same.
    clamped = page.echo is not None and page.echo <= maximum
    full = len(page.items) == maximum and len(own_ids(target, listing)) > maximum
    return clamped or full or _holds_more(target, listing, page)


def _holds_more(target: Target, listing: ListOperation, page: Page) -> bool:
    """Whether the list holds more than the largest page: by its total, or by the run's own rows, which it shows."""
    if page.total is not None:
        return page.total > target.grants.page_size_maximum
    if leads_on(listing, page):
        return True  # the service itself says that it held items back
    own = {repr(identifier) for identifier in own_ids(target, listing)}
    shown = [item for item in page.items if repr(identity(item)) in own]
    return len(shown) > 1 and len(own) > target.grants.page_size_maximum


@rule(
    "PAG-004",
    "Following the pages yields every item once",
    level=Level.MUST,
    subjects=paged_lists,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def pages_cover_the_list(target: Target, listing: ListOperation) -> None:
    """
    Why: an order that is not total loses rows between two pages and shows others twice.

    Breaks: `.order_by(User.created_at)` alone, or none

    Conforms: `.order_by(User.created_at.desc(), User.id.desc())`
    """
    if listing.style not in ("page", "offset", "cursor") or listing.size is None:
        raise NotApplicable("the list has no pages of a chosen size that could be followed")
    scarcity = fill_up(target, listing, allowed(listing, 2) + 3)
    before, size = widest(target, listing), allowed(listing, 2)
    try:
        first, second = sweep(target, listing, size=size), sweep(target, listing, size=size)
    except GoesRoundError as circle:
        raise Violation(
            "pages go round", "an end of the list", "a cursor that was there before", circle.proof
        ) from None
    _must_have_rested(before, widest(target, listing), first, second)
    if first.complete and second.complete:
        _judge_all(before, first, second)
    else:
        _judge_beginning(before, first, second)
    if len(first.ids) <= size:
        raise Untested(f"the list holds no more than a page, so that nothing is known of its pages{scarcity}")


def _judge_all(before: Page, first: Sweep, second: Sweep) -> None:
    whole = {repr(identity(item)) for item in before.items}
    lost = whole - {repr(i) for i in first.ids}
    if lost and len(before.items) < WIDEST:
        observed = f"{len(lost)} of {len(whole)} items on none"
        raise Violation("pages lose items", "every item on some page", observed, first.proof)
    # Items without an id are told apart by all they say, as long as one page shows that no two of them say the same.
    known = all(map(has_identity, before.items)) or {repr(i) for i in first.ids} <= whole
    told_apart = known and not _doubled([identity(item) for item in before.items])
    if told_apart and _doubled(first.ids) and _doubled(second.ids):
        observed = f"{_doubled(first.ids)[0]!r} on several"
        raise Violation("pages repeat items", "every item on one page", observed, first.proof)
    if first.ids != second.ids:
        raise Violation(
            "the order of a list changes", "the same order in two sweeps", "another order", second.proof
        )


def _judge_beginning(before: Page, first: Sweep, second: Sweep) -> None:
    """A list too long to be read to its end: what one large page holds, small pages must hold in that order."""
    head = [identity(item) for item in before.items]
    if not head or not len(head) <= min(len(first.ids), len(second.ids)):
        raise Untested("the list has too many pages to be read to its end")
    for swept in (first, second):
        if swept.ids[: len(head)] != head:
            raise Violation(
                "pages differ from the list",
                "the items of one large page, in that order, on small pages",
                "other items, or another order",
                [before.exchange, *swept.proof],
            )


def _must_have_rested(before: Page, after: Page, first: Sweep, second: Sweep) -> None:
    """Raises Untested where the list itself changed meanwhile, so that its pages say nothing."""
    held, holds = ({repr(identity(item)) for item in page.items} for page in (before, after))
    swept, again = ({repr(one) for one in sweep.ids} for sweep in (first, second))
    # What a total or one page shows of the whole list brackets both sweeps; else only they can tell of a change.
    bracketed = before.total is not None or len(swept) <= len(held)
    if before.total != after.total or held != holds or (not bracketed and swept != again):
        raise Untested("the list changed while it was read")


def _doubled(ids: list[Any]) -> list[Any]:
    counts = Counter(map(repr, ids))
    return [identifier for identifier in ids if counts[repr(identifier)] > 1]
