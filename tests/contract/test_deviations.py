"""What a request has that the document forbids, and what everybody reads as valid."""

from __future__ import annotations

from dataclasses import replace

import pytest

from compliance.contract import understand
from compliance.contract.deviations import Reading, path_values, readings
from compliance.contract.validity import Undecided

SCHEMA = {
    "type": "object",
    "required": ["name", "id"],
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "name": {"type": "string", "maxLength": 3, "pattern": r"^\w+$"},
        "price": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
        "note": {"type": "string", "nullable": True},
        "day": {"type": "string", "format": "date"},
        "either": {"oneOf": [{"type": "integer"}, {"type": "number"}]},
        "lines": {"type": "array", "items": {"$ref": "#/components/schemas/Line"}},
    },
    "additionalProperties": False,
}
DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "a", "version": "1"},
    "paths": {
        "/things/{thing_id}": {
            "put": {
                "parameters": [
                    {"name": "thing_id", "in": "path", "required": True, "schema": {"type": "integer"}},
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 10}},
                    {"name": "on", "in": "query", "schema": {"type": "boolean"}},
                    {
                        "name": "tags",
                        "in": "query",
                        "schema": {"type": "array", "items": {"type": "integer"}},
                    },
                    {"name": "kind", "in": "query", "schema": {"type": "string", "enum": ["a", "b"]}},
                ],
                "requestBody": {"required": True, "content": {"application/json": {"schema": SCHEMA}}},
                "responses": {"200": {"description": "done"}},
            }
        }
    },
    "components": {"schemas": {"Line": {"type": "object", "properties": {"n": {"type": "integer"}}}}},
}
CONTRACT = understand(DOCUMENT)
OPERATION = CONTRACT.operations[0]
READING = Reading(CONTRACT)


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"name": "abc"}, []),
        ({"name": "é"}, []),
        ({"name": "abc", "note": None, "either": 1, "price": 0.5}, []),
        ({}, [(("name",), "required")]),
        ({"name": "abcd"}, [(("name",), "maxLength")]),
        ({"name": "-"}, [(("name",), "pattern")]),
        ({"name": "a", "price": 0}, [(("price",), "exclusiveMinimum")]),
        ({"name": "a", "day": "never"}, [(("day",), "format")]),
        ({"name": "a", "x": 1}, [((), "additionalProperties")]),
        ({"name": "a", "lines": [{"n": 1}, {"n": "x"}]}, [(("lines", 1, "n"), "type")]),
        ([], [((), "type")]),
    ],
)
def test_the_faults_of_a_body(body, faults):
    found = READING.of_body(OPERATION, body)
    assert [(one.way, one.keyword) for one in found] == faults


@pytest.mark.parametrize(
    ("url", "faults"),
    [
        ("/things/5", []),
        ("/things/5?limit=10&on=yes&kind=a&tags=x", []),
        ("/things/5?limit=&on=null", []),
        ("/things/5?limit=1&limit=x", []),
        ("/things/x", [("path", "thing_id", "type")]),
        ("/things/5?limit=11", [("query", "limit", "maximum")]),
        ("/things/5?limit=many", [("query", "limit", "type")]),
        ("/things/5?on=maybe", [("query", "on", "type")]),
        ("/things/5?kind=c", [("query", "kind", "enum")]),
    ],
)
def test_the_faults_of_a_url(url, faults):
    found = READING.of_url(OPERATION, f"http://t{url}", "")
    assert [(one.location, one.way[0], one.keyword) for one in found] == faults


def test_a_url_of_another_operation_is_not_judged():
    with pytest.raises(Undecided):
        READING.of_url(OPERATION, "http://t/other/5", "")
    assert path_values(OPERATION, "/things/a%2Fb") == {"thing_id": "a/b"}


def test_a_text_is_read_as_all_that_it_may_stand_for():
    assert list(readings("1")) == ["1", True, 1, 1.0]
    assert list(readings("inf")) == ["inf"]
    assert list(readings("x")) == ["x"]


def test_what_the_document_does_not_say_is_undecided():
    silent = replace(OPERATION, body=None)
    with pytest.raises(Undecided):
        READING.of_body(silent, {})
    assert READING.known(silent, {}) == []
    assert not READING.allows(silent, {})
    assert READING.allows(OPERATION, {"name": "a"})
    assert not READING.allows(OPERATION, {})
    assert [one.keyword for one in READING.known(OPERATION, {})] == ["required"]
