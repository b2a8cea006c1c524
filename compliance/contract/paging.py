"""How a list is paged, by the names of its parameters and of what stands beside its items."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from compliance.contract.paths import normal, vocabulary, words
from compliance.contract.resolve import Resolver, mapping, sequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from compliance.contract.model import Operation, Schema

PAGE = vocabulary("page pagenumber pageno pagenum pageindex currentpage p")
SIZE = vocabulary(
    "pagesize size perpage limit pagelimit itemsperpage maxresults count max top first rows take rpp "
    "pagecount numitems"
)
OFFSET = vocabulary("skip offset start from startindex first begin")
#: Of those, the names that mean other things as well: they count as numbers only, and not beside a cursor.
_VAGUE = vocabulary("start from first begin count max top rows take next before after p")
CURSOR = vocabulary(
    "cursor after before pagetoken nexttoken continuationtoken startingafter endingbefore lastid sinceid "
    "maxid next nextcursor continue marker"
)
PAGES = vocabulary("totalpages pages pagecount lastpage numpages totalpage")
NEXT = vocabulary(
    "next nextcursor nextpage hasnext hasmore nexttoken nextpagetoken cursor nextid previous prev hasprev "
    "hasprevious previouspage prevpage first last number numberofelements empty"
)
_LEADS_ON = vocabulary(
    "next nextcursor nextpage nexttoken nextpagetoken nextid nextlink nexturl nextpageurl nextpagelink cursor "
    "continuationtoken endcursor nextkey nextmarker nextoffset"
)
#: What says that a page begins there, and what it may be said of.
_MARKS, _MARKED = vocabulary("after before cursor since"), vocabulary("id key page item next")
#: More whole numbers than these in one query are no paging, and each is compared with each.
MANY_NUMBERS = 40
_TOTAL = re.compile(r"^(?!\w*(ac|dis)count$)(count|total\w*|\w+(count|total)|num\w+|nbitems|recordstotal)$")


@dataclass(frozen=True)
class Paging:
    """The parameters that move through a list; `style` as in ListOperation."""

    style: str
    reason: str
    page: str | None = None
    size: str | None = None
    offset: str | None = None
    cursor: str | None = None
    maximum: int | None = None
    default: int | None = None


def is_total(name: str) -> bool:
    """Whether a field with that normal name counts all rows."""
    return not is_pages(name) and name not in (NEXT | SIZE) - {"count"} and bool(_TOTAL.match(name))


def is_pages(name: str) -> bool:
    """Whether a field with that normal name counts the pages, `totalPaginas` among them."""
    return name in PAGES or ("total" in name and "pag" in name)


def says_paging(name: str) -> bool:
    """Whether a field with that normal name belongs to a page, not to what is on it."""
    return name in PAGE | SIZE | OFFSET | NEXT or is_pages(name) or is_total(name)


def tells_the_page(fields: Iterable[str]) -> bool:
    """Whether an object says which page was answered, whatever it is called itself."""
    return any(normal(name) in (PAGE | OFFSET) - _VAGUE for name in fields)


def paging_of(operation: Operation, envelope: Mapping[str, Schema], resolver: Resolver) -> Paging:
    """How the operation is paged; `envelope` is what stands beside its items."""
    parameters = {
        name: schema for name, schema in _parameters(operation, resolver).items() if _may_page(name, schema)
    }

    def pick(names: frozenset[str]) -> str | None:
        return next((name for name in parameters if normal(name) in names), None)

    page, offset = pick(PAGE), pick(OFFSET)
    cursor = next((name for name in parameters if is_cursor(name)), None)
    if offset and cursor and normal(offset) in _VAGUE:
        offset = None
    size = pick(SIZE - {normal(offset)} if offset else SIZE)
    if not (page or size or offset or cursor):
        page, size = _two_of_one_stem(parameters)
    moves_on = size or any(is_next(name) for name in envelope) or {normal(n) for n in envelope} & NEXT
    if page:
        style, reason = "page", f"paged by {page!r}"
    elif offset:
        style, reason = "offset", f"paged by {offset!r}"
    elif cursor and moves_on:
        style, reason = "cursor", f"paged by {cursor!r}"
    elif size:
        style, reason = "limit", f"limited by {size!r} with no way to move on"
    else:
        return Paging("none", "takes no parameter of a page")
    schema = parameters.get(size or "", {})
    maximum, default = _maximum(schema), _integer(schema.get("default"))
    return Paging(style, reason, page, size, offset, cursor, maximum, default)


def is_next(name: str) -> bool:
    """Whether a field with that name leads to the next page: a link, a cursor or a token."""
    return normal(name) in _LEADS_ON


def is_cursor(name: str) -> bool:
    """Whether a parameter of that name says after which item to go on: `after`, `id_after`, `page_cursor`."""
    parts = set(words(name))
    return normal(name) in CURSOR or (bool(parts & _MARKS) and not parts - _MARKS - _MARKED)


def _may_page(name: str, schema: Schema) -> bool:
    """Whether a parameter can be a number or a cursor; one with a vague name must be declared as one."""
    if schema.get("type") in ("boolean", "object", "array"):
        return False
    if schema.get("format") in ("date", "date-time"):
        return normal(name) in CURSOR - _VAGUE
    numbers = normal(name) in OFFSET | SIZE and normal(name) in _VAGUE
    return not numbers or schema.get("type") in (None, "integer", "number") or "default" in schema


def _two_of_one_stem(parameters: Mapping[str, Schema]) -> tuple[str | None, str | None]:
    """The number and the size of the page in another language: `pagina` and `tamanhoPagina`.

    Of two whole numbers, one of whose names contains the other, the plain one is the number and the qualified one the
    size; they must speak of pages as half of Europe does, or have the bounds or defaults that only paging has.
    """
    numbers = ((name, schema) for name, schema in parameters.items() if schema.get("type") == "integer")
    whole = dict(islice(numbers, MANY_NUMBERS))
    for page, schema in whole.items():
        stem = normal(page)
        size = next((n for n in whole if stem in normal(n) and stem != normal(n)), None)
        if size and (
            "pag" in stem or (_starts_low(schema) and (_maximum(whole[size]) or "default" in whole[size]))
        ):
            return page, size
    return None, None


def _starts_low(schema: Schema) -> bool:
    return any(_integer(schema.get(key)) in (0, 1) for key in ("minimum", "default"))


def as_written(operation: Operation, params: Mapping[str, Any], resolver: Resolver) -> dict[str, Any]:
    """The query with what stands inside of a parameter put there, in the way that the document has it written."""
    query = [parameter for parameter in operation.parameters if parameter.location == "query"]
    known = {parameter.name for parameter in query}
    inside = {name: p for p in query if p.form for name in resolver.properties(p.schema) if name not in known}
    found: dict[str, Any] = {}
    texts: dict[str, dict[str, Any]] = {}
    for name, value in params.items():
        holder = inside.get(name)
        if holder is None:
            found[name] = value
        elif holder.form == "json":
            texts.setdefault(holder.name, {})[name] = value
        else:
            found[f"{holder.name}[{name}]"] = value
    return {**found, **{name: json.dumps(fields) for name, fields in texts.items()}}


def query_fields(operation: Operation, resolver: Resolver) -> tuple[str, ...]:
    """The names of all that the query may hold."""
    return tuple(_parameters(operation, resolver))


def _parameters(operation: Operation, resolver: Resolver) -> dict[str, Schema]:
    """The query parameters, and the fields of a query parameter that is an object (`pageable`)."""
    found: dict[str, Schema] = {}
    for parameter in operation.parameters:
        if parameter.location == "query":
            found |= {
                name: resolver.resolve(raw) for name, raw in resolver.properties(parameter.schema).items()
            }
            found[parameter.name] = number_of(parameter.schema)
    return found


def number_of(schema: Schema) -> Schema:
    """The part of a schema that allows an integer: sizes may be "an integer or 'all'"."""
    for one in [*sequence(schema.get("anyOf")), *sequence(schema.get("oneOf"))]:
        if mapping(one).get("type") == "integer":
            return {**schema, **mapping(one)}
    return schema


def _maximum(schema: Schema) -> int | None:
    inclusive, exclusive = _integer(schema.get("maximum")), schema.get("exclusiveMaximum")
    if exclusive is True and inclusive is not None:
        return inclusive - 1
    beyond = _integer(exclusive)
    bounds = [bound for bound in (inclusive, beyond - 1 if beyond is not None else None) if bound is not None]
    return min(bounds) if bounds else None


def _integer(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if value == value and abs(value) != float("inf") else None
