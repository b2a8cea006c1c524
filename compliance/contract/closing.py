"""The fields of a value that its schema does not know, as if every object of the schema were closed unless it says otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from compliance.contract.resolve import WIDEST, Resolver, mapping, sequence
from compliance.contract.shapes import says_nothing

#: What makes the fields of an object depend on its values; nobody can say then what is unknown.
_CONDITIONAL = frozenset({"if", "dependentSchemas", "dependencies", "unevaluatedProperties", "propertyNames"})
#: How many items of an array are looked at, and how deep.
_ITEMS, _DEPTH = 25, 12

Way = tuple[str, ...]


def unknown_fields(resolver: Resolver, schema: object, value: Any, depth: int = _DEPTH) -> list[Way]:
    """The ways to the fields that are in the value and not in the schema, in the value's order."""
    here = resolver.resolve(schema)
    if not depth or not isinstance(value, dict | list) or not here:
        return []
    options = [*sequence(here.get("anyOf")), *sequence(here.get("oneOf"))]
    if options:
        base = {key: kept for key, kept in here.items() if key not in ("anyOf", "oneOf")}
        tried = [unknown_fields(resolver, _joined(resolver, base, one), value, depth - 1) for one in options]
        return min(tried, key=len)
    if isinstance(value, list):
        return [
            way
            for item in value[:_ITEMS]
            for way in unknown_fields(resolver, here.get("items"), item, depth - 1)
        ]
    return list(_of_object(resolver, here, value, depth))


def _joined(resolver: Resolver, base: Mapping[str, Any], option: object) -> Mapping[str, Any]:
    """One alternative with what stands beside the alternatives."""
    chosen = resolver.resolve(option)
    properties = {**mapping(base.get("properties")), **mapping(chosen.get("properties"))}
    return {**base, **chosen, **({"properties": properties} if properties else {})}


def _of_object(
    resolver: Resolver, here: Mapping[str, Any], value: Mapping[str, Any], depth: int
) -> Iterator[Way]:
    properties, others = mapping(here.get("properties")), here.get("additionalProperties")
    patterns = mapping(here.get("patternProperties"))
    if _is_open(resolver, here, properties):
        others = True
    for name, inner in value.items():
        if name in properties:
            known = properties[name]
        elif any(_matches(pattern, name) for pattern in patterns):
            known = {}
        elif others is None or others is False:
            yield (name,)
            continue
        else:
            known = others if isinstance(others, Mapping) else {}
        yield from ((name, *way) for way in unknown_fields(resolver, known, inner, depth - 1))


def _is_open(resolver: Resolver, here: Mapping[str, Any], properties: Mapping[str, Any]) -> bool:
    """Whether the schema names no fields, too many to be read, some that depend on values, or is only the base of others."""
    silent = not properties and "additionalProperties" not in here and "patternProperties" not in here
    base = "discriminator" in here
    return (
        silent
        or base
        or len(properties) >= WIDEST
        or bool(_CONDITIONAL & set(here))
        or says_nothing(resolver, here)
    )


def _matches(pattern: str, name: str) -> bool:
    try:
        return re.search(pattern, name) is not None
    except re.error:
        return True
