"""What refusals taught of a body, written into its schema, so that the next body is made by it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from compliance.contract.model import FieldPath, Operation
from compliance.contract.resolve import Resolver, Schema
from compliance.target.mending import Lesson, Lessons


def taught(resolver: Resolver, operation: Operation, lessons: Lessons) -> Operation:
    """The operation with a body whose schema says what was learnt as well."""
    if operation.body is None or not lessons:
        return operation
    schema = operation.body.schema
    for path, lesson in lessons.items():
        schema = _with(resolver, schema, path, lesson)
    return replace(operation, body=replace(operation.body, schema=schema))


def _with(resolver: Resolver, raw: object, path: FieldPath, lesson: Lesson) -> Schema:
    """The schema of an object with a lesson about one of its fields, which it then requires."""
    schema = resolver.resolve(raw)
    properties, required = dict(resolver.properties(schema)), list(resolver.required(schema))
    name = path[0]
    inner = properties.get(name, {"type": "object"} if len(path) > 1 else {"type": "string"})
    if len(path) > 1:
        properties[name] = _with(resolver, inner, path[1:], lesson)
    elif lesson.get("drop"):
        properties.pop(name, None)
        required = [one for one in required if one != name]
        return {**_plain(schema), "properties": properties, "required": required}
    else:
        properties[name] = _changed(resolver.resolve(inner), lesson)
    return {**_plain(schema), "properties": properties, "required": _including(required, name)}


def _plain(schema: Schema) -> dict[str, Any]:
    """Without alternatives: the first of them has been read already, with all that it requires."""
    return {key: value for key, value in schema.items() if key not in ("allOf", "anyOf", "oneOf", "$ref")} | {
        "type": "object"
    }


def _changed(schema: Schema, lesson: Lesson) -> Schema:
    """The lesson wins; another type, format or choice makes the old bounds meaningless."""
    said = {key: value for key, value in lesson.items() if key not in ("drop", "fresh", "domain", "again")}
    if {"type", "const", "enum"} & set(said):
        return said
    replaced = ("pattern",) if "format" in said else ("format",) if "pattern" in said else ()
    return {key: value for key, value in schema.items() if key not in replaced} | said


def _including(names: Iterable[str], name: str) -> list[str]:
    return list(dict.fromkeys((*names, name)))
