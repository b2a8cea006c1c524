"""How much a schema says: a named field, a kind of value, or nothing at all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from compliance.contract.resolve import Resolver, mapping, sequence

if TYPE_CHECKING:
    from compliance.contract.model import Contract, Operation, Response, Schema

#: What describes a schema and no value.
_ANNOTATIONS = frozenset(
    {
        "title",
        "description",
        "example",
        "examples",
        "default",
        "deprecated",
        "externalDocs",
        "nullable",
        "xml",
    }
    | {"readOnly", "writeOnly", "$comment", "$schema", "$id", "$anchor"}
)
#: How deep alternatives are looked into.
_DEPTH = 8


def says_nothing(resolver: Resolver, schema: Schema | None, depth: int = _DEPTH) -> bool:
    """Whether a schema admits anything, or any object: nobody learns a field of it."""
    here = resolver.resolve(schema or {})
    options = [*sequence(here.get("anyOf")), *sequence(here.get("oneOf"))]
    if options and depth:
        telling = [one for one in options if mapping(one).get("type") != "null"]
        return any(says_nothing(resolver, one, depth - 1) for one in telling)
    telling_keywords = {key for key in here if key not in _ANNOTATIONS and not key.startswith("x-")}
    return not telling_keywords or is_any_object(here, telling_keywords)


def is_any_object(here: Schema, keywords: Iterable[str]) -> bool:
    """Whether nothing is said but that it is an object, however large. What its free keys hold may be said."""
    open_ended = here.get("additionalProperties", True)
    free = open_ended is True or open_ended == {}
    return here.get("type") == "object" and free and not set(keywords) - {"type", "additionalProperties"}


def leads_nowhere(name: str | None, schema: Schema | None) -> bool:
    """Whether a schema is a reference that cannot be followed: what it says is not known."""
    return name is not None and not schema


def takes_json(contract: Contract) -> Iterable[Operation]:
    """Operations with a JSON body."""
    return [operation for operation in contract.operations if operation.body and operation.body.is_json]


def answers_json(contract: Contract) -> Iterable[Operation]:
    """Operations of which a documented success is JSON."""
    return [operation for operation in contract.operations if json_successes(operation)]


def json_successes(operation: Operation) -> dict[str, Response]:
    """The documented successes that are JSON, by status."""
    return {
        code: response
        for code, response in operation.responses.items()
        if code.upper().startswith("2") and any(is_json(kind) for kind in response.media_types)
    }


def is_json(media_type: Any) -> bool:
    """JSON, and what is JSON by its suffix; not a sequence of such texts."""
    kind = str(media_type).partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")
