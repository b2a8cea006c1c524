"""What a walk through a list from its first page to its last shows."""

from __future__ import annotations

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import ListOperation
from compliance.contract.subjects import paged_lists
from compliance.target.filling import filler
from compliance.target.listing import allowed, fetch, identity, widest
from compliance.target.reach import Target
from compliance.target.walking import GoesRound, Walk, far_behind, look_again, missing, sweep


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
    try:
        walk = target.walk(listing)
    except GoesRound as circle:
        raise Violation(
            "pages go round", "an end of the list", "a cursor that was there before", circle.proof
        ) from None
    walk.must_have_rested()
    if not walk.reaches:
        raise Untested("the list has too many pages to be read to its end")
    _must_yield_each_once(walk)
    _must_begin_at_the_beginning(target, listing, walk)
    walk.must_have_pages()


def _must_begin_at_the_beginning(target: Target, listing: ListOperation, walk: Walk) -> None:
    """A first page that holds nothing, where a smaller one does, begins behind the items that it should hold."""
    if walk.before.items or walk.after.items or (walk.before.total or 0) < 2:
        return
    small = fetch(target, listing, size=allowed(listing, 1), strict=False)
    large = widest(target, listing)
    if small.items and not large.items:
        observed = f"{len(small.items)} on a small first page, none on a large one, of {large.total} in all"
        raise Violation(
            "pages lose items", "every item on some page", observed, [small.exchange, large.exchange]
        )


def _must_yield_each_once(walk: Walk) -> None:
    faulty = [bool(walk.faults(sweep)) for sweep in (walk.first, walk.second)]
    if not any(faulty):
        return
    walk.must_be_unedited()
    if not all(faulty):
        raise Untested("one of two walks lost or repeated items, which may have been somebody else's doing")
    proof = [walk.before.exchange, *walk.first.proof]
    lost = walk.lost(walk.first)
    if lost:
        observed = f"{len(lost)} of {len(walk.before.items)} items of one large page on none"
        raise Violation("pages lose items", "every item on some page", observed, proof)
    observed = f"{walk.repeated(walk.first)[0]!r} on several"
    raise Violation("pages repeat items", "every item on one page", observed, walk.first.proof)


@rule(
    "PAG-005",
    "The order of a list is stable",
    level=Level.SHOULD,
    subjects=paged_lists,
    phase=Phase.WRITE,
    needs={Need.USER},
)
def order_is_stable(target: Target, listing: ListOperation) -> None:
    """
    Why: a client that comes back for the next page, or compares with yesterday's list, relies on the order.

    Breaks: `sorted(rows, key=attrgetter("name"))` after the page was cut, or no `order_by` at all

    Conforms: `.order_by(User.created_at.desc(), User.id.desc())`
    """
    walk = target.walk(listing)
    walk.must_have_rested()
    walk.must_hold_each_once()
    walk.must_have_pages()
    if _are_in_one_order(walk):
        return
    walk.must_be_unedited()
    again = look_again(target, listing)
    again.must_have_rested()
    again.must_hold_each_once()
    again.must_be_unedited()
    if _are_in_one_order(again):
        raise Untested(
            "the order of the list changed once and then no more, as when somebody else writes to it"
        )
    large = [identity(item) for item in again.before.items]
    paged = "one large page has another order than small ones"
    observed = paged if again.first.ids == again.second.ids else "another order in each walk"
    proof = [again.before.exchange, *again.first.proof] if large else again.second.proof
    raise Violation(
        "the order of a list changes", "one order, whenever and however it is read", observed, proof
    )


def _are_in_one_order(walk: Walk) -> bool:
    large = [identity(item) for item in walk.before.items]
    count = len(large) if not walk.complete else max(len(large), len(walk.first.ids))
    small, again = walk.first.ids[:count], walk.second.ids[:count]
    return small == again and small[: len(large)] == large


@rule(
    "PAG-009",
    "A page past the end holds no items",
    level=Level.SHOULD,
    subjects=paged_lists,
    phase=Phase.WRITE,
    needs={Need.USER},
)
def nothing_is_past_the_end(target: Target, listing: ListOperation) -> None:
    """
    Why: a client that reads on until a page is empty goes round for ever.

    Breaks: `page = min(page, total_pages)`

    Conforms: the page as it was asked for, with `items: []`; 404 where a page is a resource
    """
    if listing.style == "cursor":
        raise NotApplicable("a cursor leads nowhere behind the last page")
    walk = target.walk(listing)
    walk.must_have_rested()
    walk.must_hold_each_once()
    if not walk.complete and far_behind(target, listing, walk.size).items:
        raise Untested("the list has too many pages to be read to its end")
    if not (walk.first.repeats and walk.second.repeats and walk.second.end):
        return
    if not walk.tells_apart:
        raise Untested("the items of the list are not told apart, so that a page may look like another")
    observed = f"{len(walk.second.end.items)} items of a page before it"
    raise Violation(
        "pages past the end are filled", "no items behind the last page", observed, walk.second.proof
    )


@rule(
    "PAG-011",
    "An insertion between two pages loses no item",
    level=Level.SHOULD,
    subjects=paged_lists,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def insertion_loses_nothing(target: Target, listing: ListOperation) -> None:
    """
    Why: a client that copies a list while others write to it ends with a copy that lacks old items.

    Breaks: a cursor that says how many items are left, in a list whose new items come last

    Conforms: a cursor that names the last item that was read; or an offset, with the newest first
    """
    resource = filler(target, listing)
    if resource is None:
        raise NotApplicable("the document shows nothing that adds to the list")
    walk = target.walk(listing)
    target.confirmed(resource).must("list")
    walk.must_have_rested()
    walk.must_hold_each_once()
    walk.must_have_pages()
    if not walk.complete:
        raise Untested("the list has too many pages to be read to its end")

    def insert() -> None:
        target.create(resource, target.alice, usable=False)

    for _ in range(2):  # what shows once only may have been somebody else's deletion
        before = widest(target, listing)
        read = sweep(target, listing, walk.size, meanwhile=insert)
        lost = missing(before, read)
        if lost:
            after = {repr(identity(item)) for item in widest(target, listing).items}
            lost = [one for one in lost if repr(one) in after]
        if not lost:
            return
    observed = f"{len(lost)} of {len(before.items)} not, although they are still there"
    raise Violation(
        "an insertion between two pages loses items",
        "every item that was there on some page",
        observed,
        read.proof,
    )
