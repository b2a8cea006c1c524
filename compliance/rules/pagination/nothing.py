"""What a list answers that has nothing to show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import ListOperation
from compliance.contract.subjects import lists
from compliance.target.filling import fill_up
from compliance.target.listing import Page, ask, widest
from compliance.target.narrowing import a_text_of_nobody, a_text_of_ours, search_of
from compliance.target.reach import Target
from compliance.target.tape import Exchange
from compliance.target.tokens import says_no
from compliance.target.walking import far_behind


@rule(
    "PAG-008",
    "A list without items is an empty list",
    level=Level.MUST,
    subjects=lists,
    phase=Phase.WRITE,
    needs={Need.USER},
)
def nothing_is_an_empty_list(target: Target, listing: ListOperation) -> None:
    """
    Why: a client goes through the items of the answer without asking first whether there are any.

    Breaks: `if not users: raise HTTPException(404, "No users found")`, or `items: list[User] | None = None`

    Conforms: `items: list[User]`, which is `[]` where nothing matches
    """
    full = _with_items(target, listing)
    for exchange, is_vague in _answers_without_items(target, listing):
        fault = _fault(listing, exchange, is_vague)
        if fault:
            raise Violation(
                f"a list without items is {fault}",
                "200 with [] in the place of the items",
                fault,
                [full.exchange, exchange],
            )
        if _items(listing, exchange) == []:
            return
    raise NotApplicable(
        "nothing leaves the list without items: it takes no search, and newcomers see what others see"
    )


def _with_items(target: Target, listing: ListOperation) -> Page:
    """The control: the same list with something in it."""
    try:
        page = target.walk(listing).before
    except (Untested, NotApplicable):
        scarcity = fill_up(target, listing, 1)
        page = widest(target, listing)
        if not page.items:
            raise Untested(f"the list holds nothing{scarcity}") from None
    if not page.items:
        raise Untested("the list holds nothing, so that nobody knows how it looks with something")
    return page


def _answers_without_items(target: Target, listing: ListOperation) -> Iterator[tuple[Exchange, bool]]:
    """Answers in which there should be nothing, and whether 404 may mean something else: the likeliest first."""
    term = search_of(listing)
    if term is not None:
        answer = ask(target, listing, way={term: a_text_of_nobody()})
        yield answer, answer.status == 404 and not _finds_something(target, listing, term)
    with suppress(Untested):
        newcomer = target.account("erin").owner
        yield ask(target, listing, actor=newcomer), bool(listing.operation.path_parameters)
    with suppress(Untested, NotApplicable):
        walk = target.walk(listing)
        if listing.style != "cursor":
            end = walk.first.end or far_behind(target, listing, walk.size)
            yield end.exchange, True


def _finds_something(target: Target, listing: ListOperation, term: str) -> bool:
    """Whether the same search is answered with items for a text that is there, so that 404 says that there are none."""
    text = a_text_of_ours(target, listing)
    return text is not None and bool(_items(listing, ask(target, listing, way={term: text})))


_ABSENT = object()


def _items(listing: ListOperation, exchange: Exchange) -> Any:
    """What lies in the place of the items, which may be no list; _ABSENT where there is no such place."""
    value = exchange.value
    if listing.items is None and isinstance(value, Mapping):
        arrays = [one for one in value.values() if isinstance(one, list)]
        return arrays[0] if len(arrays) == 1 else _ABSENT
    for name in listing.items or ():
        if not isinstance(value, Mapping) or name not in value:
            return value if value is None else _ABSENT
        value = value[name]
    return value


def _fault(listing: ListOperation, exchange: Exchange, is_vague: bool) -> str:
    """What is wrong with an answer that has nothing to show, empty where it says no, or may say something else."""
    if exchange.status in (204, 404) and not is_vague:
        return f"answered with {exchange.status}"
    if exchange.status == 204 or not exchange.ok or says_no(exchange):
        return ""
    items = _items(listing, exchange)
    if items is None and exchange.body:
        return "null"
    return "left out" if items is _ABSENT and listing.items and isinstance(exchange.value, Mapping) else ""
