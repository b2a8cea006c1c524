"""Sorting a list by a field that its items show."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from compliance.catalogue import Level, Need, Phase, Untested, Violation, rule
from compliance.contract.model import ListOperation
from compliance.contract.sorting import Sort, sorts_of
from compliance.contract.subjects import sorted_lists
from compliance.target.listing import allowed
from compliance.target.reach import Target
from compliance.target.selections import Selection, resource_of

#: The order in which rows are made is neither that of their values nor its reverse.
_SHUFFLED = (2, 0, 3, 1)
#: Items of a page that is so small that sorting it alone shows.
_FEW = 2


@rule(
    "PAG-016",
    "A sorted list follows the field it is sorted by",
    level=Level.SHOULD,
    subjects=sorted_lists,
    phase=Phase.WRITE,
    needs={Need.USER},
)
def sorted_list_follows_its_field(target: Target, listing: ListOperation) -> None:
    """
    Why: whoever reads the first page of a sorted list believes that it holds the first items.

    Breaks: `sort: str = "name"` that is never read; `sorted(page, key=…)` of one page

    Conforms: `.order_by(COLUMNS[sort], Product.id)` before the limit, with `.desc()` where that was asked for
    """
    sorts = sorts_of(target.contract, listing)
    _make_rows(target, listing, sorts)
    doubts = [doubt for one in sorts if (doubt := _doubt_of(target, listing, one))]
    if len(doubts) == len(sorts):
        raise Untested("; ".join(dict.fromkeys(doubts)))


def _make_rows(target: Target, listing: ListOperation, sorts: tuple[Sort, ...]) -> None:
    """Rows whose values come in another order than the rows, where the run may make some."""
    if not target.grants.writes:
        return
    with suppress(Untested):
        resource, stem = resource_of(target, listing), f"kit{target.tag}s"
        target.confirmed(resource).must("create", "list")
        item = target.selections.item_of(
            target.selections.of(listing, {}), target.confirmed(resource).created
        )
        names = [one.field for one in sorts if isinstance(item, Mapping) and _is_text(item.get(one.field))]
        for letter in ("abcd"[number] for number in _SHUFFLED):
            try:
                target.selections.plant(resource, dict.fromkeys(names[:1], f"{stem}{letter}"))
            except Untested:
                target.create(resource, target.alice, usable=False)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[A-Za-z][A-Za-z0-9 ]*", value) is not None


def _doubt_of(target: Target, listing: ListOperation, one: Sort) -> str:
    """Why nothing is known of sorting by a field, empty where it does. Raises Violation where it does not, twice."""
    try:
        _judge(target, listing, one)
    except Untested as doubt:
        return f"{one.field}: {doubt}"
    except Violation:
        _judge(target, listing, one)
        raise
    return ""


def _judge(target: Target, listing: ListOperation, one: Sort) -> None:
    up = _sorted(target, listing, one.up)
    down = next((look for look in _ways_down(target, listing, one) if look.keys != up.keys), None)
    if down is None and len(one.down) == 1:
        down = _sorted(target, listing, one.down[0])  # the one way that the document names
    if not one.named and (down is None or up.keys == target.selections.of(listing, {}).keys):
        raise Untested("the document does not name it, and nothing shows that the list is sorted by it")
    if len({repr(value) for value in _values(up, one)}) < _FEW:
        raise Untested("fewer than two values are shown")
    if _certainly(up, one, backwards=False) and (one.directed or _certainly(up, one, backwards=True)):
        _complain("a list is not sorted by the field", one, "another order", up)
    if down is None:
        raise Untested("nothing is known to turn the order round")
    if one.directed and _certainly(down, one, backwards=True):
        _complain("a list is not sorted backwards", one, "another order", down)
    if _differs(up, down, one):
        _complain("backwards is not the reverse of forwards", one, "another order", up, down)
    _judge_small_page(target, listing, one, up)


def _sorted(
    target: Target, listing: ListOperation, where: Mapping[str, Any], size: int | None = None
) -> Selection:
    written = {name: str(v).lower() if isinstance(v, bool) else v for name, v in where.items()}
    look = target.selections.of(listing, written, size=size)
    if look.refused or not look.exchange.ok:
        raise Untested(f"{look.exchange}: such an order is refused")
    return look


def _ways_down(target: Target, listing: ListOperation, one: Sort) -> list[Selection]:
    found = []
    for where in one.down:
        with suppress(Untested):
            found.append(_sorted(target, listing, where))
            if len(one.down) > 1 and found[0].keys != found[-1].keys:
                break
    return found


def _values(look: Selection, one: Sort) -> list[Any]:
    """The values of the field in the order of the list, without those that are missing."""
    shown = (item.get(one.field) for item in look.items if isinstance(item, Mapping))
    return [value for value in shown if isinstance(value, str | int | float) and not isinstance(value, bool)]


def _certainly(look: Selection, one: Sort, *, backwards: bool) -> bool:
    """Whether two neighbours are out of order whatever the database thinks of case, digits and punctuation."""
    values = _values(look, one)
    return any(_is_after(b, a) if backwards else _is_after(a, b) for a, b in itertools.pairwise(values))


def _is_after(first: Any, second: Any) -> bool:
    """Whether one value comes after the other by every way of sorting."""
    if not isinstance(first, str) and not isinstance(second, str):
        return bool(first > second)
    if not (isinstance(first, str) and isinstance(second, str) and (first + second).isascii()):
        return False
    one, other = _moment(first), _moment(second)
    if one is not None and other is not None:
        return one > other
    plain = first > second and first.casefold() > second.casefold()
    return plain and _letters(first) > _letters(second) and _natural(first) > _natural(second)


def _moment(value: str) -> float | None:
    try:
        return datetime.fromisoformat(value).timestamp() if re.match(r"\d{4}-\d\d-\d\d", value) else None
    except ValueError:
        return None


def _letters(value: str) -> str:
    return re.sub(r"[^a-z0-9]", "", value.casefold())


def _natural(value: str) -> list[tuple[int, int, str]]:
    parts = re.findall(r"\d+|[a-z]+", value.casefold())
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts]


def _differs(up: Selection, down: Selection, one: Sort) -> bool:
    """Whether two whole lists of the same items, none with the value of another, are not each other's reverse."""
    values = [_letters(value) if isinstance(value, str) else repr(value) for value in _values(up, one)]
    told_apart = len(set(values)) == len(values) == len(up.items) and all(values)
    if not told_apart or sorted(up.keys) != sorted(down.keys) or not (up.complete and down.complete):
        return False
    return up.keys != down.keys[::-1]


def _judge_small_page(target: Target, listing: ListOperation, one: Sort, up: Selection) -> None:
    """A small first page holds the first items: what is sorted after it was cut holds others."""
    size = allowed(listing, _FEW)
    distinct = len({repr(value) for value in _values(up, one)}) == len(up.items)
    if listing.size is None or not distinct or not size < len(up.items):
        return
    small = _sorted(target, listing, one.up, size)
    after = _sorted(target, listing, one.up)
    if after.keys == up.keys and small.keys != up.keys[: len(small.keys)]:
        _complain(
            "only the items of one page are sorted", one, "other items than those of a large page", small
        )


def _complain(cause: str, one: Sort, observed: str, *looks: Selection) -> None:
    raise Violation(cause, f"the order of {one.field!r}", observed, [look.exchange for look in looks])
