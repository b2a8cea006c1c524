"""Values that a database reads as a part of its statement.

Only what harms nobody is asked: conditions in a SELECT, of words that stand nowhere. No second statement, no comment, nothing
that writes or waits.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import ListOperation, Operation, Parameter
from compliance.contract.selecting import chosen_by, item_fields
from compliance.contract.sorting import Sort, sorts_of
from compliance.contract.subjects import found_by_values
from compliance.target.births import answered
from compliance.target.confirmation import ABSENT, shows
from compliance.target.reach import Target
from compliance.target.selections import Selection, resource_of
from compliance.target.tape import Exchange
from compliance.target.tokens import says_no

#: Conditions beside a value that finds nothing: in quotes, in quotes and brackets, in double quotes. The last part closes
#: what the statement goes on with: the other quotation mark, a percent sign before it, an ESCAPE behind it.
_FINDING = (
    "{odd}' OR '{a}'='{x}' OR '{a}' LIKE '{b}",
    "{odd}') OR '{a}'='{x}' OR '{a}' LIKE ('{b}",
    '{odd}" OR "{a}"="{x}" OR "{a}" LIKE "{b}',
)
#: A condition beside a number that finds nothing.
_FINDING_NUMBER = "{odd} OR '{a}'='{x}'"
#: Conditions beside a key that finds a row: a number, and a text in quotes.
_NARROWING = ("{odd} AND '{a}'='{x}'", "{odd}' AND '{a}'='{x}")
#: An expression in place of a field, which turns the order.
_TURNING = "(CASE WHEN '{a}'='{x}' THEN {odd} ELSE -{odd} END)"
#: What makes a condition of it, and what is nothing to anybody instead.
_MEANINGLESS = ((" OR ", " XQR "), (" AND ", " XQND "), ("CASE WHEN", "XQSE XQEN"), (" THEN ", " XQEN "))
#: Parameters of one list that are tried.
_MANY = 8

#: What a value selects; the value is what stands in the place of `{odd}` and the condition beside it.
Select = Callable[[str], Any]


@rule(
    "PAG-017",
    "Search, filter and sort values are never read as SQL",
    level=Level.MUST,
    subjects=found_by_values,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def values_are_never_sql(target: Target, operation: Operation) -> None:
    """
    Why: whoever may write a condition may read every table, and often write them too.

    Breaks: `text(f"SELECT * FROM products WHERE name LIKE '%{search}%'")`, `text(f"ORDER BY {sort}")`

    Conforms: `Product.name.icontains(search, autoescape=True)`, and a dictionary from sort values to columns
    """
    listing = next((one for one in target.contract.lists if one.operation is operation), None)
    if listing is not None:
        _judge_list(target, listing)
    else:
        _judge_read(target, operation)


def _judge_list(target: Target, listing: ListOperation) -> None:
    plain = _filled(target, listing)
    parameters = chosen_by(listing)[:_MANY]
    sorts = {one.parameter: one for one in reversed(sorts_of(target.contract, listing))}
    told = [
        _turns_nothing(target, listing, plain, sorts[one.name])
        if one.name in sorts
        else _finds_nothing(target, listing, one)
        for one in parameters
    ]
    if not any(told):
        names = ", ".join(one.name for one in parameters)
        raise Untested(f"odd words for {names} select what nothing selects, so that they say nothing")


def _filled(target: Target, listing: ListOperation) -> Selection:
    """The list, with two items if that can be had. Raises Untested where it has none."""
    selections = target.selections
    plain = selections.of(listing, {})
    resource = next((one for one in target.contract.resources if one.listing is listing and one.create), None)
    if resource is not None and len(plain.items) < 2 and not plain.refused:
        target.confirmed(resource).must("create", "list")
        target.create(resource, target.alice, usable=False)
        plain = target.patience.until(lambda one: len(one.items) > 1, lambda: selections.of(listing, {}))
    if not plain.items:
        raise Untested(f"{plain.exchange}: nothing is listed, so that nothing can be found by a condition")
    return plain


def _finds_nothing(target: Target, listing: ListOperation, parameter: Parameter) -> bool:
    """Whether odd values are refused or find nothing. Raises Violation where a condition behind one finds something."""
    kind = target.contract.resolver.type_of(parameter.schema)

    def ask(value: str) -> Selection:
        return target.selections.of(listing, {parameter.name: value}, strict=False)

    def found(answer: Selection) -> tuple[str, ...]:
        return tuple(sorted(answer.keys)) if answer.exchange.ok else ()

    odd, number = target.selections.odd_word(3), str(ABSENT)
    first = ask(odd)
    if first.refused:
        return True  # values of another kind are not taken at all
    wordless = first.exchange.status >= 500
    if wordless or kind in ("integer", "number"):
        plain = ask(number)
        if not _answers(plain) or plain.items:
            return False
        _must_not_mean_anything(target, _FINDING_NUMBER, number, ask, found)
    if first.items:
        return False
    for shape in () if wordless else _FINDING:
        _must_not_mean_anything(target, shape, odd, ask, found)
    return True


def _turns_nothing(target: Target, listing: ListOperation, plain: Selection, sort: Sort) -> bool:
    """Whether odd expressions in place of a field are refused or change nothing where a field does."""
    number = _numeric_field(target, listing, plain)

    def ask(value: str) -> Selection:
        return target.selections.of(listing, {**sort.up, sort.parameter: value}, strict=False)

    def order(answer: Selection) -> tuple[str, ...]:
        return tuple(answer.keys) if answer.exchange.ok else ()

    if ask(target.selections.odd_word(3)).refused:
        return True
    if not number:
        return False
    _must_not_mean_anything(target, _TURNING, number, ask, order)
    orders = {order(target.selections.of(listing, where, strict=False)) for where in (sort.up, *sort.down)}
    return len(orders - {()}) > 1


def _numeric_field(target: Target, listing: ListOperation, plain: Selection) -> str:
    """A field of numbers that are not all the same, so that its sign turns the order; empty where there is none."""
    resolver, fields = target.contract.resolver, item_fields(target.contract, listing)
    numeric = [name for name, one in fields.items() if resolver.type_of(one) in ("integer", "number")]
    for name in filter(str.isidentifier, numeric):
        held = _numbers(plain, name)
        if len(held) == 1:
            with suppress(Untested):
                target.selections.plant(resource_of(target, listing), {name: held.pop() + 1})
                held = _numbers(target.selections.of(listing, {}), name)
        if len(held) > 1:
            return name
    return ""


def _numbers(look: Selection, name: str) -> set[Any]:
    values = (item.get(name) for item in look.items if isinstance(item, dict))
    return {value for value in values if isinstance(value, int | float) and not isinstance(value, bool)}


def _judge_read(target: Target, operation: Operation) -> None:
    resource = target.contract.resource_of(operation)
    if resource is None:
        raise NotApplicable("nothing can be read")
    confirmed = target.confirmed(resource)
    confirmed.must("create", "read")
    created = confirmed.created
    values = target.path_values(operation, created.owner, created)
    name = operation.path_parameters[-1]
    key = str(values[name])

    def ask(value: str) -> Exchange:
        return target.call(operation, created.owner, {**values, name: value})

    def found(answer: Exchange) -> tuple[str, ...]:
        shown = answer.ok and not says_no(answer) and shows(target, answered(answer), created)
        return (key,) if shown else ()

    for shape in _NARROWING:
        _must_not_mean_anything(target, shape, key, ask, found)


def _must_not_mean_anything(
    target: Target, shape: str, odd: str, ask: Select, found: Callable[[Any], tuple[str, ...]]
) -> None:
    """Raises Violation where a true and a false condition select differently, twice, and no others of their form do."""
    a, b = (target.selections.odd_word()[2:6] + ending for ending in ("k", "j"))

    def written(x: str, plainly: bool = False) -> str:
        value = shape.format(odd=odd, a=a, b=b, x=x)
        for word, other in _MEANINGLESS if plainly else ():
            value = value.replace(word, other)
        return value

    true = ask(written(a))
    if not found(true):
        return
    false = ask(written(b))
    if found(true) == found(false) or not _answers(false):
        return
    harmless = [found(ask(written(x, plainly=True))) for x in (a, b)]
    again = [ask(written(x)) for x in (b, a)]
    if harmless[0] != harmless[1]:
        raise Untested(
            "odd words of the same form select differently as well, so that a condition says nothing"
        )
    if [found(one) for one in again] != [found(false), found(true)]:
        raise Untested("a condition was obeyed once, and not when it was tried again")
    false, true = again
    raise Violation(
        "a value is read as SQL",
        "two odd values select alike",
        "what one that is true selects, one that is false does not",
        [one.exchange if isinstance(one, Selection) else one for one in (false, true)],
    )


def _answers(answer: Any) -> bool:
    """Whether a service answers at all; what it refuses may be refused for how it looks."""
    exchange = answer.exchange if isinstance(answer, Selection) else answer
    return exchange.ok or exchange.status == 404
