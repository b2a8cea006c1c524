"""Whether a JSON value is one that a schema of the document allows, and where it is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jsonschema_rs

if TYPE_CHECKING:
    from compliance.contract.model import Schema

#: The way to a value inside JSON: keys and indices.
Way = tuple[str | int, ...]

#: Where a key is a word of whoever wrote an example, and no keyword.
_QUOTED = frozenset({"example", "examples", "default", "enum", "const"})
#: What may be referred to from anywhere in a document.
_SHARED = ("components", "definitions", "parameters", "responses")


class Undecided(Exception):
    """The document does not say whether a value is allowed, or not understandably."""


@dataclass(frozen=True)
class Fault:
    """One place of a value that its schema does not allow: the way to it, the keyword, and the complaint.

    pattern: the one that a text does not match, where that is the fault.
    """

    way: Way
    keyword: str
    message: str
    pattern: str = ""


class Validity:
    """Holds values against the schemas of one document, all of which it understands as requests."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._shared = {
            key: plain(document[key]) for key in _SHARED if isinstance(document.get(key), Mapping)
        }
        self._known: dict[int, tuple[Schema, jsonschema_rs.Validator | None]] = {}

    def faults(self, schema: Schema, value: Any) -> list[Fault]:
        """What is wrong with a value. Raises Undecided where the schema is one that cannot be used."""
        validator = self._validator(schema)
        if validator is None:
            raise Undecided("the schema cannot be used")
        try:
            errors = list(validator.iter_errors(value))
        except ValueError as failure:
            raise Undecided("a number that is none, or a text with half a character") from failure
        return [_fault(error) for error in errors]

    def _validator(self, schema: Schema) -> jsonschema_rs.Validator | None:
        if id(schema) not in self._known:
            self._known[id(schema)] = (schema, self._compiled(schema))
        return self._known[id(schema)][1]

    def _compiled(self, schema: Schema) -> jsonschema_rs.Validator | None:
        try:
            return jsonschema_rs.Draft202012Validator(
                {**self._shared, "allOf": [plain(schema)]}, validate_formats=True
            )
        except (ValueError, jsonschema_rs.ReferencingError):  # hand-written, and not to be understood
            return None


def _fault(error: jsonschema_rs.ValidationError) -> Fault:
    """A property that is missing is told by the way to where it should be."""
    name = error.kind.name
    missing = (str(getattr(error.kind, "property", "")),) if name == "required" else ()
    pattern = str(getattr(error.kind, "pattern", "")) if name == "pattern" else ""
    return Fault((*error.instance_path, *missing), name, " ".join(error.message.split()), pattern)


def plain(node: Any) -> Any:
    """A schema of OpenAPI, of any version, as JSON Schema has it now.

    What is only answered (`readOnly`) need not be sent. That more than one alternative fits is no fault of a value.
    """
    if isinstance(node, list):
        return [plain(one) for one in node]
    if not isinstance(node, Mapping):
        return node
    made = {key: value if key in _QUOTED else plain(value) for key, value in node.items()}
    if isinstance(made.get("oneOf"), list):
        made.setdefault("anyOf", made["oneOf"])
        made.pop("oneOf")
    for limit, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(made.get(exclusive), bool):
            strict = made.pop(exclusive)
            if strict and limit in made:
                made[exclusive] = made.pop(limit)
    properties = node.get("properties")
    if isinstance(properties, Mapping) and isinstance(node.get("required"), list):
        unsent = {
            name
            for name, one in properties.items()
            if isinstance(one, Mapping) and one.get("readOnly") is True
        }
        made["required"] = [name for name in node["required"] if name not in unsent]
    return {"anyOf": [made, {"type": "null"}]} if node.get("nullable") is True else made
