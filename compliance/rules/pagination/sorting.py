"""Sorting a list by a field that its items show."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from compliance.catalogue import Level, Need, Phase, Untested, Violation, rule
from compliance.contract.model import ListOperation
from compliance.contract.paths import normal, vocabulary
from compliance.contract.selecting import item_fields
from compliance.contract.sorting import Sort, sorts_of
from compliance.contract.subjects import sorted_lists
from compliance.target.listing import allowed
from compliance.target.order import comes_after, letters
from compliance.target.reach import Target
from compliance.target.selections import Selection, is_sent, resource_of

#: The order in which rows are made is neither that of their values nor its reverse.
_SHUFFLED = (2, 0, 3, 1)
#: What an item says that stands above all others.
_ABOVE_ALL = vocabulary(
    "pinned ispinned sticky issticky featured isfeatured promoted ispromoted sponsored issponsored"
)
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
    if {normal(name) for name in item_fields(target.contract, listing)} & _ABOVE_ALL:
        raise Untested("some items stand above all others, however the list is sorted")
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
        for number in _SHUFFLED:
            values = {name: value for one in sorts for name, value in _valued(item, one, stem, number)}
            settable = {name: value for name, value in values.items() if is_sent(target, resource, name)}
            try:
                target.selections.plant(resource, settable)
            except Untested:
                target.create(resource, target.alice, usable=False)


def _valued(item: Any, one: Sort, stem: str, number: int) -> Iterator[tuple[str, Any]]:
    """The field of a new row with its value, where those that are shown say what it may be."""
    shown = item.get(one.field) if isinstance(item, Mapping) else None
    if _is_text(shown):
        yield one.field, f"{stem}{'abcd'[number]}"
    elif isinstance(shown, int) and not isinstance(shown, bool):
        yield one.field, shown + 3 - number


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
    down = _turned(target, listing, one, up)
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
    for look in (up, down):
        _judge_small_page(target, listing, one, look)


def _sorted(
    target: Target, listing: ListOperation, where: Mapping[str, Any], size: int | None = None
) -> Selection:
    written = {name: str(v).lower() if isinstance(v, bool) else v for name, v in where.items()}
    look = target.selections.of(listing, written, size=size)
    if look.refused or not look.exchange.ok:
        raise Untested(f"{look.exchange}: such an order is refused")
    return look


def _turned(target: Target, listing: ListOperation, one: Sort, up: Selection) -> Selection | None:
    """The list in the other order, None where it is not known how to ask for it.

    Of ways that are guesses one counts that leads to that order; others may be unknown to the service, and ignored.
    """
    if len(one.down) == 1:
        return _sorted(target, listing, one.down[0])
    for where in one.down:
        with suppress(Untested):
            look = _sorted(target, listing, where)
            if look.keys != up.keys and not _certainly(look, one, backwards=True):
                return look
    return None


def _values(look: Selection, one: Sort) -> list[Any]:
    """The values of the field in the order of the list, without those that are missing."""
    shown = (item.get(one.field) for item in look.items if isinstance(item, Mapping))
    return [value for value in shown if isinstance(value, str | int | float) and not isinstance(value, bool)]


def _certainly(look: Selection, one: Sort, *, backwards: bool) -> bool:
    """Whether two neighbours are out of order whatever the database thinks of case, digits and punctuation."""
    values = _values(look, one)
    return any(comes_after(b, a) if backwards else comes_after(a, b) for a, b in itertools.pairwise(values))


def _differs(up: Selection, down: Selection, one: Sort) -> bool:
    """Whether two whole lists of the same items, none with the value of another, are not each other's reverse."""
    values = [letters(value) if isinstance(value, str) else repr(value) for value in _values(up, one)]
    told_apart = len(set(values)) == len(values) == len(up.items) and all(values)
    if not told_apart or sorted(up.keys) != sorted(down.keys) or not (up.complete and down.complete):
        return False
    return up.keys != down.keys[::-1]


def _judge_small_page(target: Target, listing: ListOperation, one: Sort, look: Selection) -> None:
    """A small first page holds the first items: what is sorted after it was cut holds others."""
    size = allowed(listing, _FEW)
    distinct = len({repr(value) for value in _values(look, one)}) == len(look.items)
    if listing.size is None or not distinct or not size < len(look.items):
        return
    small = _sorted(target, listing, look.where, size)
    after = _sorted(target, listing, look.where)
    if after.keys == look.keys and small.keys != look.keys[: len(small.keys)]:
        _complain(
            "only the items of one page are sorted", one, "other items than those of a large page", small
        )


def _complain(cause: str, one: Sort, observed: str, *looks: Selection) -> None:
    raise Violation(cause, f"the order of {one.field!r}", observed, [look.exchange for look in looks])
