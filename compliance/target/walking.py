"""Walking through a list from its first page to its last, twice: one walk is what all rules about pages judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from compliance.catalogue import NotApplicable, Untested
from compliance.contract.model import ListOperation
from compliance.target.filling import fill_up, holds
from compliance.target.listing import Page, allowed, fetch, has_identity, identity, second_page, widest
from compliance.target.onward import onward
from compliance.target.tape import Exchange

if TYPE_CHECKING:
    from compliance.target.reach import Target

#: Pages that a sweep reads before it gives up.
LONGEST = 40
#: A page, or an offset, that is behind the end.
FAR = 1_000_000
#: Items beyond the first page that a list has, where the run may make them: by chance nothing keeps them in order.
BEYOND = 5


class GoesRound(Untested):
    """The pages of a list lead back to where they were."""

    def __init__(self, proof: list[Exchange]) -> None:
        super().__init__("the pages lead back to where they were")
        self.proof = proof


@dataclass(frozen=True, eq=False)
class Sweep:
    """The pages of a list from the first to the last that holds anything, and what was found behind it."""

    pages: list[Page]
    #: what lies behind the last page, None where nothing leads there or the sweep was given up
    end: Page | None = None
    complete: bool = True
    #: what lies behind is a page that was there before
    repeats: bool = False

    @cached_property
    def ids(self) -> list[Any]:
        return [identity(item) for page in self.pages for item in page.items]

    @property
    def proof(self) -> list[Exchange]:
        return [page.exchange for page in (*self.pages, self.end) if page is not None][-3:]


@dataclass(frozen=True, eq=False)
class Walk:
    """A list read twice in small pages, between two looks at one large page."""

    listing: ListOperation
    size: int
    before: Page
    first: Sweep
    second: Sweep
    after: Page
    #: why no more rows could be made, to be said after a reason
    scarcity: str

    def must_have_rested(self) -> None:
        """Raises Untested where the list itself changed meanwhile, so that its pages say nothing."""
        held, holds_now = (
            {repr(identity(item)) for item in page.items} for page in (self.before, self.after)
        )
        swept, again = ({repr(one) for one in sweep.ids} for sweep in (self.first, self.second))
        # What a total or one page shows of the whole list brackets both sweeps; else only they can tell of a change.
        bracketed = self.before.total is not None or len(swept) <= len(held)
        same = self.before.total == self.after.total and held == holds_now
        if not same or (not bracketed and swept != again):
            raise Untested("the list changed while it was read")

    def must_be_unedited(self) -> None:
        """Raises Untested where somebody changed an item meanwhile, which may have moved it.

        A field that changed in every item, a signed address say, is made anew for each answer and moves nothing.
        """
        before, after = (
            {repr(identity(item)): item for item in page.items} for page in (self.before, self.after)
        )
        both = [(before[key], after[key]) for key in before.keys() & after.keys()]
        edited = [_changed_fields(old, new) for old, new in both]
        if any(edited) and set.union(*edited) != set.intersection(*edited):
            raise Untested("items of the list were changed while it was read")

    def must_hold_each_once(self) -> None:
        """Raises Untested where the pages lose or repeat items, which is a fault of its own, or were not read so far."""
        if not self.reaches:
            raise Untested("the list has too many pages to be read to its end")
        if self.faults(self.first) or self.faults(self.second):
            raise Untested("the pages lose or repeat items, so that nothing else is known of them")
        if not self.before.items or not self.first.ids:
            raise Untested(f"the list holds nothing{self.scarcity}")

    def must_have_pages(self) -> None:
        """Raises Untested where everything is on the first page."""
        if len(self.first.pages) < 2:
            raise Untested(
                f"the list holds no more than a page, so that nothing is known of its pages{self.scarcity}"
            )

    @property
    def second_place(self) -> int | None:
        """The number of the second page, None where pages have none or there is only one."""
        behind = [*self.first.pages[1:], *filter(None, [self.first.end])]
        return behind[0].place if behind else None

    @property
    def complete(self) -> bool:
        return self.first.complete and self.second.complete

    @property
    def reaches(self) -> bool:
        """Whether both sweeps went at least as far as the large page."""
        return self.complete or len(self.before.items) <= min(len(self.first.ids), len(self.second.ids))

    def faults(self, sweep: Sweep) -> list[Any]:
        """The ids of the items that a sweep lost, else of those that it repeats."""
        return self.lost(sweep) or self.repeated(sweep)

    def lost(self, sweep: Sweep) -> list[Any]:
        """What the large page holds and the small ones do not."""
        return missing(self.before, sweep)

    def repeated(self, sweep: Sweep) -> list[Any]:
        """What stands on several small pages; items without an id count where the large page shows no two alike."""
        held = self.before.items
        known = all(map(has_identity, held)) or {repr(one) for one in sweep.ids} <= {
            repr(identity(item)) for item in held
        }
        return _doubled(sweep.ids) if known and self.tells_apart else []

    @property
    def tells_apart(self) -> bool:
        """Whether no two items of the large page have one id, or say all the same."""
        return not _doubled([identity(item) for item in self.before.items])


def walk(target: Target, listing: ListOperation) -> Walk:
    """Read a list twice. Raises NotApplicable, Untested, and GoesRound where a cursor leads back."""
    if listing.style not in ("page", "offset", "cursor") or listing.size is None:
        raise NotApplicable("the list has no pages of a chosen size that could be followed")
    scarcity = fill_up(target, listing, allowed(listing, 2) + BEYOND)
    return look_again(target, listing, scarcity)


def look_again(target: Target, listing: ListOperation, scarcity: str = "") -> Walk:
    """Read a list twice as it is, see `walk`."""
    before = widest(target, listing)
    size = _size(target, listing, before)
    first = sweep(target, listing, size)
    second = sweep(target, listing, size)
    return Walk(listing, size, before, first, second, widest(target, listing), scarcity)


def _size(target: Target, listing: ListOperation, widest_page: Page) -> int:
    """Two, or as many as a long list takes to be read in time; never more than half of what one page was seen to hold."""
    enough = holds(target, listing, widest_page) // (LONGEST - 5) + 1
    return allowed(listing, max(2, min(enough, len(widest_page.items) // 2)))


def sweep(
    target: Target, listing: ListOperation, size: int, meanwhile: Callable[[], object] | None = None
) -> Sweep:
    """Read all pages; items are told apart by their id, else by all they say.

    meanwhile: what is done once the first page was read.
    """
    first = fetch(target, listing, size=size)
    if len(first.items) > size:
        raise Untested(
            "the service gives more items than were asked for, so that its pages cannot be followed"
        )
    by = _by_cursor if listing.style == "cursor" else _by_number
    return by(target, listing, first, size, meanwhile or (lambda: None))


def _by_number(
    target: Target, listing: ListOperation, first: Page, size: int, meanwhile: Callable[[], object]
) -> Sweep:
    """Up to a page that holds nothing, is not there, or was there before: some take a page for a resource.

    Others refuse to look behind the end, which is one where as many items were seen as the total says.
    """
    numbered, pages, seen = listing.style == "page", [first], len(first.items)
    place = second_page(target, listing, first, size) if numbered else size
    meanwhile()
    while len(pages) < LONGEST:
        page = fetch(target, listing, size=size, page=place, strict=False)
        at_the_end = page.exchange.status in (404, 410) or (first.total is not None and seen >= first.total)
        if not page.exchange.ok and not at_the_end:
            raise Untested(f"{page.exchange}: no page")
        if not page.items:
            return Sweep(pages, page)
        if any(_are_same(page, other) for other in pages):
            return Sweep(pages, page, repeats=True)
        pages.append(page)
        seen += len(page.items)
        place += 1 if numbered else size
    return Sweep(pages, complete=False)


def _by_cursor(
    target: Target, listing: ListOperation, first: Page, size: int, meanwhile: Callable[[], object]
) -> Sweep:
    """Each page where the one before points to. Raises GoesRound where they never end."""
    page, pages, seen = first, [first], set[str]()
    meanwhile()
    while page.items and len(pages) < LONGEST:
        way = onward(listing, page.exchange, identity(page.items[-1]))
        if not way:
            return Sweep(pages)
        if repr(sorted(way.items())) in seen:
            raise GoesRound([page.exchange])
        seen.add(repr(sorted(way.items())))
        page = fetch(target, listing, size=size, way=way)
        if page.items:
            pages.append(page)
    return Sweep(pages, None if page.items else page, complete=not page.items)


def _are_same(page: Page, other: Page) -> bool:
    """Whether two pages hold the same items, which have ids."""
    return all(map(has_identity, page.items)) and [identity(item) for item in page.items] == [
        identity(item) for item in other.items
    ]


def far_behind(target: Target, listing: ListOperation, size: int) -> Page:
    """A page that lies behind the end of nearly any list, as far as the document lets a client go."""
    name = listing.page if listing.style == "page" else listing.offset
    parameter = listing.operation.query(name or "")
    most = parameter.schema.get("maximum") if parameter else None
    return fetch(
        target, listing, size=size, page=min(FAR, most) if isinstance(most, int) else FAR, strict=False
    )


def missing(page: Page, sweep: Sweep) -> list[Any]:
    """The ids of the items of a page that a sweep did not meet."""
    swept = {repr(one) for one in sweep.ids}
    return [one for one in map(identity, page.items) if repr(one) not in swept]


def _changed_fields(old: Any, new: Any) -> set[str]:
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return set()
    return {str(name) for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


def _doubled(ids: list[Any]) -> list[Any]:
    counts = Counter(map(repr, ids))
    return [identifier for identifier in ids if counts[repr(identifier)] > 1]
