"""Hostile bodies as data: what each of them is, beside the valid one that it is made of."""

from __future__ import annotations

import json
from typing import Any

import pytest

from compliance.contract import understand
from compliance.target import odd

SCHEMA = {
    "type": "object",
    "required": ["name", "password", "inner"],
    "properties": {
        "name": {"type": "string"},
        "mail": {"type": "string", "format": "email"},
        "stars": {"type": "integer", "maximum": 5},
        "price": {"anyOf": [{"type": "string"}, {"type": "number"}]},
        "password": {"type": "string"},
        "inner": {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}},
    },
}
VALID = {"name": "kit name", "stars": 1, "price": 2, "password": "Zk9!secret-of-tests", "inner": {"a": "b"}}


def made(schema: dict[str, Any], *, brief: bool = False) -> dict[str, list[odd.Odd]]:
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    operation = {"post": {"requestBody": body, "responses": {"201": {"description": "made"}}}}
    contract = understand({"openapi": "3.1.0", "info": {}, "paths": {"/things": operation}}, "")
    create = contract.operations[0]
    shape = odd.shape(contract.resolver, create)
    found: dict[str, list[odd.Odd]] = {}
    for one in odd.bodies(create, shape, lambda: dict(VALID), brief=brief):
        found.setdefault(one.kind, []).append(one)
    return found


def is_json(content: bytes) -> bool:
    try:
        json.loads(content)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("kind", [odd.CUT, odd.NOT_UTF8, odd.EMPTY, odd.DIGITS])
def test_what_cannot_be_read_is_no_json(kind: str):
    for one in made(SCHEMA)[kind]:
        assert is_json(one.content) is False


def test_what_can_be_read_is_wrong_in_one_place():
    found = made(SCHEMA)

    assert json.loads(found[odd.ARRAY][0].content) == [VALID]
    assert found[odd.NULL][0].content == b"null"
    assert b"[" * odd.DEPTH in found[odd.DEEP][0].content
    assert {one.path for one in found[odd.MISSING]} == {("name",), ("inner",), ("password",)}
    for one in found[odd.MISSING]:
        assert json.loads(one.content) == {key: value for key, value in VALID.items() if key != one.path[0]}


def test_a_password_stays_in_a_body_that_lacks_another_field():
    first = made(SCHEMA)[odd.MISSING][0]

    assert first.path != ("password",)
    assert "password" in json.loads(first.content)


def test_odd_values_go_where_the_document_sets_no_bound():
    found = made(SCHEMA)

    assert {one.path for one in found[odd.FAR]} == {("price",)}
    assert sorted(json.loads(one.content)["price"] for one in found[odd.FAR]) == sorted(odd.NUMBERS)
    assert {one.path for one in found[odd.NUL]} == {("name",), ("password",)}
    assert json.loads(found[odd.NUL][0].content)["name"] == "kit nam\0e"
    assert json.loads(found[odd.SURROGATE][0].content)["name"] == "kit nam\ud800e"
    assert str(json.loads(found[odd.NAN][0].content)["stars"]) == "nan"


def test_null_and_lists_are_left_out_where_the_document_allows_them():
    assert odd.ARRAY not in made({**SCHEMA, "anyOf": [{"type": "object"}, {"type": "array"}]})


def test_operations_beside_others_get_fewer():
    few, all_of_them = made(SCHEMA, brief=True), made(SCHEMA)

    assert set(few) < set(all_of_them)
    assert sum(map(len, few.values())) <= 10
    assert sum(map(len, all_of_them.values())) <= 30


@pytest.mark.parametrize("kind", [odd.NUL, odd.LONG])
def test_what_stands_within_a_text_leaves_its_beginning_whole(kind: str):
    text = json.loads(made(SCHEMA)[kind][0].content)["name"]

    assert text.startswith("kit nam")
    assert text.endswith("e")
