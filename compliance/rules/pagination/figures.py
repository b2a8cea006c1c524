"""What a page says of the list and of itself: the total, and the figures of paging."""

from __future__ import annotations

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import ListOperation
from compliance.contract.paths import normal, words
from compliance.contract.subjects import paged_lists
from compliance.target.figures import Figures, figures
from compliance.target.listing import Page, allowed, fetch
from compliance.target.narrowing import a_text_of_ours, search_of
from compliance.target.onward import beside_items
from compliance.target.reach import Target
from compliance.target.walking import Sweep, Walk

#: Words beside a total that is none, but a guess.
_GUESSED = {"estimate", "estimated", "approximate", "approx", "approximation", "relation"}


@rule(
    "PAG-006",
    "The total counts the items that the pages hold",
    level=Level.SHOULD,
    subjects=paged_lists,
    phase=Phase.WRITE,
    needs={Need.USER},
)
def total_is_true(target: Target, listing: ListOperation) -> None:
    """
    Why: clients compute from the total how far they have to read, and people believe it.

    Breaks: `total=len(rows)`, or `select(func.count()).select_from(User)` beside a query with conditions

    Conforms: `select(func.count()).select_from(User).where(*conditions)`, with the conditions of the page
    """
    walk = target.walk(listing)
    if walk.before.total is None or _is_a_guess(walk.before):
        raise NotApplicable("the list tells no total")
    walk.must_have_rested()
    walk.must_hold_each_once()
    if not walk.complete:
        raise Untested("the list has too many pages to be read to its end")
    if _counts_the_page(listing, walk.first):
        raise NotApplicable("the number beside the items counts those of the page")
    for sweep in (walk.first, walk.second):
        if all(page.total == len(sweep.ids) for page in sweep.pages):
            _total_must_follow_the_search(target, walk)
            walk.must_have_pages()
            return
    totals = sorted({str(page.total) for page in walk.second.pages})
    raise Violation(
        "the total is not the number of items",
        f"{len(walk.second.ids)}, which all pages together hold",
        " and ".join(totals),
        walk.second.proof,
    )


def _is_a_guess(page: Page) -> bool:
    return any(
        set(words(name)) & _GUESSED or name in _GUESSED for name, _ in beside_items(page.exchange.value)
    )


def _counts_the_page(listing: ListOperation, sweep: Sweep) -> bool:
    """Whether a number of a vague name, `count`, is that of the page's own items."""
    vague = bool(listing.total) and "total" not in normal((listing.total or ("",))[-1])
    return vague and len(sweep.pages) > 1 and all(page.total == len(page.items) for page in sweep.pages)


def _total_must_follow_the_search(target: Target, walk: Walk) -> None:
    """With a search the total counts what was found. Only a search that finds some and not all shows that it searches."""
    listing, term = walk.listing, search_of(walk.listing)
    text = a_text_of_ours(target, listing)
    if term is None or text is None or listing.style == "cursor":
        return
    size = allowed(listing, 100)
    found = fetch(target, listing, size=size, way={term: text}, strict=False)
    if not found.items or found.total is None or not len(found.items) < min(found.total, len(walk.first.ids)):
        return
    place = len(found.items) if listing.style == "offset" else walk.second_place
    behind = fetch(target, listing, size=size, page=place, way={term: text}, strict=False)
    if behind.exchange.ok and not behind.items:
        raise Violation(
            "the total does not follow the search",
            f"{len(found.items)}, which is what the search finds",
            str(found.total),
            [behind.exchange, found.exchange],
        )


@rule(
    "PAG-007",
    "The paging figures of a list are true",
    level=Level.SHOULD,
    subjects=paged_lists,
    phase=Phase.WRITE,
    needs={Need.USER},
)
def figures_are_true(target: Target, listing: ListOperation) -> None:
    """
    Why: from these figures a client computes where the next page begins, and when to stop.

    Breaks: `total_pages=total // page_size`, or the size that was asked for beside a page that was cut shorter

    Conforms: `total_pages=ceil(total / page_size)`, with the page and the size that the query used
    """
    walk = target.walk(listing)
    if not walk.first.ids:
        raise Untested(f"the list holds nothing{walk.scarcity}")
    told = {page: figures(listing, page) for sweep in (walk.first, walk.second) for page in sweep.pages}
    told[walk.before] = figures(listing, walk.before)
    if not any(one.any for one in told.values()):
        raise NotApplicable("the list tells neither its page nor its size nor the number of pages")
    complaints = [_complaint(walk, sweep, told) for sweep in (walk.first, walk.second)]
    if all(complaints) and complaints[1]:
        what, expected, observed, page = complaints[1]
        raise Violation(f"the {what} of a list is not true", expected, observed, [page.exchange])
    _lowered_size_must_show(target, walk)
    walk.must_have_pages()


Complaint = tuple[str, str, str, Page]


def _complaint(walk: Walk, sweep: Sweep, told: dict[Page, Figures]) -> Complaint | None:
    """The first figure of a sweep that is not true."""
    places = [(page, told[page]) for page in sweep.pages if page.place is not None]
    for page, one in places:
        if one.own is not None and one.own != page.place:
            return "page", f"{page.place}, as it was asked for", str(one.own), page
    shifts = {
        one.number - page.place for page, one in places if one.number is not None and page.place is not None
    }
    if len(shifts) > 1:
        page, one = places[-1]
        return "page", "a number that goes with the pages", str(one.number), page
    for page in (walk.before, *sweep.pages):
        one = told[page]
        if not _size_may_be_true(page, one):
            return "page size", f"{page.size}, as it was asked for, or a lower maximum", str(one.size), page
        expected = _page_counts(walk, page, one)
        if expected and one.pages is not None and one.pages not in expected:
            return "number of pages", " or ".join(map(str, sorted(expected))), str(one.pages), page
    return None


def _size_may_be_true(page: Page, one: Figures) -> bool:
    if one.size is None or page.size is None or (one.may_count and one.size == len(page.items)):
        return True
    return len(page.items) <= one.size <= page.size


def _page_counts(walk: Walk, page: Page, one: Figures) -> set[int]:
    """The numbers of pages that may be told, by the total that is told beside it, else by what was counted."""
    size = one.size if one.size and not one.may_count else page.size
    counted = len(walk.first.ids) if walk.complete and not walk.faults(walk.first) else None
    total = page.total if page.total is not None else counted
    lowered = one.size is None and len(page.items) < min(size or 0, total or 0)
    if not size or total is None or (lowered and page is walk.before):
        return set()
    count = -(-total // size)
    return {max(count, 1), count} | ({max(count - 1, 0)} if one.may_be_last else set())


def _lowered_size_must_show(target: Target, walk: Walk) -> None:
    """A size that would hold the whole list, and does not: then it was lowered, and the envelope has to say so."""
    listing, total = walk.listing, walk.before.total
    if total is None or len(walk.before.items) >= total or listing.style == "cursor":
        return
    asked = max(total, walk.before.size or 0)
    look = fetch(target, listing, size=asked, strict=False)
    claimed = figures(listing, look)
    if len(look.items) >= (look.total or 0) or claimed.size != asked or claimed.may_count:
        return
    place = len(look.items) if listing.style == "offset" else walk.second_place
    behind = fetch(target, listing, size=asked, page=place, strict=False)
    if behind.items:
        raise Violation(
            "the page size of a list is not true",
            f"the size that was granted, which is less than {asked}, as the next page holds items",
            f"{claimed.size} beside {len(look.items)} of {look.total} items",
            [behind.exchange, look.exchange],
        )
