"""What a list answers to paging parameters that make no sense, and to cursors that it did not make."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import ListOperation
from compliance.contract.paging import number_of
from compliance.contract.subjects import paged_lists
from compliance.target.denials import is_client_error
from compliance.target.figures import figures
from compliance.target.filling import fill_up
from compliance.target.listing import Page, fetch, identity
from compliance.target.onward import onward
from compliance.target.reach import Target

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

#: What nobody takes for a whole number, whatever its language: letters, nothing, a tail.
NO_NUMBERS = ("abc", "", "12abc")
#: Numbers as JSON or another script may write them: whoever takes one has to take it for what it is.
WRITTEN = (("an exponent is", "1e3", 1000), ("digits of another script are", "\u0661\u0662", 12))
#: What no service made for a cursor: a text, and the same as cursors are mostly written.
NO_CURSORS = ("not-a-cursor", urlsafe_b64encode(b"not-a-cursor").decode())
#: Below the smallest number that makes sense; nought is a page where pages are counted from it, and an offset.
TOO_SMALL = {"page": (0, -1), "size": (0, -1), "offset": (-1,)}


@rule(
    "PAG-010",
    "A senseless paging parameter is refused or corrected",
    level=Level.MUST,
    subjects=paged_lists,
    phase=Phase.WRITE,
    needs={Need.USER},
)
def senseless_paging_is_refused(target: Target, listing: ListOperation) -> None:
    """
    Why: what is read as something else than it says leads a client astray without a word.

    Breaks: `page = int(raw) if raw.isdigit() else 1`, or `page: int = 1` without a least value

    Conforms: `page: Annotated[int, Query(ge=1)] = 1`
    """
    knobs = list(_knobs(target, listing))
    if not knobs:
        raise NotApplicable("no parameter of paging is declared as a number")
    fill_up(target, listing, 1)  # else what is taken for something shows nothing of it
    genuine = fetch(target, listing)
    for kind, name in knobs:
        must_be_refused = partial(_must_be_refused, target, listing, kind, name)
        for text in NO_NUMBERS:
            must_be_refused(text)
        for written in WRITTEN:
            _must_be_what_it_is(target, listing, kind, name, written)
        target.forall(_with_a_tail(), must_be_refused, budget=3)
        for number in TOO_SMALL[kind]:
            _must_be_corrected(target, listing, kind, name, number, genuine)


def _knobs(target: Target, listing: ListOperation) -> Iterator[tuple[str, str]]:
    """The parameters that take a whole number: what they are for, and their names."""
    for kind, name in (("page", listing.page), ("offset", listing.offset), ("size", listing.size)):
        parameter = listing.operation.query(name or "")
        if name and parameter and target.contract.resolver.type_of(number_of(parameter.schema)) == "integer":
            yield kind, name


def _with_a_tail() -> SearchStrategy[str]:
    from hypothesis import strategies

    tail = strategies.text("abcdefghijklmnopqrstuvwxyz,;/", min_size=1, max_size=5)
    return strategies.builds(
        "{}{}".format, strategies.integers(1, 99), tail.filter(lambda text: text[0] != "e")
    )


def _must_be_refused(target: Target, listing: ListOperation, kind: str, name: str, text: str) -> None:
    page = fetch(target, listing, way={name: text}, strict=False)
    if not _is_refusal(page):
        observed = f"{page.exchange.status} with {len(page.items)} items"
        what = "nothing at all" if not text else "what is no number"
        raise Violation(
            f"{what} is taken for a {kind}",
            f"a refusal of {name}={text}",
            observed,
            [page.exchange],
        )


def _must_be_what_it_is(
    target: Target, listing: ListOperation, kind: str, name: str, how: tuple[str, str, int]
) -> None:
    """A number that is written otherwise: refused, or read as the number that it is."""
    what, written, meaning = how
    page = fetch(target, listing, way={name: written}, strict=False)
    if _is_refusal(page):
        return
    meant = fetch(target, listing, way={name: meaning}, strict=False)
    if meant.exchange.ok and _shown(meant) == _shown(page):
        return
    page = fetch(target, listing, way={name: written}, strict=False)  # others may have written in between
    if meant.exchange.ok and _shown(meant) == _shown(page):
        return
    raise Violation(
        f"{what} taken for another {kind}",
        f"a refusal of {name}={written}, or what {name}={meaning} gets",
        f"{page.exchange.status} with {len(page.items)} items",
        [meant.exchange, page.exchange],
    )


def _shown(page: Page) -> tuple[list[Any], int | None]:
    return [identity(item) for item in page.items], page.total


def _is_refusal(page: Page) -> bool:
    if page.denied or is_client_error(page.exchange):
        return True
    if page.exchange.ok:
        return False
    raise Untested(f"{page.exchange}: neither a page nor a refusal")


def _must_be_corrected(
    target: Target, listing: ListOperation, kind: str, name: str, number: int, genuine: Page
) -> None:
    """A number that is too small: refused, or taken for a better one, which is shown where there is a place for it."""
    page = fetch(target, listing, way={name: number}, strict=False)
    if _is_refusal(page) or (kind == "page" and number == 0 and _counts_from_zero(target, listing, page)):
        return
    told = figures(listing, page)
    shown = told.size if kind == "size" else told.own
    expected = f"a refusal of {name}={number}, or a sensible value that the answer shows"
    if shown == number and (page.items or kind != "size"):
        raise Violation(
            f"a senseless {kind} is taken as it is",
            expected,
            f"{name}: {shown} in the answer",
            [page.exchange],
        )
    if kind != "size" and page.items and _ids(page) != _ids(genuine) and shown is None:
        again, still = fetch(target, listing, way={name: number}, strict=False), fetch(target, listing)
        if _ids(still) == _ids(genuine) and _ids(again) == _ids(page):
            observed = "items other than those of the first page"
            raise Violation(f"a senseless {kind} leads somewhere", expected, observed, [page.exchange])


def _counts_from_zero(target: Target, listing: ListOperation, page: Page) -> bool:
    """Whether page 0 is the first: then page 1 is another."""
    one = fetch(target, listing, page=1, strict=False)
    return not one.exchange.ok or _ids(one) != _ids(page)


def _ids(page: Page) -> list[str]:
    return [repr(identity(item)) for item in page.items]


@rule(
    "PAG-012",
    "An altered cursor is refused",
    level=Level.SHOULD,
    subjects=paged_lists,
    phase=Phase.WRITE,
    needs={Need.USER},
)
def altered_cursor_is_refused(target: Target, listing: ListOperation) -> None:
    """
    Why: a client whose cursor was damaged and who gets the first page again starts over for ever.

    Breaks: `except ValueError: position = 0`

    Conforms: `except ValueError: raise HTTPException(422, "No cursor of this list")`
    """
    if listing.style != "cursor" or listing.cursor is None:
        raise NotApplicable("the list is not paged by a cursor")
    walk = target.walk(listing)
    walk.must_have_pages()
    first, second = walk.first.pages[0], walk.first.pages[1]
    way = onward(listing, first.exchange, identity(first.items[-1]))
    if listing.cursor not in way:
        raise Untested(f"what leads to the next page is not {listing.cursor!r}")
    genuine = way[listing.cursor]
    declared = listing.operation.query(listing.cursor)
    number = (
        declared is not None and target.contract.resolver.type_of(number_of(declared.schema)) == "integer"
    )
    if not number and _is_in_plain_sight(genuine, first.items[-1]):
        raise NotApplicable("the cursor is what an item says of itself, so that any other value may be one")
    for altered in (*NO_CURSORS, f"{str(genuine)[::-1]}~"):
        page = fetch(target, listing, size=walk.size, way={**way, listing.cursor: altered}, strict=False)
        if not _is_refusal(page):
            _must_still_work(target, walk.size, listing, way)
            what = "the first page" if _ids(page) == _ids(first) else f"{len(page.items)} items"
            observed = f"{page.exchange.status} with {what}"
            raise Violation(
                "an altered cursor is taken", "a client error", observed, [second.exchange, page.exchange]
            )
    _must_still_work(target, walk.size, listing, way)


def _must_still_work(target: Target, size: int, listing: ListOperation, way: Mapping[str, Any]) -> None:
    """The control: the genuine cursor leads somewhere."""
    if not fetch(target, listing, size=size, way=way).items:
        raise Untested("the genuine cursor leads nowhere any more, so that a refusal says nothing")


def _is_in_plain_sight(cursor: Any, item: Any) -> bool:
    values = item.values() if isinstance(item, Mapping) else [item]
    return str(cursor) in {str(value) for value in values}
