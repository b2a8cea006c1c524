"""Logins whose tokens open nothing, and those of which that is not to be said."""

from __future__ import annotations

import json
import time
from typing import Any, ClassVar

import httpx
import jwt
import pytest

from compliance.catalogue import Untested, Violation, load
from compliance.contract import understand
from compliance.target.client import Client
from compliance.target.connection import Connection
from compliance.target.credentials import Credentials
from compliance.target.handshake import shake_hands
from compliance.target.reach import Grants, Target
from compliance.target.tape import Tape
from tests.contract.documents import answers, document, obj, takes

KEY = "a key that signs tokens in these tests only"
ACCOUNT = obj("email", "password", required=("email", "password"))
RULE = load().rule("AUT-007")


class Door:
    """Its tokens are dead: nothing accepts them."""

    schemes: ClassVar[Any] = {"bearer": {"type": "http", "scheme": "bearer"}}
    more: ClassVar[Any] = {}

    def __init__(self) -> None:
        self.accounts: dict[str, str] = {"ann@x.example": "the password of ann"}

    def claims(self) -> dict[str, Any]:
        return {"sub": "1", "iat": int(time.time()), "exp": int(time.time()) + 900}

    def answered(self) -> dict[str, Any]:
        return {"access_token": jwt.encode(self.claims(), KEY, "HS256")}

    def to(self, token: str) -> httpx.Response:
        """The answer of a guarded read to a token."""
        return self.stranger()

    def stranger(self) -> httpx.Response:
        return httpx.Response(401, json={"detail": "no"})

    def is_genuine(self, token: str) -> bool:
        try:
            jwt.decode(token, KEY, ["HS256"], {"verify_exp": False, "verify_sub": False})
        except jwt.InvalidTokenError:
            return False
        return True

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path in ("/me", "/things"):
            token = request.headers.get("authorization", "").removeprefix("Bearer ")
            return self.to(token) if token else self.stranger()
        body = json.loads(request.content)
        if request.url.path == "/register":
            self.accounts[body["email"]] = body["password"]
            return httpx.Response(201, json={"email": body["email"]})
        if self.accounts.get(body["email"]) != body["password"]:
            return httpx.Response(401, json={"detail": "wrong"})
        return httpx.Response(200, json=self.answered())

    def document(self) -> dict[str, Any]:
        guard = {"security": [{name: []} for name in self.schemes]} if self.schemes else {}
        paths = {
            "/register": {"post": {"requestBody": takes(ACCOUNT), "responses": answers(obj("email"), "201")}},
            "/login": {"post": {"requestBody": takes(ACCOUNT), "responses": answers(obj("access_token"))}},
            "/me": {"get": {"responses": answers(obj("email")), **guard}},
            "/things": {"get": {"responses": answers({"type": "array", "items": obj("id")}), **guard}},
            **self.more,
        }
        made = document(paths)
        made["components"]["securitySchemes"] = self.schemes
        return made


def judge(door: Door, **given: Credentials) -> Target:
    client = Client(Connection("http://door.example"), Tape(), transport=httpx.MockTransport(door))
    target = Target(understand(door.document()), client, Grants(writes=True, credentials=given))
    shake_hands(target)
    assert target.contract.login is not None
    RULE(target, target.contract.login.operation)
    return target


class Unsigned(Door):
    """Its subject is a number, which it refuses in other words than a forged token."""

    def claims(self) -> dict[str, Any]:
        return {**super().claims(), "sub": 1}

    def to(self, token: str) -> httpx.Response:
        return httpx.Response(401, json={"detail": "sub?" if self.is_genuine(token) else "signature?"})


class Late(Unsigned):
    """Its tokens have ended when they are issued."""

    def claims(self) -> dict[str, Any]:
        return {**Door.claims(self), "exp": int(time.time()) - 3600}


class Forbidding(Door):
    """It answers 403 to whatever it does not believe."""

    def stranger(self) -> httpx.Response:
        return httpx.Response(403, json={"detail": "Could not validate credentials"})


@pytest.mark.parametrize("door", [Door, Unsigned, Late, Forbidding])
def test_a_dead_token_is_found(door: type[Door]):
    with pytest.raises(Violation, match="an issued token opens nothing"):
        judge(door())


def test_it_is_found_with_given_users_too():
    with pytest.raises(Violation, match="an issued token opens nothing"):
        judge(Door(), alice=Credentials("the tests", "ann@x.example", "the password of ann"))


class Unverified(Door):
    """The address has to be confirmed first, as another operation shows."""

    more: ClassVar[Any] = {"/auth/verify-email": {"post": {"responses": {"200": {"description": ""}}}}}


class Inactive(Door):
    """Somebody has to switch the account on, as the login says."""

    def answered(self) -> dict[str, Any]:
        return {**super().answered(), "user": {"is_active": False}}


class SecondFactor(Door):
    """The login is half of it."""

    def answered(self) -> dict[str, Any]:
        return {**super().answered(), "mfa_required": True}


class Understanding(Door):
    """It tells a genuine token from a forged one, and wants something else."""

    def to(self, token: str) -> httpx.Response:
        if self.is_genuine(token):
            return httpx.Response(403, json={"detail": "members only"})
        return self.stranger()


class Mute(Door):
    """Neither the document nor a refusal says how a token is presented."""

    schemes: ClassVar[Any] = {}


class SomeRead(Door):
    """One read of several takes the token."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if request.url.path == "/things" and self.is_genuine(token):
            return httpx.Response(200, json=[])
        return super().__call__(request)


class Failing(Door):
    """It makes mistakes."""

    def to(self, token: str) -> httpx.Response:
        return httpx.Response(500)


@pytest.mark.parametrize("door", [Unverified, Inactive, SecondFactor, Understanding, Mute, Failing])
def test_in_doubt_nothing_is_said(door: type[Door]):
    with pytest.raises(Untested):
        judge(door())


def test_one_read_that_takes_it_is_enough():
    assert judge(SomeRead()).alice.accepted


class Wrong(Door):
    """Nobody gets in at all."""

    def answered(self) -> dict[str, Any]:
        return {"detail": "not today"}


def test_a_login_without_a_token_is_another_matter():
    with pytest.raises(Untested, match="no login issued a token"):
        judge(Wrong())
