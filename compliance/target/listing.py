"""Reading lists: one page, or all of them in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from compliance.catalogue import Untested
from compliance.contract.model import ListOperation
from compliance.target.reach import Target
from compliance.target.tape import Exchange

#: Pages that a sweep reads before it gives up.
LONGEST_SWEEP = 150


@dataclass(frozen=True, eq=False)
class Page:
    """One answer of a list; `echo` is the page size that the answer claims, `total` the number of items in all."""

    exchange: Exchange
    items: tuple[Any, ...]
    total: int | None
    echo: int | None


@dataclass(frozen=True, eq=False)
class Sweep:
    """The ids of a list from its first page to its last, in the order of the pages."""

    ids: list[Any]
    complete: bool
    proof: list[Exchange]


def fetch(
    target: Target, listing: ListOperation, *, size: int | None = None, page: int = 0, strict: bool = True
) -> Page:
    """The page of that number, counted from 0, as alice. Raises Untested when it is no page, unless not strict."""
    params: dict[str, Any] = {}
    if listing.size and size is not None:
        params[listing.size] = size
    if page and listing.style == "page" and listing.page:
        params[listing.page] = page + _first_page(listing)
    if page and listing.style == "offset" and listing.offset:
        params[listing.offset] = page * (size or 0)
    if listing.operation.path_parameters:
        raise Untested(f"{listing.label} lies under another resource, which the kit does not set up yet")
    exchange = target.call(listing.operation, target.caller(listing.operation), params=params)
    if not exchange.ok:
        if strict:
            raise Untested(f"{exchange}: no page")
        return Page(exchange, (), None, None)
    return _read(exchange, listing)


def sweep(target: Target, listing: ListOperation, *, size: int) -> Sweep:
    """Read all pages; items are told apart by their id, else by all they say."""
    ids: list[Any] = []
    proof: list[Exchange] = []
    for number in range(LONGEST_SWEEP):
        page = fetch(target, listing, size=size, page=number)
        proof = [*proof[-2:], page.exchange]
        if not page.items:
            return Sweep(ids, True, proof)
        ids += [identity(item) for item in page.items]
    return Sweep(ids, False, proof)


def _read(exchange: Exchange, listing: ListOperation) -> Page:
    body = exchange.json()
    items = (
        body
        if isinstance(body, list)
        else exchange.field(listing.items)
        if listing.items
        else _only_array(body)
    )
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
    """The page size that the envelope says it used: a field of the parameter's own name."""
    value = body.get(listing.size) if isinstance(body, Mapping) and listing.size else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _number(exchange: Exchange, path: tuple[str, ...] | None) -> int | None:
    if not path:
        return None
    try:
        value = exchange.field(path)
    except Untested:
        return None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _first_page(listing: ListOperation) -> int:
    """0 where the document says that pages are counted from 0, else 1."""
    parameter = listing.operation.query(listing.page or "")
    schema = parameter.schema if parameter else {}
    return 0 if schema.get("default") == 0 or schema.get("minimum") == 0 else 1


def identity(item: Any) -> Any:
    """What tells an item from others: its id, else all that it says."""
    if isinstance(item, Mapping):
        for name in ("id", "uuid", "slug", "_id"):
            if name in item:
                return item[name]
        return repr(sorted(item.items(), key=str))
    return item
