"""Values that a careless service loses: letters beyond ASCII, and amounts that no float holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from compliance.contract.fields import body_fields, is_privileged, is_secret
from compliance.contract.inputs import inputs_of
from compliance.contract.model import FieldPath, Operation, Schema
from compliance.contract.numbers import fits
from compliance.contract.paths import vocabulary, words
from compliance.contract.patterns import in_python
from compliance.contract.relations import split
from compliance.contract.texts import lengths, text

if TYPE_CHECKING:
    from compliance.target.reach import Target

#: Letters of two and of three bytes; nobody has a reason to write them otherwise.
LETTERS = "Zoë 東京"
#: What is lost where a text is made ready for a page before it is kept, or by a column for three bytes a letter.
SIGNS = "& 🙂"
_LONG = vocabulary("description text content body comment note message summary bio")
#: Stored as a float of four bytes it reads 19.989999….
AMOUNT = "19.99"
_MONEY = vocabulary("price amount cost salary fee total subtotal wage")


def dressed(target: Target, create: Operation) -> Mapping[FieldPath, Any]:
    """Telling values for the free texts and the amounts of a create, by the way to each field; the rest stays plain."""
    resolver = target.contract.resolver
    kept = {
        field.path
        for field in inputs_of(create, resolver)
        if not (field.unique or field.owner or field.secret)
    }
    fields = dict(body_fields(resolver, create.body))
    return {
        path: value
        for path, schema in fields.items()
        if path in kept
        and (value := _telling(path[-1], schema, f"kit{target.tag}", resolver.type_of(schema)))
    }


def _telling(name: str, schema: Schema, seed: str, kind: str | None) -> Any:
    if is_privileged(name) or is_secret(name) or split(name)[1] or "enum" in schema or "const" in schema:
        return None
    if set(words(name)) & _MONEY:
        return _amount(name, schema, seed, kind)
    free = kind == "string" and "format" not in schema and text(schema, name, seed) == seed
    letters = f"{seed} {name} {LETTERS}"
    values = [f"{letters} {SIGNS}", letters] if set(words(name)) & _LONG else [letters]
    return next((value for value in values if free and _may_be(value, schema)), None)


def _amount(name: str, schema: Schema, seed: str, kind: str | None) -> Any:
    if kind == "number":
        return float(AMOUNT) if fits(schema, float(AMOUNT)) else None
    plain = text(schema, name, seed) if kind in ("string", None) else ""
    return AMOUNT if plain == "10.00" and _may_be(AMOUNT, schema) else None


def _may_be(value: str, schema: Schema) -> bool:
    lowest, highest = lengths(schema)
    pattern = in_python(schema["pattern"]) if isinstance(schema.get("pattern"), str) else None
    return lowest <= len(value) <= highest and (pattern is None or bool(pattern.search(value)))
