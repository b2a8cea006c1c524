"""Reading lists: one page, or all of them in order."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from compliance.catalogue import Need, Untested
from compliance.contract.model import ListOperation
from compliance.contract.paging import as_written
from compliance.contract.paths import normal
from compliance.target.actors import Actor
from compliance.target.addressing import path_values, query_values
from compliance.target.denials import may_deny
from compliance.target.ledger import Row
from compliance.target.onward import beside_items, onward, says_more
from compliance.target.tape import Exchange
from compliance.target.tokens import says_no

if TYPE_CHECKING:
    from compliance.target.reach import Target

#: Names under which an item of a list carries its id, the likeliest first.
ID_NAMES = ("id", "uuid", "slug", "_id")
#: Pages that are read to find a row.
SEARCH = 10


@dataclass(frozen=True, eq=False)
class Page:
    """One answer of a list; `echo` is the page size that the answer claims, `total` the number of items in all."""

    exchange: Exchange
    items: tuple[Any, ...]
    total: int | None
    echo: int | None
    #: the body says no, whatever the status
    denied: bool = False
    #: the number or the offset that was asked for, None for the first page; and the size
    place: int | None = None
    size: int | None = None

    @property
    def refused(self) -> bool:
        """Whether the service says that it does not grant such a page."""
        return self.exchange.status in (400, 422) or self.denied


def fetch(
    target: Target,
    listing: ListOperation,
    *,
    size: int | None = None,
    page: int | None = None,
    strict: bool = True,
    actor: Actor | None = None,
    way: Mapping[str, Any] | None = None,
    where: Mapping[str, Any] | None = None,
    beside: Row | None = None,
) -> Page:
    """One page, see `ask`; where: a search, a filter or an order. Raises Untested when strict and it is none."""
    query = {**(where or {}), **(way or {})}
    exchange = ask(target, listing, size=size, page=page, actor=actor, way=query, beside=beside)
    denied = is_denied_page(exchange, listing)
    if exchange.ok and not denied:
        return replace(_read(exchange, listing), place=page, size=size)
    if strict:
        raise Untested(f"{exchange}: no page")
    return Page(exchange, (), None, None, denied)


def ask(
    target: Target,
    listing: ListOperation,
    *,
    size: int | None = None,
    page: int | None = None,
    actor: Actor | None = None,
    way: Mapping[str, Any] | None = None,
    beside: Row | None = None,
) -> Exchange:
    """The answer to a request for a page: the first, or the one whose number or offset is given.

    way: what the page before says of the way to this one, see `compliance.target.onward`, or anything else in the query.
    actor: who asks, below rows of its own; else whoever may, below rows of alice's.
    beside: a row that the list would hold, so that it is asked for by nobody but the actor, and where that row lies.
    """
    params: dict[str, Any] = {}
    if listing.size and size is not None:
        params[listing.size] = size
    name = listing.page if listing.style == "page" else listing.offset
    if page is None and name and _is_required(listing, name):
        page = _first(listing, name)
    if page is not None and name:
        params[name] = page
    who = actor or target.alice
    params = as_written(listing.operation, {**params, **(way or {})}, target.contract.resolver)
    params = {**query_values(target, listing.operation, who), **params}
    values = path_values(target, listing.operation, beside.owner if beside else who, beside)
    asking = actor or target.caller(listing.operation)
    exchange = target.call(listing.operation, asking, values, params=params)
    alone = actor is None or beside is not None
    if exchange.forbidden and not alone and not target.lacks(Need.ADMIN):
        exchange = target.call(listing.operation, target.admin, values, params=params)
    return exchange


def is_denied_page(exchange: Exchange, listing: ListOperation) -> bool:
    """Whether a success is no page: it says no, or there is nothing where the items would lie in something."""
    return may_deny(exchange) and (says_no(exchange) or len(listing.items or ()) > 1)


def _is_required(listing: ListOperation, name: str) -> bool:
    parameter = listing.operation.query(name)
    return parameter is not None and parameter.required


def _first(listing: ListOperation, name: str) -> int:
    """The lowest page or offset that the document allows, else 1 for a page and 0 for an offset."""
    parameter = listing.operation.query(name)
    lowest = parameter.schema.get("minimum") if parameter else None
    return lowest if isinstance(lowest, int) else int(listing.style == "page")


def widest(
    target: Target, listing: ListOperation, actor: Actor | None = None, beside: Row | None = None
) -> Page:
    """The largest first page that the service grants, up to 100 items."""
    for size in (100, 50, 20):
        page = fetch(target, listing, size=allowed(listing, size), strict=False, actor=actor, beside=beside)
        if page.exchange.ok and not page.denied:
            return page
        if page.exchange.forbidden and beside is not None:
            break  # whoever may not look may not look at less
    return fetch(target, listing, actor=actor, beside=beside)


def allowed(listing: ListOperation, wish: int) -> int:
    """The size nearest to the wish that the document lets a client ask for."""
    parameter = listing.operation.query(listing.size or "")
    lowest = (parameter.schema if parameter else {}).get("minimum")
    wish = max(wish, lowest) if isinstance(lowest, int) else wish
    return min(wish, listing.size_maximum) if listing.size_maximum else wish


def whole(
    target: Target, listing: ListOperation, actor: Actor | None = None, beside: Row | None = None
) -> tuple[list[Any], bool]:
    """The items of a list as far as a few pages show them, and whether these are all.

    beside: a row whose list is asked for by the actor alone, as in `ask`.
    """
    first = widest(target, listing, actor, beside)
    items, held = list(first.items), len(first.items)
    if first.total is not None and first.total <= held:
        return items, True
    if listing.style == "none":
        return items, True
    if listing.style == "cursor":
        return _along(target, listing, first, actor, beside)
    if listing.style not in ("page", "offset") or not held:
        return items, not held
    size = allowed(listing, held) if listing.size else None
    numbered = listing.style == "page"
    start = second_page(target, listing, first, held, actor, beside) if numbered else held
    for number in range(SEARCH):
        place = start + number if numbered else len(items)
        page = fetch(target, listing, size=size, page=place, strict=False, actor=actor, beside=beside)
        items += page.items
        if not page.items or (first.total is not None and first.total <= len(items)):
            return items, page.exchange.ok
    return items, False


def _along(
    target: Target, listing: ListOperation, first: Page, actor: Actor | None, beside: Row | None
) -> tuple[list[Any], bool]:
    """The items of a few pages, each where the one before points to, and whether the last of them points nowhere."""
    items, page = list(first.items), first
    size = allowed(listing, len(items)) if listing.size and items else None
    with suppress(Untested):  # nobody knows then whether there are more
        for _ in range(SEARCH):
            way = onward(listing, page.exchange, identity(page.items[-1])) if page.items else {}
            if not way:
                return items, True
            page = fetch(target, listing, size=size, actor=actor, way=way, beside=beside)
            items += page.items
    return items, False


def leads_on(listing: ListOperation, page: Page) -> bool:
    """Whether a page itself says that there is another behind it."""
    if says_more(page.exchange):
        return bool(page.items)
    try:
        return listing.style == "cursor" and bool(page.items) and bool(onward(listing, page.exchange))
    except Untested:
        return False


def second_page(
    target: Target,
    listing: ListOperation,
    first: Page,
    size: int,
    actor: Actor | None = None,
    beside: Row | None = None,
) -> int:
    """The number of the second page: 2, or 1 where pages are counted from 0, which many documents do not say."""
    numbered = fetch(target, listing, size=size, page=1, strict=False, actor=actor, beside=beside)
    same = [identity(item) for item in numbered.items] == [identity(item) for item in first.items]
    return 2 if same else 1


def _read(exchange: Exchange, listing: ListOperation) -> Page:
    body = exchange.json()
    items = (
        body
        if isinstance(body, list)
        else exchange.field(listing.items)
        if listing.items
        else _only_array(body)
    )
    if items is None and listing.items:
        items = []  # nothing is an empty list to those who wrote it; which clause it breaks is another question
    if not isinstance(items, list):
        raise Untested(f"{exchange}: the answer holds no list")
    total = _number(exchange, listing.total)
    return Page(exchange, tuple(items), total, _echo(body, listing))


def _only_array(body: Any) -> Any:
    arrays = (
        [value for value in body.values() if isinstance(value, list)] if isinstance(body, Mapping) else []
    )
    return arrays[0] if len(arrays) == 1 else None


def _echo(body: Any, listing: ListOperation) -> int | None:
    """The page size that the envelope says it used: a field of the parameter's own name, in it or in what it wraps."""
    said = (
        value for name, value in beside_items(body, depth=2) if listing.size and name == normal(listing.size)
    )
    value = next(said, None)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _number(exchange: Exchange, path: tuple[str, ...] | None) -> int | None:
    if not path:
        return None
    try:
        value = exchange.field(path)
    except Untested:
        return None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def identity(item: Any) -> Any:
    """What tells an item from others: its id, else all that it says."""
    if isinstance(item, Mapping):
        for name in ID_NAMES:
            if name in item:
                return item[name]
        return repr(sorted(item.items(), key=str))
    return item


def has_identity(item: Any) -> bool:
    """Whether an item carries an id; two that do not may be equal and still be two."""
    return isinstance(item, Mapping) and any(name in item for name in ID_NAMES)
