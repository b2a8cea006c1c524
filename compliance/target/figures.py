"""The figures of a page: what stands beside the items of the page's number, its size and the number of pages."""

from __future__ import annotations

from dataclasses import dataclass

from compliance.contract.model import ListOperation
from compliance.contract.paging import PAGE, is_pages
from compliance.contract.paths import normal, vocabulary
from compliance.target.listing import Page
from compliance.target.onward import beside_items

#: Fields that tell a size wherever they stand; others of the parameter's own name may count the items of the page.
_SIZES = vocabulary("pagesize perpage itemsperpage pagelimit limit")
#: What may be a number of pages, or the number of the last one where pages are counted from zero.
_LAST = vocabulary("lastpage")
#: What may be a number of pages as well as a number of items on one.
_VAGUE = vocabulary("pagecount")


@dataclass(frozen=True)
class Figures:
    """What a page says of itself, None where it says nothing of it.

    own: the number or the offset under the name of the parameter that asks for it; number: the number under another
    name, which may begin elsewhere; sizes and pages: all that may be true of them, by what the field may mean.
    """

    own: int | None
    number: int | None
    size: int | None
    #: the size stands under a name that may count the items of the page too
    may_count: bool
    pages: int | None
    may_be_last: bool

    @property
    def any(self) -> bool:
        return any(one is not None for one in (self.own, self.number, self.size, self.pages))


def figures(listing: ListOperation, page: Page) -> Figures:
    """The figures of an envelope, the outermost first; an answer that is a bare array has none."""
    told = dict(reversed([(name, number(value)) for name, value in beside_items(page.exchange.value)]))
    known = {name: value for name, value in told.items() if value is not None}
    asked = normal((listing.page if listing.style == "page" else listing.offset) or "")
    size = normal(listing.size or "")
    sizes = [name for name in known if name == size or name in _SIZES]
    others = [name for name in known if name in PAGE and name not in (asked, "p")]
    counts = [name for name in known if is_pages(name) and name not in _VAGUE | {asked}]
    return Figures(
        own=known.get(asked),
        number=known[others[0]] if others and listing.style == "page" else None,
        size=known[sizes[0]] if sizes else None,
        may_count=bool(sizes) and sizes[0] not in _SIZES,
        pages=known[counts[0]] if counts else None,
        may_be_last=bool(counts) and counts[0] in _LAST,
    )


def number(value: object) -> int | None:
    """A whole number, also one that is written as a text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.lstrip("-").isdecimal() and value.isascii():
        return int(value)
    return value if isinstance(value, int) else None
