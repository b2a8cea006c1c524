"""Each kind of noise is recognised, and so is what only looks like it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from compliance.target.tape import Exchange
from compliance.traffic.lax import has_lax_reading
from compliance.traffic.noise import NOISE, NOT_HTTP, Sent, reason_to_drop

JSON = (("Content-Type", "application/json"),)
SCHEMA = {
    "type": "object",
    "properties": {
        "price": {"type": "number", "minimum": 1},
        "stock": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "active": {"type": "boolean"},
        "seen": {"type": "string", "format": "date"},
        "name": {"type": "string", "minLength": 1},
        "lines": {"type": "array", "items": {"$ref": "#"}},
    },
}


def errors(value: Any) -> int:
    validator = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker(["date"]))
    return sum(1 for _ in validator.iter_errors(value))


def exchange(
    status: int,
    *,
    sent: bytes = b"",
    query: str = "",
    headers: tuple[tuple[str, str], ...] = (),
    body: bytes = b"{}",
) -> Exchange:
    return Exchange("carol", "", "POST", f"http://t/x?{query}", JSON, sent, status, headers, body)


def body(sent: bytes, status: int = 201) -> Sent:
    return Sent(exchange(status, sent=sent), frozenset({"body"}), errors=errors)


def query(text: str, **known: frozenset[str]) -> Sent:
    return Sent(exchange(200, query=text), frozenset({"query"}), **known)


def header(name: str, value: str) -> Sent:
    return Sent(replace(exchange(200), request_headers=((name, value),)))


def names(*given: str) -> frozenset[str]:
    return frozenset(given)


@pytest.mark.parametrize(
    ("check", "sent"),
    [
        ("not_a_server_error", Sent(exchange(503, headers=(("Retry-After", "1"),)))),
        ("status_code_conformance", Sent(exchange(429))),
        ("content_type_conformance", Sent(exchange(400, body=NOT_HTTP))),
        ("status_code_conformance", Sent(exchange(400, sent=b'{"a": "\xff"}'))),
        ("status_code_conformance", Sent(exchange(400, sent=b"9" * 5000))),
        ("status_code_conformance", Sent(exchange(400, sent=b"[" * 100_000))),
        ("negative_data_rejection", body(b'{"price": true}')),
        ("negative_data_rejection", body(b'{"stock": "5"}')),
        ("negative_data_rejection", body(b'{"active": "yes", "price": "1.5"}')),
        ("negative_data_rejection", body(b'{"active": 0}')),
        ("negative_data_rejection", body(b'{"seen": 0}')),
        ("negative_data_rejection", body(b'{"lines": [{"price": 2}, {"price": true}]}')),
        ("negative_data_rejection", query("a=1&a=x", scalars=names("a"), parameters=names("a"))),
        ("negative_data_rejection", query("on=yes", booleans=names("on"), parameters=names("on"))),
        ("negative_data_rejection", query("t=5", texts=names("t"), parameters=names("t"))),
        ("content_type_conformance", Sent(exchange(204, body=b""))),
        ("response_schema_conformance", query("fields=id")),
        ("response_schema_conformance", query("_fields=id,name")),
        ("response_schema_conformance", query("fields%5Bposts%5D=title")),
        ("response_schema_conformance", query("filter=%7B%22fields%22%3A%5B%22id%22%5D%7D")),
        ("response_schema_conformance", header("X-Fields", "{task}")),
        ("response_schema_conformance", header("x-goog-fieldmask", "name")),
        ("positive_data_acceptance", Sent(exchange(400), grants_credentials=True)),
        ("positive_data_acceptance", Sent(exchange(422, sent=b'{"email": "a@b.test"}'))),
        ("positive_data_acceptance", Sent(exchange(422, sent=b"email=a%40b.local&x=1"))),
        ("missing_required_header", Sent(exchange(403), parameters=names("Authorization"))),
    ],
)
def test_noise_is_dropped_with_a_reason(check: str, sent: Sent) -> None:
    assert reason_to_drop(check, sent)


@pytest.mark.parametrize(
    ("check", "sent"),
    [
        ("not_a_server_error", Sent(exchange(503))),
        ("not_a_server_error", Sent(exchange(500, sent=b'{"a": "\xff"}'))),
        ("status_code_conformance", Sent(exchange(400, sent=b'{"a": 1}'))),
        ("status_code_conformance", Sent(exchange(418, sent=b"\xff"))),
        ("negative_data_rejection", body(b'{"price": false}')),
        ("negative_data_rejection", body(b'{"price": "much"}')),
        ("negative_data_rejection", body(b'{"name": 5}')),
        ("negative_data_rejection", body(b'{"name": ""}')),
        ("negative_data_rejection", body(b'{"active": 2}')),
        ("negative_data_rejection", body(b'{"seen": "never"}')),
        ("negative_data_rejection", body(b"true")),
        ("negative_data_rejection", body(b"\xff")),
        ("negative_data_rejection", query("a=x", scalars=names("a"), parameters=names("a"))),
        (
            "negative_data_rejection",
            query("a=1&a=2&b=x", scalars=names("a", "b"), parameters=names("a", "b")),
        ),
        ("negative_data_rejection", query("on=maybe", booleans=names("on"), parameters=names("on"))),
        ("negative_data_rejection", query("on=yes&n=x", booleans=names("on"), parameters=names("on", "n"))),
        ("content_type_conformance", Sent(exchange(200, body=b" "))),
        ("response_schema_conformance", query("field_of_study=law&selected=1")),
        ("response_schema_conformance", query("name=fields")),
        ("response_schema_conformance", header("X-Fields", "")),
        ("response_schema_conformance", header("X-Fields-Read", "1")),
        ("positive_data_acceptance", Sent(exchange(400))),
        ("positive_data_acceptance", Sent(exchange(500), grants_credentials=True)),
        ("positive_data_acceptance", Sent(exchange(422, sent=b'{"email": "a@b.testing"}'))),
        ("positive_data_acceptance", Sent(exchange(422, sent=b'{"email": "a@test.org"}'))),
        ("missing_required_header", Sent(exchange(403), parameters=names("X-Trace"))),
        ("missing_required_header", Sent(exchange(200), parameters=names("Authorization"))),
    ],
)
def test_what_only_looks_like_noise_stays(check: str, sent: Sent) -> None:
    assert reason_to_drop(check, sent) is None


def test_every_kind_of_noise_has_its_own_reason() -> None:
    assert len({noise.reason for noise in NOISE}) == len(NOISE)


@pytest.mark.parametrize("body", [{"a": 1}, [], "x", None])
def test_valid_data_needs_no_reading(body: Any) -> None:
    assert has_lax_reading(body, lambda value: 0)


def test_a_huge_body_is_not_examined_for_ever() -> None:
    asked: list[Any] = []
    count: Callable[[Any], int] = lambda value: len(asked) if asked.append(value) else 1  # noqa: E731
    assert not has_lax_reading([True] * 100_000, count)
    assert len(asked) < 1000
