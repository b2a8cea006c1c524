"""How much a page of a list holds."""

from __future__ import annotations

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import ListOperation
from compliance.contract.subjects import lists, paged_lists
from compliance.target.denials import is_client_error
from compliance.target.filling import fill_up, own_ids
from compliance.target.listing import Page, allowed, fetch, identity, leads_on, widest
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
    fill_up(target, listing, 1)
    widest(target, listing)
    undecided = [size for size in _sizes(target, listing) if not _is_bounded(target, listing, size)]
    if not undecided:
        return
    too_many = target.grants.page_size_maximum + 1
    scarcity = fill_up(target, listing, too_many)
    if not all(_is_bounded(target, listing, size) for size in undecided):
        few = f"the list holds fewer than {too_many} items"
        raise Untested(f"{few}, so that nothing shows a maximum{scarcity}")


def _sizes(target: Target, listing: ListOperation) -> list[int | None]:
    """One too many, what often means all of them, and none at all where the document names no bounded default."""
    maximum, default = target.grants.page_size_maximum, listing.size_default
    known = default is not None and 0 < default <= maximum
    return [maximum + 1, 0, -1, *([] if known else [None])]


def _is_bounded(target: Target, listing: ListOperation, asked: int | None) -> bool:
    """Whether the answer to that size shows a maximum; raises Violation when it shows that there is none."""
    maximum = target.grants.page_size_maximum
    page = fetch(target, listing, size=asked, strict=False)
    if page.refused or is_client_error(page.exchange):
        return True
    if not page.exchange.ok and asked in (0, -1):
        return True  # no page at all, whatever else is wrong with that
    if not page.exchange.ok:
        raise Untested(f"{page.exchange}: neither a page nor a refusal")
    if len(page.items) > maximum:
        wish = "no page size" if asked is None else f"a page size of {asked}"
        raise Violation(
            f"the page size has no maximum of {maximum}"
            if asked and asked > 0
            else f"{wish} has no maximum of {maximum}",
            f"at most {maximum} items for {wish}, or a refusal",
            f"{page.exchange.status} with {len(page.items)} items",
            [page.exchange],
        )
    # A size that the answer claims may acquit only: many services repeat what was asked and clamp all the same.
    clamped = page.echo is not None and 0 < page.echo <= maximum
    full = len(page.items) == maximum and len(own_ids(target, listing)) > maximum
    nothing = asked in (0, -1) and not page.items
    return clamped or full or nothing or _holds_more(target, listing, page)


def _holds_more(target: Target, listing: ListOperation, page: Page) -> bool:
    """Whether the list holds more than the largest page: by its total, or by the run's own rows, which it shows."""
    if page.total is not None:
        return page.total > target.grants.page_size_maximum
    if leads_on(listing, page):
        return True  # the service itself says that it held items back
    own = {repr(identifier) for identifier in own_ids(target, listing)}
    shown = [item for item in page.items if repr(identity(item)) in own]
    return len(shown) > 1 and len(own) > target.grants.page_size_maximum
