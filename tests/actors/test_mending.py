"""What is learnt from the refusals of many frameworks, each as it comes over the wire."""

# ruff: noqa: E501 - one refusal a line
from __future__ import annotations

import json
from typing import Any

import pytest

from compliance.target.mending import mend
from compliance.target.tape import Exchange

SENT = {
    "username": "alice1a2b3c4d",
    "email": "alice1a2b3c4d@example.com",
    "password": "Zk9!abcdefghijklmnopqrst",
    "phone": "+15550123",
}
FIELDS = [(name,) for name in SENT]


def answer(body: Any, status: int = 400) -> Exchange:
    text = body if isinstance(body, str) else json.dumps(body)
    kind = "text/plain" if isinstance(body, str) else "application/json"
    return Exchange(
        "alice", "", "POST", "http://x/register", (), b"", status, (("Content-Type", kind),), text.encode()
    )


def pydantic(loc: list[Any], message: str, kind: str = "value_error") -> Any:
    return {
        "detail": [
            {"type": kind, "loc": ["body", *loc], "msg": message, "input": "x", "ctx": {"limit_value": 5}}
        ]
    }


LEARNT: list[tuple[str, Any, dict[str, Any]]] = [
    ("FastAPI, missing", pydantic(["age"], "Field required", "missing"), {"age": {}}),
    ("FastAPI, too long", pydantic(["username"], "String should have at most 8 characters"), {"username": {"maxLength": 8}}),
    ("FastAPI, enum", pydantic(["username"], "Input should be 'a', 'b' or 'c'"), {"username": {"enum": ["a", "b", "c"]}}),
    ("FastAPI, pattern", pydantic(["username"], "String should match pattern '^[a-z]+$'"), {"username": {"pattern": "^[a-z]+$"}}),
    ("FastAPI, extra", pydantic(["phone"], "Extra inputs are not permitted"), {"phone": {"drop": True}}),
    ("FastAPI, a header", {"detail": [{"loc": ["header", "x-key"], "msg": "Field required"}]}, {}),
    ("FastAPI, integer", pydantic(["phone"], "Input should be a valid integer, unable to parse"), {"phone": {"type": "integer", "fresh": True}}),
    ("DRF, taken", {"username": ["A user with that username already exists."]}, {"username": {"fresh": True}}),
    ("DRF, required", {"first_name": ["This field is required."]}, {"first_name": {}}),
    ("DRF, long", {"username": ["Ensure this field has no more than 10 characters."]}, {"username": {"maxLength": 10}}),
    ("DRF, nested", {"user": {"nick": ["This field may not be blank."]}}, {"nick": {}}),
    ("NestJS, list", {"message": ["phone must be a number string", "username must be shorter than or equal to 8 characters"]}, {"phone": {"pattern": "^[0-9]{10}$"}, "username": {"maxLength": 8}}),
    ("NestJS, required", {"message": ["firstName should not be empty", "firstName must be a string"], "error": "Bad Request"}, {"firstName": {}}),
    ("NestJS, extra", {"message": ["property phone should not exist"]}, {"phone": {"drop": True}}),
    ("NestJS, email", {"message": ["username must be an email"]}, {"username": {"type": "string", "format": "email"}}),
    ("Spring, list", {"errors": [{"field": "lastName", "defaultMessage": "must not be null", "code": "NotNull"}]}, {"lastName": {}}),
    ("Spring, size", {"errors": [{"field": "username", "defaultMessage": "size must be between 3 and 10"}]}, {"username": {"maxLength": 10}}),
    (".NET", {"title": "One or more validation errors occurred.", "errors": {"Username": ["The field Username must be a string with a maximum length of 6."]}}, {"username": {"maxLength": 6}}),
    ("express-validator", {"errors": [{"type": "field", "msg": "Password must not be longer than 15 characters", "path": "password", "location": "body"}]}, {"password": {"maxLength": 15}}),
    ("zod", {"issues": [{"code": "too_big", "maximum": 9, "path": ["username"], "message": "String must contain at most 9 character(s)"}]}, {"username": {"maxLength": 9}}),
    ("Laravel", {"message": "The given data was invalid.", "errors": {"password": ["The password field confirmation does not match."]}}, {}),
    ("JSON pointer", {"errors": [{"source": {"pointer": "/data/attributes/username"}, "detail": "is too long (maximum is 7 characters)"}]}, {"username": {"maxLength": 7}}),
    ("a sentence, taken", {"detail": "Email already registered"}, {"email": {"fresh": True}}),
    ("a sentence, domain", {"error": "The domain name example.com does not accept email."}, {"email": {"format": "email", "domain": "example.org"}}),
    ("a sentence, digits", {"detail": "Phone number must be exactly 10 digits"}, {"phone": {"pattern": "^[0-9]{10}$"}}),
    ("a sentence, missing", {"error": "Missing required field: country"}, {"country": {}}),
    ("a sentence, quoted", {"error": "'last_name' is required"}, {"last_name": {}}),
    ("plain text", "username must be lowercase alphanumeric, at most 8 characters", {"username": {"maxLength": 8}}),
    ("all conditions at once", {"detail": "Password must be at least 8 characters and contain a digit"}, {}),
    ("strict bound", {"detail": "username must be shorter than 10 characters"}, {"username": {"maxLength": 9}}),
    ("terms", {"accept_terms": ["You must accept the terms."]}, {}),
    ("no sense", {"detail": "Bad request"}, {}),
    ("html", "<html><body>username is required</body></html>", {}),
]  # fmt: skip


@pytest.mark.parametrize(("body", "learnt"), [one[1:] for one in LEARNT], ids=[one[0] for one in LEARNT])
def test_what_is_learnt(body: Any, learnt: dict[str, Any]) -> None:
    found = mend(answer(body), SENT, FIELDS)
    assert {".".join(path): dict(lesson) for path, lesson in found.items()} == learnt


def test_a_wrapped_body_is_mended_where_its_fields_lie() -> None:
    sent = {"user": SENT}
    said = {"errors": {"user": {"bio": ["can't be blank"]}}}
    assert mend(answer(said), sent, [("user", name) for name in SENT]) == {("user", "bio"): {}}


def test_passwords_that_do_not_match_want_the_password_again() -> None:
    found = mend(answer({"detail": "Passwords do not match"}), SENT, FIELDS)
    assert ("confirm_password",) in found
    assert all(lesson == {"again": True} for lesson in found.values())


def test_a_long_answer_is_read_in_no_time_and_teaches_little() -> None:
    found = mend(answer({"errors": [f"field{n} is required" for n in range(10_000)]}), SENT, FIELDS)
    assert len(found) <= 40
