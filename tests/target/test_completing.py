"""What a request states in its headers because the document of its operation wants it."""

from __future__ import annotations

from typing import Any

from compliance.contract import understand
from compliance.target.completing import Completing
from compliance.target.wire import Request

POST = "POST /things"


def stated(*headers: dict[str, Any], body: str = "application/json", **given: Any) -> dict[str, str]:
    """The headers of a request to an operation that has those parameters."""
    operation = {
        "parameters": [
            {"in": "header", "required": True, "schema": {"type": "string"}, **one} for one in headers
        ],
        "requestBody": {"content": {body: {"schema": {"type": "object"}}}},
        "responses": {"201": {"description": "made"}},
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "things", "version": "1"},
        "paths": {"/things": {"post": operation}},
        "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Door"}}},
    }
    completed = Completing(understand(document), "tag").on(
        Request("POST", "/things", operation=POST, **given)
    )
    return dict(completed.headers)


def test_what_the_document_shows_is_said():
    shown = {"name": "X-Tenant", "example": "acme"}
    named = {"name": "X-Region", "examples": {"north": {"value": "eu-north"}, "south": {"value": "eu-south"}}}
    usual = {"name": "X-Depth", "schema": {"type": "integer", "default": 3}}
    assert stated(shown, named, usual) == {"X-Tenant": "acme", "X-Region": "eu-north", "X-Depth": "3"}


def test_what_the_schema_allows_is_said():
    choice = {"name": "X-Mode", "schema": {"enum": ["fast", "slow"]}}
    flag = {"name": "X-Dry", "schema": {"type": "boolean"}}
    assert stated(choice, flag) == {"X-Mode": "fast", "X-Dry": "true"}


def test_a_key_of_one_request_is_never_said_twice():
    key = {"name": "Idempotency-Key", "example": "shown"}
    assert stated(key) != {"Idempotency-Key": "shown"}
    assert len(stated(key)["Idempotency-Key"]) == 36


def test_credentials_are_left_to_whoever_has_them():
    names = ("Authorization", "X-Auth-Token", "X-API-Key", "apikey", "X-Door", "X-CSRF-Token")
    assert stated(*({"name": name} for name in names)) == {}


def test_what_need_not_be_said_is_not():
    assert stated({"name": "X-Tenant", "example": "acme", "required": False}) == {}


def test_what_a_request_says_by_itself_stays():
    given = (("x-tenant", "mine"),)
    assert stated({"name": "X-Tenant", "example": "acme"}, headers=given) == dict(given)


def test_what_no_header_can_hold_is_not_said():
    assert stated({"name": "X-Town", "example": "Zürich"}, {"name": "X-Two", "example": "a\nb"}) == {}


def test_any_state_will_do():
    assert stated({"name": "If-Match", "example": '"5"'}) == {"If-Match": "*"}


def test_json_has_the_type_that_the_document_names():
    assert stated(body="application/vnd.api+json", json={}) == {"Content-Type": "application/vnd.api+json"}
    assert stated(body="application/vnd.api+json") == {}
