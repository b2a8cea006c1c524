"""Nothing that a run knows as a secret leaves it, however it is written."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import urllib.parse

import pytest

from compliance.target.evidence import SHOWN, evidence
from compliance.target.scanning import find
from compliance.target.secrets import Secrets
from compliance.target.tape import Exchange

PASSWORD = 'Zk9!a"b\\c&d <é>/+='
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


@pytest.fixture
def secrets() -> Secrets:
    return Secrets({"alice": PASSWORD}, {"alice": ["an-opaque-token-of-alice"]})


WRITTEN = {
    "plain": PASSWORD,
    "JSON": json.dumps(PASSWORD),
    "JSON with its letters": json.dumps(PASSWORD, ensure_ascii=False),
    "percent": urllib.parse.quote(PASSWORD),
    "percent, all": urllib.parse.quote(PASSWORD, safe=""),
    "form": urllib.parse.urlencode({"password": PASSWORD}),
    "HTML": html.escape(PASSWORD),
    "repr": repr(PASSWORD),
    "base64": base64.b64encode(PASSWORD.encode()).decode(),
    "basic": base64.b64encode(f"alice:{PASSWORD}".encode()).decode(),
    "hexadecimal": PASSWORD.encode().hex(),
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN.keys())
def test_a_password_is_redacted_in_every_spelling(secrets: Secrets, text: str) -> None:
    shown = secrets.redact(f"before {text} after")
    assert text not in shown
    assert "Zk9!" not in shown.replace("$ALICE", "")
    assert shown.startswith("before ")
    assert shown.endswith(" after")


@pytest.mark.parametrize("text", ["an-opaque-token-of-alice", JWT, f"Bearer {JWT}", f"{JWT[:-4]}AAAA"])
def test_tokens_are_redacted_whoever_made_them(secrets: Secrets, text: str) -> None:
    shown = secrets.redact(f"see {text}!")
    assert "opaque" not in shown
    assert "eyJ" not in shown


def test_fields_that_hold_secrets_are_hidden_whatever_they_hold(secrets: Secrets) -> None:
    body = json.dumps(
        {"access_token": "short", "password": 'with "quotes" in it', "name": "kept", "refresh_token": "x"}
    )
    shown = json.loads(secrets.redact(body))
    assert shown == {
        "access_token": "<hidden>",
        "password": "<hidden>",
        "name": "kept",
        "refresh_token": "<hidden>",
    }


@pytest.mark.parametrize(
    "name", ["accessToken", "auth_token", "jwt", "api-key", "X_SESSION", "passwordAgain"]
)
def test_a_field_is_hidden_by_what_its_name_speaks_of(secrets: Secrets, name: str) -> None:
    assert secrets.redact(f'{{"a": "b", "{name}" : "opa\\"que", "c": "d"}}') == (
        f'{{"a": "b", "{name}" : "<hidden>", "c": "d"}}'
    )
    assert secrets.redact(f'{{"{name}": "cut off') == f'{{"{name}": "<hidden>"'


@pytest.mark.parametrize(
    "text",
    [
        '{"token_type": "bearer"}',
        '{"passwordChangedAt": "2026-01-01"}',
        '{"session": null}',
        '{"has_password": true}',
        '{"loc": ["body", "password"], "msg": "token: wrong"}',
    ],
)
def test_a_harmless_field_is_shown(secrets: Secrets, text: str) -> None:
    assert secrets.redact(text) == text


def test_a_secret_in_a_harmless_field_is_none_the_less_redacted(secrets: Secrets) -> None:
    text = '{"token_url": "/x/an-opaque-token-of-alice"}'
    assert secrets.redact(text) == '{"token_url": "/x/$ALICE_TOKEN"}'


def test_nothing_is_replaced_inside_a_replacement() -> None:
    secrets = Secrets(
        given={"admin password": "password", "alice password": "admin", "signing key": "PASSWORD-KEY"}
    )
    text = "password passwords admin PASSWORD-KEY administrator"
    assert secrets.redact(text) == "$ADMIN_PASSWORD passwords $ALICE_PASSWORD $SIGNING_KEY administrator"


def test_a_given_secret_that_is_no_word_is_redacted_wherever_it_stands() -> None:
    secrets = Secrets(given={"signing key": "k3y-of-the-service"})
    assert secrets.redact("xk3y-of-the-servicex") == "x$SIGNING_KEYx"
    assert secrets.redact(b"k3y-of-the-service".hex()) == "$SIGNING_KEY"
    assert secrets.passwords == {}


@pytest.mark.parametrize(
    ("value", "text", "shown"),
    [
        ("information", "misinformation", "misinformation"),
        ("information", "the information of", "the $SIGNING_KEY of"),
        ("informational", "misinformational", "mis$SIGNING_KEY"),
        ("12345678901", "9123456789012", "9123456789012"),
        ("123456789012", "91234567890123", "9$SIGNING_KEY3"),
    ],
)
def test_a_given_word_of_less_than_twelve_signs_is_a_secret_only_where_it_stands_alone(
    value: str, text: str, shown: str
) -> None:
    assert Secrets(given={"signing key": value}).redact(text) == shown


def test_an_earlier_token_is_not_forgotten(secrets: Secrets) -> None:
    secrets.remember_token("alice", "another-token-of-alice")
    assert secrets.redact("an-opaque-token-of-alice, another-token-of-alice") == "$ALICE_TOKEN, $ALICE_TOKEN"


def test_a_secret_that_begins_with_another_is_redacted_as_a_whole() -> None:
    secrets = Secrets({"short": "Zk9!abcdefgh", "long": "Zk9!abcdefgh12345678"})
    assert secrets.redact("Zk9!abcdefgh12345678") == "$LONG_PASSWORD"


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("Authorization", "Bearer an-opaque-token-of-alice", "Bearer $ALICE_TOKEN"),
        ("authorization", "Bearer unknown", "Bearer <hidden>"),
        ("Cookie", "session=abc", "<hidden>"),
        ("Set-Cookie", "session=abc", "<hidden>"),
        ("X-Api-Key", "abc", "<hidden>"),
        ("x-access-token", "opaque", "<hidden>"),
        ("x-auth-token", "opaque more", "<hidden>"),
        ("Set-Cookie", "session=abc; Path=/", "<hidden>"),
        ("X-Token-Expires", "soon", "soon"),
        ("WWW-Authenticate", "Bearer", "Bearer"),
        ("X-Echo", PASSWORD, "$ALICE_PASSWORD"),
        ("Content-Type", "application/json", "application/json"),
    ],
)
def test_headers_with_credentials_are_hidden(secrets: Secrets, name: str, value: str, shown: str) -> None:
    assert secrets.redact_header(name, value) == shown


def test_passwords_are_new_and_of_all_classes() -> None:
    secrets = Secrets()
    made = {secrets.password(str(number), 12) for number in range(50)}
    assert len(made) == 50
    for password in made:
        assert len(password) == 12
        assert any(c.isupper() for c in password)
        assert any(c.islower() for c in password)
        assert any(c.isdigit() for c in password)
        assert any(not c.isalnum() for c in password)


def test_evidence_redacts_everything_and_cuts_after_that(secrets: Secrets) -> None:
    padding = "x" * (SHOWN - 5)
    exchange = Exchange(
        actor="alice",
        operation="op",
        method="POST",
        url=f"http://127.0.0.1/a?password={urllib.parse.quote(PASSWORD, safe='')}",
        request_headers=(("Authorization", "Bearer an-opaque-token-of-alice"),),
        request_body=json.dumps({"password": PASSWORD}).encode(),
        status=200,
        headers=(("Location", f"/x?t={JWT}"),),
        body=(padding + PASSWORD).encode(),
    )
    shown = evidence(exchange, secrets)
    assert find(PASSWORD, repr(shown)) == ""
    assert "Zk9!" not in repr(shown)
    assert "opaque" not in repr(shown)
    assert "eyJ" not in repr(shown)
    assert "more characters" in shown.response_body
    assert shown.url.startswith("http://127.0.0.1/a?password=$ALICE_PASSWORD")


def test_evidence_of_bytes_that_are_no_text(secrets: Secrets) -> None:
    exchange = Exchange("alice", "", "POST", "http://127.0.0.1/", (), b"\xff\xfe", 500, (), b"\xff\x00")
    shown = evidence(exchange, secrets)
    assert shown.request_body == "\\xff\\xfe"
    assert (
        evidence(Exchange("a", "", "GET", "http://h/", (), b"", 200, (), b""), secrets).request_body is None
    )
    assert isinstance(shown.response_body, str)


CANARY = "Zk9!0123456789abcdefghij"
SHAPES = {
    "plain": CANARY,
    "reversed": CANARY[::-1],
    "percent-encoded": urllib.parse.quote(CANARY, safe=""),
    "hexadecimal": CANARY.encode().hex().upper(),
    "escaped as code points": "".join(f"\\u{ord(c):04X}" for c in CANARY),
    "sha256 digest": hashlib.sha256(CANARY.encode()).hexdigest().upper(),
    "md5 digest": hashlib.md5(CANARY.encode()).hexdigest(),
}


@pytest.mark.parametrize(("name", "text"), SHAPES.items(), ids=SHAPES.keys())
def test_a_canary_is_found_in_every_shape(name: str, text: str) -> None:
    assert find(CANARY, f'{{"a": "{text}"}}') == name


@pytest.mark.parametrize("before", ["", "a", "ab", "abc", "alice:"])
@pytest.mark.parametrize("after", ["", "z", "zz"])
def test_a_canary_is_found_in_base64_at_every_alignment(before: str, after: str) -> None:
    raw = (before + CANARY + after).encode()
    assert find(CANARY, base64.b64encode(raw).decode()).startswith("base64 at")
    assert find(CANARY, base64.urlsafe_b64encode(raw).decode()).startswith("base64")


@pytest.mark.parametrize(
    "text", ["", "{}", "Zk9!", CANARY[:-1], CANARY.lower(), hashlib.sha256(b"other").hexdigest()]
)
def test_nothing_is_found_where_there_is_nothing(text: str) -> None:
    assert find(CANARY, text) == ""
