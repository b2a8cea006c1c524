"""Accounts that have nothing of their own but an address and a password, and what they may make of themselves."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import httpx
import pytest

from compliance.catalogue import Untested, Violation
from tests.contract.documents import answers, takes
from tests.target.lodgings import EMPTY, House, judge

GUARD: dict[str, Any] = {"security": [{"bearer": []}]}
SHOWN: dict[str, Any] = {
    "type": "object",
    "properties": {"email": {"type": "string"}, "is_admin": {"type": "boolean"}},
}
CHANGED: dict[str, Any] = {
    "type": "object",
    "properties": {
        "email": {"type": "string", "format": "email"},
        "password": {"type": "string"},
        "is_admin": {"type": "boolean"},
    },
}


class Addressed(House):
    """Whoever is logged in changes the own address; what is said of rights is passed over."""

    heeded: ClassVar[tuple[str, ...]] = ("email",)
    more: ClassVar[dict[str, Any]] = {
        "/me": {
            "get": {"responses": answers(SHOWN), **GUARD},
            "patch": {"requestBody": takes(CHANGED), "responses": answers(SHOWN), **GUARD},
            "delete": {"responses": EMPTY, **GUARD},
        }
    }

    def __init__(self) -> None:
        super().__init__()
        self.admins: set[str] = set()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        answer = super().__call__(request)
        if request.url.path != "/me" or request.method == "DELETE" or not answer.is_success:
            return answer
        token = request.headers["authorization"].removeprefix("Bearer ")
        if request.method == "PATCH":
            said = json.loads(request.content)
            self.heed(token, {name: said[name] for name in self.heeded if name in said})
        who = self.sessions[token]
        return httpx.Response(200, json={"email": who, "is_admin": token in self.admins})

    def heed(self, token: str, said: dict[str, Any]) -> None:
        old = self.sessions[token]
        new = said.get("email", old)
        self.accounts[new] = self.accounts.pop(old)
        self.sessions = {key: new if one == old else one for key, one in self.sessions.items()}
        if said.get("is_admin"):
            self.admins.add(token)


class Generous(Addressed):
    """It makes an administrator of whoever asks."""

    heeded = ("email", "is_admin")


class Confirmed(Addressed):
    """A new address counts once a mail is answered."""

    heeded = ()


def test_an_address_is_enough_to_show_that_an_update_works():
    judge("ACC-011", Addressed())


def test_a_right_that_is_taken_beside_an_address_is_found():
    with pytest.raises(Violation, match="is_admin"):
        judge("ACC-011", Generous())


def test_an_address_that_waits_for_a_mail_shows_nothing():
    with pytest.raises(Untested, match="changes nothing"):
        judge("ACC-011", Confirmed())
