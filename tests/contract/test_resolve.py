"""Schemas are folded one level, whatever they refer to."""

import pytest

from compliance.contract.resolve import Resolver
from tests.contract.documents import document, ref

SCHEMAS = {
    "Text": {"type": "string", "maxLength": 5},
    "Base": {"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]},
    "Child": {"allOf": [ref("Base"), {"properties": {"name": ref("Text")}, "required": ["name"]}]},
    "Tree": {"type": "object", "properties": {"above": {"anyOf": [ref("Tree"), {"type": "null"}]}}},
    "Loop": ref("Loop"),
    "a/b": {"type": "boolean"},
}
RESOLVER = Resolver(document({}, SCHEMAS))


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, {"type": "string"}),
        (ref("Text"), {"type": "string", "maxLength": 5}),
        ({**ref("Text"), "maxLength": 3}, {"type": "string", "maxLength": 3}),
        ({"anyOf": [ref("Text"), {"type": "null"}]}, {"type": "string", "maxLength": 5, "nullable": True}),
        (
            {"oneOf": [{"type": "integer"}, {"type": "null"}], "title": "T"},
            {"type": "integer", "title": "T", "nullable": True},
        ),
        ({"$ref": "#/components/schemas/a~1b"}, {"type": "boolean"}),
        (ref("Loop"), {}),
        (ref("Missing"), {}),
        ({"$ref": "https://example.com/schema.json"}, {}),
        (None, {}),
        (True, {}),
    ],
)
def test_resolve(schema, expected):
    assert RESOLVER.resolve(schema) == expected


def test_all_of_is_merged():
    merged = RESOLVER.resolve(ref("Child"))
    assert list(merged["properties"]) == ["id", "name"]
    assert merged["required"] == ["id", "name"]
    assert merged["type"] == "object"


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": ["string", "null"]}, "string"),
        ({"properties": {"a": {}}}, "object"),
        ({"items": {}}, "array"),
        ({}, None),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}]}, None),
        (ref("Tree"), "object"),
    ],
)
def test_type_of(schema, expected):
    assert RESOLVER.type_of(schema) == expected


def test_a_recursive_schema_can_be_walked_into():
    assert RESOLVER.at(ref("Tree"), ("above", "above", "above"))["nullable"] is True
    assert [path for path, _ in RESOLVER.walk(ref("Tree"), depth=3)] == [("above",) * n for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [(ref("Text"), "Text"), ({"anyOf": [ref("Text"), {"type": "null"}]}, "Text"), ({"type": "string"}, None)],
)
def test_name_of(schema, expected):
    assert RESOLVER.name_of(schema) == expected


def test_the_document_is_not_changed():
    before = repr(SCHEMAS)
    for name in SCHEMAS:
        RESOLVER.resolve(ref(name))
    assert repr(SCHEMAS) == before
