"""A house without a socket, with accounts and sessions, for rules that are tried one at a time; subclasses are odd."""

from __future__ import annotations

import json
import secrets
from typing import Any, ClassVar

import httpx

from compliance.catalogue import load
from compliance.contract import understand
from compliance.target.client import Client
from compliance.target.connection import Connection
from compliance.target.handshake import shake_hands
from compliance.target.reach import Grants, Target
from compliance.target.tape import Tape
from tests.contract.documents import answers, document, obj, takes

CATALOGUE = load()
ACCOUNT = obj("email", "password", required=("email", "password"))
CHANGE = obj("current_password", "new_password", required=("current_password", "new_password"))
EMPTY: dict[str, Any] = {"204": {"description": ""}}


class House:
    """Sessions, each with a token to use and one to renew it; all of it ends when it should."""

    more: ClassVar[dict[str, Any]] = {}
    logout: ClassVar[dict[str, Any]] = {"security": [{"bearer": []}], "responses": EMPTY}

    def __init__(self) -> None:
        self.accounts: dict[str, str] = {}
        self.sessions: dict[str, str] = {}
        self.renewals: dict[str, str] = {}
        self.gone: set[str] = set()

    def document(self) -> dict[str, Any]:
        guard: dict[str, Any] = {"security": [{"bearer": []}]}
        login = answers(obj("access_token", "refresh_token"))
        made = document(
            {
                "/register": {
                    "post": {"requestBody": takes(ACCOUNT), "responses": answers(obj("email"), "201")}
                },
                "/login": {"post": {"requestBody": takes(ACCOUNT), "responses": login}},
                "/me": {
                    "get": {"responses": answers(obj("email")), **guard},
                    "delete": {"responses": EMPTY, **guard},
                },
                "/me/password": {"put": {"requestBody": takes(CHANGE), "responses": EMPTY, **guard}},
                "/logout": {"post": self.logout},
                **self.more,
            }
        )
        made["components"]["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
        return made

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else {}
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        who = self.sessions.get(token)
        deed = f"{request.method} {request.url.path}"
        if deed == "POST /register":
            return self.register(body["email"], body["password"])
        if deed == "POST /login":
            return self.log_in(body["email"], body["password"])
        if who is None:
            return httpx.Response(401, json={"detail": "who are you?"})
        if deed == "DELETE /me":
            return self.close(who)
        if deed == "PUT /me/password":
            return self.change(who, token, body)
        if deed == "POST /logout":
            return self.leave(token)
        return httpx.Response(200, json={"email": who})

    def register(self, email: str, password: str) -> httpx.Response:
        if len(password) < 8:
            return httpx.Response(422, json={"detail": "too short"})
        self.accounts[email] = password
        return httpx.Response(201, json={"email": email})

    def log_in(self, email: str, password: str) -> httpx.Response:
        if self.accounts.get(email) != password:
            return httpx.Response(401, json={"detail": "wrong"})
        token, renewal = secrets.token_hex(16), secrets.token_hex(16)
        self.sessions[token], self.renewals[renewal] = email, email
        return httpx.Response(200, json={"access_token": token, "refresh_token": renewal})

    def close(self, who: str) -> httpx.Response:
        del self.accounts[who]
        self.end(who)
        return httpx.Response(204)

    def change(self, who: str, token: str, body: dict[str, str]) -> httpx.Response:
        if self.accounts[who] != body["current_password"]:
            return httpx.Response(403, json={"detail": "wrong"})
        self.accounts[who] = body["new_password"]
        self.end(who, but_for=token)
        return httpx.Response(204)

    def leave(self, token: str) -> httpx.Response:
        del self.sessions[token]
        return httpx.Response(204)

    def end(self, who: str, but_for: str = "") -> None:
        self.sessions = {key: one for key, one in self.sessions.items() if one != who or key == but_for}


def judge(name: str, house: House) -> None:
    client = Client(
        Connection("http://house.example"), Tape(), sleep=lambda _: None, transport=httpx.MockTransport(house)
    )
    target = Target(understand(house.document()), client, Grants(writes=True))
    shake_hands(target)
    assert target.alice.accepted
    rule = CATALOGUE.rule(name)
    (subject,) = rule.subjects(target.contract)
    rule(target, subject)
