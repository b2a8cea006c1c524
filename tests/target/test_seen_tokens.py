"""Where a token may be seen: what SEC-006 says of one answer among others."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import jwt
import pytest

from compliance.catalogue import NotApplicable, Untested, Violation, load
from compliance.contract import understand
from compliance.target.actors import Actor
from compliance.target.secrets import Secrets
from compliance.target.tape import Exchange

RULE = load().rule("SEC-006")
BASE = "http://127.0.0.1:1"
KEY = "a key that signs tokens in tests only"
TOKEN = jwt.encode({"sub": "7", "exp": int(time.time()) + 900}, KEY, "HS256")
OPAQUE = "3f9c2b7e6a5d4c1b8f7e6d5c4b3a2918"
CONTRACT = understand({"openapi": "3.1.0", "info": {}, "paths": {"/users/me": {"get": {}}}}, "")


def answer(
    operation: str,
    body: str = "{}",
    *headers: tuple[str, str],
    status: int = 200,
    sent: str = "",
    query: str = "",
) -> Exchange:
    method, _, path = operation.partition(" ")
    return Exchange(
        "alice", operation, method, f"{BASE}{path}{query}", (), sent.encode(), status, headers, body.encode()
    )


LOGIN = answer("POST /login", f'{{"access_token": "{TOKEN}"}}')


def judge(*answers: Exchange, token: str = TOKEN, **about: Any) -> None:
    actor = Actor("alice", username="alice", token=token, entry=LOGIN, proven=True, **about)
    secrets = Secrets()
    secrets.remember_token("alice", token)
    RULE.check(
        SimpleNamespace(tape=[LOGIN, *answers], actors={"alice": actor}, secrets=secrets, contract=CONTRACT),
        CONTRACT.service,
    )


ME = answer("GET /users/me", '{"id": 7}')


@pytest.mark.parametrize(
    "leak",
    [
        answer("GET /users/me", f'{{"id": 7, "token": "{TOKEN}"}}'),
        answer("GET /users/8", f'{{"detail": "{TOKEN} may not"}}', status=403),
        answer("GET /users/me", "{}", ("X-Token", TOKEN)),
        answer("GET /users/me", "", ("Location", f"https://elsewhere.example/?t={TOKEN}"), status=302),
        answer("POST /login", "", ("Location", f"/home?access_token={TOKEN}"), status=303),
    ],
)
def test_a_token_beside_its_issue_is_found(leak: Exchange) -> None:
    with pytest.raises(Violation):
        judge(ME, leak)


@pytest.mark.parametrize(
    "harmless",
    [
        answer("POST /auth/refresh", f'{{"access_token": "{TOKEN}"}}'),
        answer("GET /users/me", "{}", ("Set-Cookie", f"session={TOKEN}; HttpOnly")),
        answer("POST /introspect", f'{{"token": "{TOKEN}", "active": true}}', sent=f"token={TOKEN}"),
        answer("GET /notes", f'{{"next": "/notes?page=2&token={TOKEN}"}}', query=f"?token={TOKEN}"),
        answer("GET /users/me", '{"sub": "7"}'),
    ],
)
def test_what_issues_it_or_was_told_it_is_no_leak(harmless: Exchange) -> None:
    judge(ME, harmless)


def test_an_opaque_token_is_found_as_well_but_no_id() -> None:
    shown = answer("GET /users/me", f'{{"id": "{OPAQUE}"}}')
    with pytest.raises(Violation):
        judge(ME, shown, token=OPAQUE)
    with pytest.raises(NotApplicable):
        judge(ME, shown, token=OPAQUE, identity={"id": OPAQUE})


def test_nothing_is_said_where_nothing_but_logins_was_answered() -> None:
    with pytest.raises(Untested):
        judge()
