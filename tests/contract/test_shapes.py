"""How much a schema says, and what a value has beyond it."""

from __future__ import annotations

import pytest

from compliance.contract.closing import unknown_fields
from compliance.contract.resolve import Resolver
from compliance.contract.shapes import is_json, says_nothing

NAMED = {"type": "object", "properties": {"id": {"type": "integer"}}}
DOCUMENT = {
    "components": {
        "schemas": {
            "Named": NAMED,
            "More": {
                "allOf": [
                    {"$ref": "#/components/schemas/Named"},
                    {"properties": {"name": {"type": "string"}}},
                ]
            },
            "Tree": {
                "type": "object",
                "properties": {"leaf": {}, "inner": {"$ref": "#/components/schemas/Tree"}},
            },
            "Pet": {"type": "object", "properties": {"kind": {}}, "discriminator": {"propertyName": "kind"}},
        }
    }
}
RESOLVER = Resolver(DOCUMENT)


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


@pytest.mark.parametrize(
    "schema",
    [
        {},
        None,
        {"title": "Response Read"},
        {"type": "object"},
        {"type": "object", "additionalProperties": True, "title": "Raw"},
        {"type": "object", "additionalProperties": {}},
        {"anyOf": [{"type": "object"}, {"type": "null"}]},
        {"oneOf": [ref("Named"), {}]},
        {"x-internal": True, "description": "anything"},
    ],
)
def test_what_says_nothing(schema):
    assert says_nothing(RESOLVER, schema)


@pytest.mark.parametrize(
    "schema",
    [
        ref("Named"),
        ref("More"),
        {"type": "string"},
        {"type": "array", "items": {}},
        {"type": "object", "additionalProperties": {"type": "integer"}},
        {"type": "object", "additionalProperties": False},
        {"anyOf": [ref("Named"), {"type": "null"}]},
        {"enum": [1, 2]},
        {"type": "object", "patternProperties": {"^x": {}}},
    ],
)
def test_what_says_something(schema):
    assert not says_nothing(RESOLVER, schema)


@pytest.mark.parametrize(
    ("schema", "value", "unknown"),
    [
        (ref("Named"), {"id": 1}, []),
        (ref("Named"), {"id": 1, "secret": 2}, [("secret",)]),
        (ref("More"), {"id": 1, "name": "a"}, []),
        (ref("More"), {"id": 1, "name": "a", "x": {"y": 1}}, [("x",)]),
        ({"type": "array", "items": ref("Named")}, [{"id": 1}, {"no": 1}], [("no",)]),
        ({"type": "object", "additionalProperties": ref("Named")}, {"a": {"id": 1, "b": 1}}, [("a", "b")]),
        ({"type": "object", "additionalProperties": True, "properties": {"a": {}}}, {"b": 1}, []),
        ({"properties": {"a": {}}, "patternProperties": {"^x-": {}}}, {"x-b": 1, "b": 1}, [("b",)]),
        ({"anyOf": [ref("Named"), {"properties": {"n": {}}}]}, {"n": 1}, []),
        ({"oneOf": [ref("Named"), {"properties": {"n": {}}}]}, {"n": 1, "m": 2}, [("m",)]),
        ({"properties": {"c": {}}, "anyOf": [ref("Named"), {"properties": {"n": {}}}]}, {"c": 1, "n": 1}, []),
        ({"anyOf": [ref("Named"), {"type": "null"}]}, {"id": 1, "b": 1}, [("b",)]),
        (ref("Tree"), {"inner": {"inner": {"leaf": {"any": 1}, "x": 1}}}, [("inner", "inner", "x")]),
        (ref("Pet"), {"kind": "dog", "bark": 1}, []),
        ({"properties": {"a": {}}, "unevaluatedProperties": {}}, {"b": 1}, []),
        ({}, {"b": 1}, []),
        (ref("Named"), "a text", []),
        (ref("Nowhere"), {"b": 1}, []),
    ],
)
def test_fields_that_the_schema_does_not_know(schema, value, unknown):
    assert unknown_fields(RESOLVER, schema, value) == unknown


def test_what_is_json():
    assert is_json("application/json; charset=utf-8")
    assert is_json("application/vnd.api+json")
    assert not is_json("application/x-ndjson")
    assert not is_json("text/html")
