"""Which query parameters of a list search it or filter it, by their names and by what its items show.

A filter is believed in only where the items show a plain field of its name: what cannot be seen cannot be judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compliance.contract.fields import is_secret
from compliance.contract.paging import says_paging
from compliance.contract.paths import normal, vocabulary, words
from compliance.contract.resolve import Schema, sequence

if TYPE_CHECKING:
    from compliance.contract.model import Contract, ListOperation, Parameter
    from compliance.contract.resolve import Resolver

SEARCH = vocabulary(
    "search q query keyword keywords term searchterm searchtext searchquery searchstring searchkey fulltext freetext "
    "busca buscar busqueda pesquisa suche recherche"
)
#: What a description says of a search that is more than words: a language, wildcards of its own, likeness.
_BEYOND_WORDS = vocabulary(
    "syntax expression lucene odata rsql fiql jmespath jsonpath operator operators wildcard wildcards regex regexp "
    "semantic similarity similar vector embedding embeddings fuzzy natural"
)
#: Parameters that say how to answer, though items may have a field of that name.
_MANNER = vocabulary(
    "language lang locale currency timezone tz unit units format fields include expand id "
    "sort sortby order orderby ordering direction"
)
#: Words of what is asked for by a least or a greatest value as often as by an equal one.
_BOUNDS = vocabulary(
    "date time at on since from to until before after start end begin day month year timestamp datetime "
    "price amount cost total value score rating age size quantity count"
)
#: What holds things below it, which a filter may well include.
_HOLDERS = vocabulary("category folder department region area location parent group division path tag tags")
#: Values that stand for all others.
_WHATEVER = vocabulary("all any both everything none")
_SCALARS = ("string", "boolean", "integer")
#: The most values of one field that are compared.
MANY_VALUES = 40


@dataclass(frozen=True)
class Filter:
    """A parameter that selects by a field of the items.

    kind: boolean, choice (one of `values`), key (the id of something else) or text, which may match in part.
    default: what the list is filtered by where nothing is said, as far as the document tells.
    """

    parameter: str
    field: str
    kind: str
    values: tuple[Any, ...] = ()
    default: Any = None


def search_of(contract: Contract, listing: ListOperation) -> str | None:
    """The parameter that takes words to search for, None where there is none, or where it takes more than words."""
    shown = {normal(name) for name in item_fields(contract, listing)}
    for parameter in chosen_by(listing):
        name = normal(parameter.name)
        if name in SEARCH and name not in shown and _takes_words(parameter):
            said = set(words(str(parameter.schema.get("description") or "")))
            return None if said & _BEYOND_WORDS else parameter.name
    return None


def filters_of(contract: Contract, listing: ListOperation) -> tuple[Filter, ...]:
    """The parameters that select by a field that the items show, in the document's order."""
    fields, resolver = item_fields(contract, listing), contract.resolver
    found = (
        _filter(parameter, name, fields[name], resolver)
        for parameter in chosen_by(listing)
        if not parameter.required and (name := _named_like(parameter.name, fields))
    )
    return tuple(one for one in found if one is not None)


def item_fields(contract: Contract, listing: ListOperation) -> Mapping[str, Schema]:
    """The resolved fields of one item, as the document shows it; empty where it does not."""
    answer, resolver = listing.operation.success, contract.resolver
    if answer is None or listing.items is None:
        return {}
    items = resolver.items(resolver.at(answer.schema, listing.items))
    return {name: resolver.resolve(raw) for name, raw in resolver.properties(items).items()}


def text_limits(listing: ListOperation, name: str) -> tuple[int, int]:
    """The least and the greatest number of characters that a parameter takes, as far as the document tells."""
    parameter = listing.operation.query(name)
    schema = parameter.schema if parameter else {}
    low, high = schema.get("minLength"), schema.get("maxLength")
    return low if isinstance(low, int) else 0, high if isinstance(high, int) else 1000


def chosen_by(listing: ListOperation) -> list[Parameter]:
    """The query parameters that do not move through the list: they select from it, or sort it."""
    moving = {listing.page, listing.size, listing.offset, listing.cursor}
    query = (one for one in listing.operation.parameters if one.location == "query")
    return [one for one in query if one.name not in moving and not says_paging(normal(one.name))]


def _takes_words(parameter: Parameter) -> bool:
    schema = parameter.schema
    return schema.get("type") in (None, "string") and not {"enum", "const", "format"} & set(schema)


def _named_like(name: str, fields: Mapping[str, Schema]) -> str | None:
    """The field that a parameter speaks of: `active` and `filter[active]` of `is_active` as well."""
    parts = words(name)
    own = "".join(parts[1:] if len(parts) > 1 and parts[0] == "filter" else parts)
    spelled = {normal(field): field for field in reversed(list(fields))}
    return next((spelled[one] for one in (own, f"is{own}", own.removeprefix("is")) if one in spelled), None)


def _filter(parameter: Parameter, name: str, field: Schema, resolver: Resolver) -> Filter | None:
    schema = parameter.schema
    asked, shown = resolver.type_of(schema), resolver.type_of(field)
    if shown not in _SCALARS or normal(name) in _MANNER or is_secret(name):
        return None
    default = schema.get("default")
    if shown == "boolean":
        return Filter(parameter.name, name, "boolean", (True, False), default) if asked == "boolean" else None
    if asked not in ("string", "integer") or {"date", "date-time", "time"} & {
        schema.get("format"),
        field.get("format"),
    }:
        return None
    if choices := _choices(schema, field):
        return Filter(parameter.name, name, "choice", choices, default)
    if (_HOLDERS | _BOUNDS) & set(words(name)) or "enum" in schema:
        return None
    if words(name)[-1:] == ("id",) or "uuid" in str(field.get("format")):
        return Filter(parameter.name, name, "key", (), default)
    # A number may be a least or a greatest one: `rating`, `stars`, `age`.
    return Filter(parameter.name, name, "text", (), default) if asked == shown == "string" else None


def _choices(schema: Schema, field: Schema) -> tuple[Any, ...]:
    """The values that a field has by the document and that the parameter takes, without those that stand for all."""
    offered, held = list(sequence(schema.get("enum"))), list(sequence(field.get("enum")))
    both = [one for one in offered if one in held] if offered and held else []
    values = [one for one in both if isinstance(one, str) and normal(one) not in _WHATEVER]
    return tuple(values[:MANY_VALUES])
