"""How a list offers to sort, by the names of its parameters and by the values that the document gives them.

In one parameter (`sort=-name`, `sort=name:desc`) or in two (`sort_by=name&order=desc`). Where the document does not name
the values, what is found here is a guess, and only an effect at run time makes more of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compliance.contract.paths import normal, vocabulary
from compliance.contract.patterns import in_python
from compliance.contract.resolve import Schema, sequence
from compliance.contract.selecting import item_fields

if TYPE_CHECKING:
    from compliance.contract.model import Contract, ListOperation, Parameter

_SORT = vocabulary(
    "sort sortby orderby ordering order sortfield orderfield sortkey sortcolumn ordercolumn sorting"
)
_DIRECTION = vocabulary(
    "order direction dir sortdir sortdirection sortorder orderdir orderdirection ordertype sorttype ascdesc"
)
_UP, _DOWN = vocabulary("asc ascending"), vocabulary("desc descending")
_BACKWARDS = vocabulary("desc descending reverse reversed backwards")
#: Fields that most items can be sorted by, where the document names none.
_USUAL = ("name", "title", "id", "created_at", "createdAt")
#: How a descending order is written in one parameter, the most usual way first.
_WAYS_DOWN = ("-{}", "{}:desc", "{},desc", "{} desc", "{}_desc", "{}.desc")
_MARKED = re.compile(r"([+-]?)(.+?)(?:[\s_:,.|-]*(asc|desc|ascending|descending))?", re.IGNORECASE)
_PLAIN = ("string", "integer", "number", None)
#: Fields by which one list is sorted.
MANY_FIELDS = 3


@dataclass(frozen=True)
class Sort:
    """One field by which a list can be sorted.

    up: the query for it; `directed` where the document says that this is the ascending order.
    down: queries that may reverse it, the likeliest first; one alone where the document names it.
    named: the document names the field as one to sort by.
    """

    parameter: str
    field: str
    up: Mapping[str, Any]
    down: tuple[Mapping[str, Any], ...]
    directed: bool
    named: bool


def sorts_of(contract: Contract, listing: ListOperation) -> tuple[Sort, ...]:
    """The fields by which a list can be sorted, those that the document names first."""
    fields = {
        name: one for name, one in item_fields(contract, listing).items() if _has_an_order(contract, one)
    }
    query = [one for one in listing.operation.parameters if one.location == "query"]
    turning = next(((one, ways) for one in query if (ways := _directions(one))), None)
    for parameter in query:
        if normal(parameter.name) in _SORT and (turning is None or parameter is not turning[0]):
            found = list(_by_one_parameter(parameter, fields, turning))
            return tuple(sorted(found, key=lambda one: not one.named)[:MANY_FIELDS])
    return ()


def _has_an_order(contract: Contract, schema: Schema) -> bool:
    """Whether everybody sorts such values alike: an enumeration may have an order of its own."""
    return contract.resolver.type_of(schema) in _PLAIN and "enum" not in schema and "const" not in schema


def _directions(parameter: Parameter) -> tuple[Any, Any] | None:
    """The values of a parameter that mean ascending and descending, None where it is no direction."""
    schema, name = parameter.schema, normal(parameter.name)
    if schema.get("type") == "boolean":
        return (False, True) if name in _BACKWARDS | {f"sort{one}" for one in _BACKWARDS} else None
    values = [str(one) for one in sequence(schema.get("enum"))]
    up = next((one for one in values if one.lower() in _UP), None)
    down = next((one for one in values if one.lower() in _DOWN), None)
    if up and down:
        return (up, down) if len(values) <= 4 else None
    said = f"{schema.get('pattern', '')} {schema.get('default', '')} {schema.get('description', '')}".lower()
    speaks = bool(re.search(r"\basc\b|\bdesc\b", said)) and not values
    default = str(schema.get("default") or "").lower()
    of_fields = default and default not in _UP | _DOWN
    if name in _DIRECTION and speaks and not of_fields:
        return ("ASC", "DESC") if default and str(schema["default"]).isupper() else ("asc", "desc")
    return None


def _by_one_parameter(
    parameter: Parameter, fields: Mapping[str, Schema], turning: tuple[Parameter, tuple[Any, Any]] | None
) -> Iterator[Sort]:
    values = [one for one in sequence(parameter.schema.get("enum")) if isinstance(one, str)]
    values = values or list(_matching(parameter.schema, fields))
    if values:
        yield from _as_offered(parameter.name, _marked(values, fields), turning)
        return
    told = {field for field in fields if field in _told(parameter.schema)}
    for field in [one for one in fields if one in (told or _USUAL)]:
        if turning:
            yield _turned(parameter.name, field, field, turning, named=bool(told))
        else:
            ways_down = tuple({parameter.name: way.format(field)} for way in _WAYS_DOWN)
            yield Sort(parameter.name, field, {parameter.name: field}, ways_down, False, bool(told))


def _as_offered(
    name: str, marked: Mapping[str, Mapping[str, str]], turning: tuple[Parameter, tuple[Any, Any]] | None
) -> Iterator[Sort]:
    """By the values that the document lists, which either say the direction themselves or leave it to a second parameter."""
    for field, ways in marked.items():
        plain, down = ways.get("asc", ways.get("")), ways.get("desc")
        if turning and plain:
            yield _turned(name, field, plain, turning, named=True)
        elif plain and down:
            yield Sort(name, field, {name: plain}, ({name: down},), True, True)
        else:
            yield Sort(name, field, {name: plain or down}, (), False, True)


def _turned(
    name: str, field: str, written: str, turning: tuple[Parameter, tuple[Any, Any]], *, named: bool
) -> Sort:
    other, (asc, desc) = turning
    up, down = ({name: written, other.name: way} for way in (asc, desc))
    return Sort(name, field, up, (down,), True, named)


def _marked(values: Iterable[str], fields: Mapping[str, Schema]) -> dict[str, dict[str, str]]:
    """The values by the field that they name and the direction that they say: asc, desc, or nothing."""
    spelled = {normal(name): name for name in reversed(list(fields))}
    found: dict[str, dict[str, str]] = {}
    for value in values:
        if normal(value) in spelled and value[:1] not in "+-":
            found.setdefault(spelled[normal(value)], {})[""] = value
            continue
        sign, name, word = _MARKED.fullmatch(value).groups() if value else ("", "", "")  # type: ignore[union-attr]
        if normal(name) in spelled and (sign or word):
            down = sign == "-" or (word or "").lower().startswith("desc")
            found.setdefault(spelled[normal(name)], {})["desc" if down else "asc"] = value
    return found


def _matching(schema: Schema, fields: Mapping[str, Schema]) -> Iterator[str]:
    """The values of the usual forms that a pattern lets through, unless it lets anything through."""
    pattern = schema.get("pattern")
    compiled = in_python(pattern) if isinstance(pattern, str) else None
    if compiled is None or compiled.search("no field of anybody"):
        return
    for field in fields:
        yield from (way.format(field) for way in ("{}", *_WAYS_DOWN) if compiled.search(way.format(field)))


def _told(schema: Schema) -> set[str]:
    """The names that a default or a description mentions as they are written."""
    said = f"{schema.get('default') or ''} {schema.get('description') or ''} {schema.get('example') or ''}"
    return set(re.findall(r"\w+", said))
