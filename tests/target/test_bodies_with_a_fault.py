"""Bodies that are telling, and bodies that are right but for one field."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from compliance.contract import understand
from compliance.target.dressing import AMOUNT, LETTERS, dressed
from compliance.target.spoiling import spoilt, with_field
from compliance.target.tidying import comes_back, is_told
from compliance.target.trials import _may_be_null

FIELDS = {
    "title": {"type": "string", "maxLength": 50},
    "code": {"type": "string", "maxLength": 8},
    "kind": {"type": "string", "enum": ["a", "b"]},
    "email": {"type": "string", "format": "email"},
    "price": {"type": "string", "pattern": r"^\d+\.\d\d$"},
    "weight": {"type": "number"},
    "category_id": {"type": "integer"},
    "role": {"type": "string"},
    "stars": {"type": "integer", "minimum": 1, "maximum": 5},
}


def contract_of(fields: dict[str, Any]) -> Any:
    row = {"type": "object", "properties": {"id": {"type": "integer"}, **fields}}
    answer = {"200": {"description": "", "content": {"application/json": {"schema": row}}}}
    many = {
        "200": {
            "description": "",
            "content": {"application/json": {"schema": {"type": "array", "items": row}}},
        }
    }
    body = {"content": {"application/json": {"schema": {"type": "object", "properties": fields}}}}
    item = {"get": {"responses": answer}, "delete": {"responses": {"204": {"description": ""}}}}
    paths = {
        "/things": {"post": {"requestBody": body, "responses": answer}, "get": {"responses": many}},
        "/things/{thing_id}": item,
        "/categories": {"get": {"responses": many}, "post": {"requestBody": body, "responses": answer}},
        "/categories/{category_id}": item,
    }
    return understand({"openapi": "3.1.0", "info": {}, "paths": paths}, "")


def target_of(fields: dict[str, Any]) -> tuple[Any, Any, Any]:
    contract = contract_of(fields)
    resource = next(one for one in contract.resources if one.collection == "/things")
    sample = SimpleNamespace(row=SimpleNamespace(resource=resource), sent={"email": "kit@example.com"})
    return SimpleNamespace(contract=contract, tag="abc"), resource.create, sample


def test_only_free_texts_and_amounts_are_dressed():
    target, create, _ = target_of(FIELDS)

    assert dressed(target, create) == {("title",): f"kitabc title {LETTERS}", ("price",): AMOUNT}


def test_a_request_is_spoilt_in_one_field_at_a_time():
    target, create, sample = target_of(FIELDS)
    good = dict.fromkeys(FIELDS, "as it was")
    wrongs = [
        (one.field, one.how["json"][one.field]) for one in spoilt(target, create, {"json": good}, sample)
    ]

    assert [field for field, _ in wrongs] == ["stars", "stars", "email", "category_id"]
    assert [value for _, value in wrongs] == [{"kit": "abc"}, 0, "kit@example.com", 2_000_000_011]


def test_the_field_that_is_to_change_is_not_the_one_that_is_wrong():
    target, create, sample = target_of({"title": FIELDS["title"], "stars": FIELDS["stars"]})
    wrongs = list(spoilt(target, create, {"json": {"title": "a", "stars": 2}}, sample, but="stars"))

    assert [(one.field, one.sent) for one in wrongs] == [("title", {"stars": 2})] * 2


def test_a_field_is_put_where_the_body_wraps_its_fields():
    wrapped = {"json": {"thing": {"title": "a", "stars": 1}}}

    assert with_field(wrapped, "stars", None)["json"] == {"thing": {"title": "a", "stars": None}}
    assert with_field({"json": {"title": "a"}}, "title", "b")["json"] == {"title": "b"}


@pytest.mark.parametrize(
    ("sent", "read", "back"),
    [
        ("Zoë 東京", "Zoë 東京", True),
        ("Zoë 東京", "  zoe\u0308  東京 ", True),
        ("Zoë 東京", "Zo? ??", False),
        ("19.99", 19.99, True),
        ("19.99", "19.990", True),
        ("19.99", 19.989999771118164, False),
        ("Anna@Example.com", "anna@example.com", True),
        ("text", None, False),
        ("text", ["text"], None),
    ],
)
def test_what_comes_back_may_be_tidied_and_not_spoilt(sent: object, read: object, back: bool | None):
    assert comes_back("title", sent, read, {"type": "string"}) is back


def test_what_services_write_in_a_form_of_their_own_is_not_compared():
    assert comes_back("phone", "+1 555 01", "0155501", {"type": "string"}) is None
    assert comes_back("title", "a", "b", {"type": "string", "enum": ["a", "b"]}) is None
    assert comes_back("starts", "a", "b", {"type": "string", "format": "date-time"}) is None


def test_values_of_the_run_are_told_from_defaults():
    assert is_told("kitabc1", "abc")
    assert is_told(AMOUNT, "abc")
    assert not is_told("de", "abc")
    assert not is_told(5, "abc")


@pytest.mark.parametrize(
    ("schema", "may"),
    [
        ({"type": "string"}, False),
        ({"type": ["string", "null"]}, True),
        ({"type": "string", "nullable": True}, True),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, True),
        ({"anyOf": [{"type": "string"}, {"type": "number"}]}, False),
        ({"enum": ["a", None], "type": "string"}, True),
        ({}, True),
    ],
)
def test_a_schema_that_says_nothing_may_be_null(schema: dict[str, Any], may: bool):
    assert _may_be_null(schema, schema) is may
