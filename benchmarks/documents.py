"""Documents of any size, made up: services with accounts, and with collections that have lists, items and children."""

from __future__ import annotations

from typing import Any

#: What one collection of `document` has: list and create, read, update and delete of an item, list and create of a child.
PER_COLLECTION = 7
_NOUNS = (
    "order",
    "invoice",
    "parcel",
    "ticket",
    "lesson",
    "recipe",
    "vehicle",
    "contract",
    "session",
    "branch",
)


def document(operations: int) -> dict[str, Any]:
    """An OpenAPI 3.1 document of about so many operations, three of them those of accounts."""
    paths: dict[str, Any] = _accounts()
    schemas: dict[str, Any] = {"Error": _object(detail={"type": "string"})}
    for number in range(max(1, round((operations - 3) / PER_COLLECTION))):
        noun = f"{_NOUNS[number % len(_NOUNS)]}{number // len(_NOUNS) or ''}"
        paths |= _collection(noun)
        schemas |= _schemas(noun)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{operations} operations", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _accounts() -> dict[str, Any]:
    credentials = _object(email={"type": "string", "format": "email"}, password={"type": "string"})
    account = _object(id={"type": "integer"}, email={"type": "string", "format": "email"})
    return {
        "/auth/login": {"post": _operation(_object(access_token={"type": "string"}), credentials)},
        "/auth/register": {"post": _operation(account, credentials)},
        "/auth/me": {"get": _operation(account)},
    }


def _collection(noun: str) -> dict[str, Any]:
    name, item, page = noun.capitalize(), f"/{noun}s/{{{noun}_id}}", _page()
    one, many = _ref(name), _ref(f"{name}Page")
    notes = {"type": "array", "items": _ref(f"{name}Note")}
    return {
        f"/{noun}s": {"get": _operation(many, parameters=page), "post": _operation(one, _ref(f"{name}In"))},
        item: {
            "get": _operation(one),
            "put": _operation(one, _ref(f"{name}In")),
            "delete": {"responses": {"204": {"description": "gone"}}},
        },
        f"{item}/notes": {
            "get": _operation(notes),
            "post": _operation(_ref(f"{name}Note"), _ref(f"{name}NoteIn")),
        },
    }


def _schemas(noun: str) -> dict[str, Any]:
    name, text = noun.capitalize(), {"type": "string", "maxLength": 200}
    fields = {f"field_{number}": {"anyOf": [text, {"type": "null"}]} for number in range(12)}
    own = _object(title=text, owner_id={"type": "integer"}, **fields)
    row = {
        "allOf": [
            _ref(f"{name}In"),
            _object(id={"type": "integer"}, notes={"type": "array", "items": _ref(f"{name}Note")}),
        ]
    }
    return {
        f"{name}In": own,
        name: row,
        f"{name}Page": _object(items={"type": "array", "items": _ref(name)}, total={"type": "integer"}),
        f"{name}NoteIn": _object(text=text),
        f"{name}Note": _object(id={"type": "integer"}, text=text, about=_ref(name)),
    }


def _operation(answer: dict[str, Any], body: dict[str, Any] | None = None, **more: object) -> dict[str, Any]:
    responses = {
        "200": {"description": "done", "content": {"application/json": {"schema": answer}}},
        "404": {"description": "none", "content": {"application/json": {"schema": _ref("Error")}}},
    }
    request = {"requestBody": {"content": {"application/json": {"schema": body}}}} if body else {}
    return {"responses": responses, **request, **more}


def _page() -> list[dict[str, Any]]:
    size = {"type": "integer", "maximum": 100, "default": 20}
    return [
        {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1}},
        {"name": "page_size", "in": "query", "schema": size},
    ]


def _object(**properties: object) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}
