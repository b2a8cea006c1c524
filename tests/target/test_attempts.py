"""Names that nobody has, passwords made to length, and what a login gives to renew it."""

import json

import pytest

from compliance.target.attempts import unlike
from compliance.target.forging import counterfeit, take_apart
from compliance.target.renewals import renewal_token
from compliance.target.secrets import Secrets
from compliance.target.tape import Exchange


@pytest.mark.parametrize("name", ["ann.b-7@example.com", "Ann7", "5550001234", "a@x.example", "ab"])
def test_a_stranger_has_a_name_of_the_same_make(name: str):
    other = unlike(name)

    assert other != name or len(name.partition("@")[0]) < 2
    assert len(other) == len(name)
    assert other.partition("@")[1:] == name.partition("@")[1:]
    assert [sign.isdigit() for sign in other] == [sign.isdigit() for sign in name]
    assert [sign.isupper() for sign in other] == [sign.isupper() for sign in name]


@pytest.mark.parametrize("length", [7, 64, 80])
def test_a_password_is_made_to_length_and_kept(length: int):
    secrets = Secrets()
    password = secrets.password("trial", longest=20, exactly=length)

    assert len(password) == length
    assert password in secrets.passwords.values()


@pytest.mark.parametrize(
    "token", ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "opaque-Token_0123456789abcdef"]
)
def test_a_counterfeit_looks_genuine_and_is_not(token: str):
    false = counterfeit(token)

    assert false != token
    assert len(false) == len(token)
    assert (take_apart(false) is None) == (take_apart(token) is None)
    assert false.split(".")[:2] == token.split(".")[:2] or take_apart(token) is None


REFRESH = "r" * 20


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        ({"access_token": "a" * 20, "refresh_token": REFRESH}, (), REFRESH),
        ({"data": {"tokens": {"access": "a" * 20, "refresh": REFRESH}}}, (), REFRESH),
        ({"refreshToken": f"Bearer {REFRESH}"}, (), REFRESH),
        ({"access_token": "a" * 20}, (("set-cookie", f"refresh_token={REFRESH}; HttpOnly"),), REFRESH),
        ({"access_token": "a" * 20, "refresh_token_expires_at": "2026-11-23T13:00:00Z"}, (), ""),
        ({"access_token": "a" * 20, "refresh_token": None}, (), ""),
        ({"access_token": "a" * 20, "refresh_url": "https://x.example/refresh"}, (), ""),
    ],
)
def test_a_token_for_renewal_is_found_by_its_name(body, headers, expected):
    entry = Exchange("alice", "", "POST", "http://x/login", (), b"", 200, headers, json.dumps(body).encode())

    assert renewal_token(entry) == expected
