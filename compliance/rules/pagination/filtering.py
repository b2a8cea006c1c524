"""Filtering a list by the fields that its items show."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from compliance.catalogue import Level, Need, Phase, Untested, Violation, rule
from compliance.contract.model import ListOperation
from compliance.contract.selecting import Filter, filters_of, search_of
from compliance.contract.subjects import filtered_lists
from compliance.target.confirmation import ABSENT
from compliance.target.reach import Target
from compliance.target.selections import Selection, resource_of
from compliance.target.tidying import alike

#: Filters of one list, and values of one filter, that are tried.
_FILTERS, _VALUES = 4, 3
#: Characters of a value that is a long text, and no value to filter by.
_LONG = 60

#: Filters and the values that they are asked for.
Asked = Mapping[Filter, Any]


@rule(
    "PAG-015",
    "A filter returns exactly the items that match it",
    level=Level.SHOULD,
    subjects=filtered_lists,
    phase=Phase.WRITE,
    needs={Need.USER},
)
def filter_selects_exactly(target: Target, listing: ListOperation) -> None:
    """
    Why: a filter that is accepted and ignored shows what nobody asked for, as if all of it matched.

    Breaks: `is_active: bool | None = None` in the signature and in no condition; `a and b or c` without brackets

    Conforms: one condition a filter, all of them in one `.where(…)`
    """
    filters = filters_of(target.contract, listing)[:_FILTERS]
    whole = _plain(target, listing, filters)
    decided = [one for one in filters if _judge(target, listing, whole, one)]
    _judge_together(target, listing, whole, decided)
    _judge_with_a_search(target, listing, whole, decided)
    if not decided:
        raise Untested("no filter was seen to take one item and to leave another")


def _plain(target: Target, listing: ListOperation, filters: tuple[Filter, ...]) -> Selection:
    """The unfiltered list, with items of several values where the run can make some. Raises Untested where it has none."""
    selections = target.selections
    whole = selections.of(listing, {})
    with suppress(Untested):
        resource = resource_of(target, listing)
        if not whole.items:
            target.sample(resource, target.alice)
            whole = target.patience.until(lambda one: bool(one.items), lambda: selections.of(listing, {}))
        lacking = {one.field: value for one in filters for value in _lacking(whole, one)[:1]}
        if lacking:
            planted = selections.plant(resource, lacking)
            whole = target.patience.until(
                lambda one: selections.has(one, planted), lambda: selections.of(listing, {})
            )
    if not whole.items:
        raise Untested(f"{whole.exchange}: nothing is listed that could be filtered")
    return whole


def _lacking(whole: Selection, one: Filter) -> list[Any]:
    """Another value for a field of which the list shows but one."""
    shown = [item[one.field] for item in whole.items if _shows(item, one)]
    others = [value for value in one.values if value not in shown]
    return others if len(set(shown)) == 1 else []


def _judge(target: Target, listing: ListOperation, whole: Selection, one: Filter) -> bool:
    """Whether some value of a filter took items and some left others. Raises Violation where one takes wrong ones."""
    took, left = False, False
    for value in _values(target, whole, one)[:_VALUES]:
        answer = _filtered(target, listing, {one: value})
        if not answer.refused:
            _must_be_exact(target, listing, whole, answer, {one: value})
            took = took or bool(answer.items)
            left = left or not all(_may_have(item, one, value) for item in whole.items)
    return took and left


def _values(target: Target, whole: Selection, one: Filter) -> list[Any]:
    """The values to filter by: that of the first item, one that no item has, then those of others."""
    shown = [item.get(one.field) for item in whole.items if isinstance(item, Mapping)]
    held = [value for value in shown if isinstance(value, str | int) and 0 < len(str(value)) < _LONG]
    if one.values:
        held = [value for value in held if value in one.values]
    absent: list[Any] = [value for value in one.values if value not in held]
    if not one.values:
        numbers = bool(held) and isinstance(held[0], int)
        absent = [ABSENT if numbers else target.selections.odd_word(4)] if held else []
        absent = absent if one.kind == "text" or numbers else []
    return list(dict.fromkeys([*held[:1], *absent[:1], *reversed(held), *absent]))


def _filtered(target: Target, listing: ListOperation, asked: Asked, **more: Any) -> Selection:
    """What filters select; for the administrator, where it is for him alone."""
    where = {
        one.parameter: str(value).lower() if isinstance(value, bool) else value
        for one, value in asked.items()
    }
    return target.selections.of(listing, {**where, **more}, target.caller(listing.operation))


def _must_be_exact(
    target: Target, listing: ListOperation, whole: Selection, answer: Selection, asked: Asked
) -> None:
    """Raises Violation where an item is wrong or one is missing, in two looks."""
    many = "several filters do" if len(asked) > 1 else "a filter does"
    # To ask for the default may be not to filter at all.
    by_default = any(one.default == value for one, value in asked.items())
    if not by_default and _wrong(answer, asked):
        again = _filtered(target, listing, asked)
        if _wrong(again, asked):
            raise Violation(
                f"{many} not keep out what does not match",
                f"only items with {_words(asked)}",
                f"{len(again.items)} items, others among them",
                [again.exchange],
            )
    if missing := _missing(whole, answer, asked):
        again = _filtered(target, listing, asked)
        after = target.selections.of(listing, {})
        if missing & _missing(after, again, asked):
            raise Violation(
                f"{many} not return all that matches",
                f"every item with {_words(asked)}",
                f"{len(again.items)} items without one that the whole list shows",
                [after.exchange, again.exchange],
            )


def _wrong(answer: Selection, asked: Asked) -> bool:
    return not all(_may_have(item, one, value) for item in answer.items for one, value in asked.items())


def _missing(whole: Selection, answer: Selection, asked: Asked) -> set[str]:
    """The items of the whole list that show all the values and are not among what these select."""
    wanted = {
        key
        for key, item in zip(whole.keys, whole.items, strict=True)
        if all(_surely_has(item, one, value) for one, value in asked.items())
    }
    missing = wanted - set(answer.keys)
    return missing if missing and not answer.refused and answer.complete else set()


def _may_have(item: Any, one: Filter, value: Any) -> bool:
    """Whether an item has the value as far as it shows; a text may be asked for in part."""
    shown = item.get(one.field, ...) if isinstance(item, Mapping) else ...
    if shown is ... or isinstance(shown, Mapping | list):
        return True
    if one.kind == "boolean":
        return bool(shown == value)  # some show 1 and 0
    part = one.kind == "text" and str(value).casefold() in str(shown).casefold()
    return shown is not None and (part or alike(value, shown))


def _shows(item: Any, one: Filter) -> bool:
    return isinstance(item, Mapping) and isinstance(item.get(one.field), str | int)


def _surely_has(item: Any, one: Filter, value: Any) -> bool:
    return isinstance(item, Mapping) and str(item.get(one.field)) == str(value)


def _judge_together(target: Target, listing: ListOperation, whole: Selection, filters: list[Filter]) -> None:
    """Two filters at once: the values of one item, and one of them beside another value of the other."""
    if len(filters) < 2:
        return
    one, other = filters[:2]
    both = [item for item in whole.items if _shows(item, one) and _shows(item, other)]
    if not both:
        return
    first, second = both[0][one.field], both[0][other.field]
    crossed = [(first, value) for value in _values(target, whole, other) if value != second]
    for values in ((first, second), *crossed[:1]):
        asked = dict(zip((one, other), values, strict=True))
        answer = _filtered(target, listing, asked)
        if not answer.refused:
            _must_be_exact(target, listing, whole, answer, asked)


def _judge_with_a_search(
    target: Target, listing: ListOperation, whole: Selection, filters: list[Filter]
) -> None:
    """A search that finds a row, and a filter that it does not pass: a condition too many, or brackets too few."""
    if not filters or search_of(target.contract, listing) is None or not target.grants.writes:
        return
    with suppress(Untested):
        searched = target.selections.searched(listing)
        item = target.selections.item_of(searched.answer, searched.created)
        for one in filters if searched.found else ():
            values = [value for value in _values(target, whole, one) if not _may_have(item, one, value)]
            for value in values[:1]:
                word = {searched.parameter: searched.word}
                for _ in range(2):
                    answer = _filtered(target, listing, {one: value}, **word)
                    if not target.selections.has(answer, searched.created):
                        return
                raise Violation(
                    "a search undoes a filter",
                    f"no item without {_words({one: value})}",
                    "the row that the search finds",
                    [searched.answer.exchange, answer.exchange],
                )


def _words(asked: Asked) -> str:
    return ", ".join(f"{one.field} {value!r}" for one, value in asked.items())
