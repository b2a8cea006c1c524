"""A small service whose door is built differently by each subclass: its registration, its login, its tokens."""

from __future__ import annotations

import base64
import contextlib
import json
import secrets
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from compliance.contract import Contract, understand
from compliance.target.client import Client
from compliance.target.connection import Connection
from compliance.target.handshake import shake_hands
from compliance.target.reach import Grants, Target
from compliance.target.serving import serve
from compliance.target.tape import Tape

TEXT = {"type": "string"}
ACCOUNT = {"type": "object", "properties": {"id": {"type": "integer"}, "email": TEXT, "username": TEXT}}
NOTE = {"type": "object", "properties": {"id": {"type": "integer"}, "text": TEXT}, "required": ["text"]}


def fields(*required: str, **more: Any) -> dict[str, Any]:
    """The schema of an object with these required texts, and more fields that may be left out."""
    return {"type": "object", "properties": dict.fromkeys(required, TEXT) | more, "required": list(required)}


def content(schema: Mapping[str, Any] | None, kind: str = "application/json") -> dict[str, Any]:
    return {"content": {kind: {"schema": schema}}} if schema else {}


class House:
    """The plain one: JSON in and out, bearer tokens, nothing declared guarded unless `schemes` says how."""

    schemes: ClassVar[dict[str, Any]] = {}
    sign_up: ClassVar[dict[str, Any] | None] = fields("email", "password")
    sign_in: ClassVar[dict[str, Any] | None] = fields("email", "password")
    sign_in_kind: ClassVar[str] = "application/json"
    has_login: ClassVar[bool] = True
    #: without it only a create tells who is let in
    reads_are_guarded: ClassVar[bool] = True
    has_me: ClassVar[bool] = True

    def __init__(self) -> None:
        self.accounts: dict[str, dict[str, Any]] = {}
        self.tokens: dict[str, str] = {}
        self.notes: dict[int, dict[str, Any]] = {}
        self.registrations: list[dict[str, Any]] = []
        self.logins: list[str] = []
        self.written = 0

    # -- what subclasses change ----------------------------------------------------------------------------------

    def refuse(self, body: dict[str, Any]) -> tuple[int, Any] | None:
        """Why a registration is refused."""
        return None

    def registered(self, account: dict[str, Any]) -> Response:
        return JSONResponse({"id": len(self.accounts), "email": account.get("email")}, 201)

    def names(self, account: Mapping[str, Any]) -> list[str]:
        """What the login knows an account by."""
        return [str(account[name]) for name in ("email", "username") if name in account]

    def given(self, request: Request, body: Mapping[str, Any]) -> tuple[str, str]:
        """The name and the password in a login."""
        return str(body.get("email") or body.get("username")), str(body.get("password"))

    def let_in(self, token: str) -> Response:
        return JSONResponse({"access_token": token})

    def refused(self) -> Response:
        return JSONResponse({"detail": "wrong name or password"}, 401)

    #: the word before a token
    scheme = "Bearer"

    def token_of(self, request: Request) -> str:
        scheme, _, token = ", ".join(request.headers.getlist("authorization")).partition(" ")
        return token if scheme.lower() == self.scheme.lower() else ""

    def stranger(self) -> Response:
        return JSONResponse({"detail": "who are you?"}, 401)

    # -- the rest ------------------------------------------------------------------------------------------------

    def caller(self, request: Request) -> str | None:
        return self.tokens.get(self.token_of(request))

    def issue(self, email: str) -> str:
        token = secrets.token_urlsafe(24)
        self.tokens[token] = email
        return token

    async def register(self, request: Request) -> Response:
        body = await read(request)
        self.registrations.append(body)
        refusal = self.refuse(body) or too_short(body)
        if request.headers.get("authorization"):
            refusal = (403, {"detail": "log out first"})
        if refusal:
            return JSONResponse(refusal[1], refusal[0])
        key = self.names(body)[0]
        if key in self.accounts:
            return JSONResponse({"detail": f"{key} already exists"}, 409)
        self.accounts[key] = body
        return self.registered(body)

    async def login(self, request: Request) -> Response:
        name, password = self.given(request, await read(request))
        self.logins.append(name)
        for key, account in self.accounts.items():
            if name in self.names(account) and self.password(account) == password:
                return self.let_in(self.issue(key))
        return self.refused()

    def password(self, account: Mapping[str, Any]) -> str:
        return str(account.get("password"))

    async def me(self, request: Request) -> Response:
        who = self.caller(request)
        if who is None:
            return self.stranger()
        return JSONResponse({"email": who, "username": self.accounts[who].get("username")})

    async def all_notes(self, request: Request) -> Response:
        who = self.caller(request)
        if who is None and self.reads_are_guarded:
            return self.stranger()
        return JSONResponse([note for note in self.notes.values() if not who or note["owner"] == who])

    async def write(self, request: Request) -> Response:
        who = self.caller(request)
        if who is None:
            return self.stranger()
        self.written += 1
        number = self.written
        self.notes[number] = {**(await read(request)), "id": number, "owner": who}
        return JSONResponse(self.notes[number], 201)

    async def one_note(self, request: Request) -> Response:
        who, number = self.caller(request), int(request.path_params["note_id"])
        if who is None:
            return self.stranger()
        if self.notes.get(number, {}).get("owner") != who:
            return JSONResponse({"detail": "no such note"}, 404)
        if request.method == "DELETE":
            del self.notes[number]
            return Response(status_code=204)
        return JSONResponse(self.notes[number])

    def operations(self) -> dict[str, Any]:
        """The paths of the document."""
        guard = {"security": [{name: []} for name in self.schemes]} if self.schemes else {}
        ok = {"responses": {"200": {"description": "-", **content({"type": "array", "items": NOTE})}}}
        number = {"name": "note_id", "in": "path", "required": True, "schema": {"type": "integer"}}
        one = {"responses": {"200": {"description": "-", **content(NOTE)}}, "parameters": [number], **guard}
        made = {"responses": {"201": {"description": "-", **content(NOTE)}}, "requestBody": content(NOTE)}
        paths: dict[str, Any] = {
            "/notes": {"get": {**ok, **guard}, "post": {**made, **guard}},
            "/notes/{note_id}": {"get": one, "delete": {**one, "responses": {"204": {"description": "-"}}}},
        }
        if self.has_me:
            answer = {"responses": {"200": {"description": "-", **content(ACCOUNT)}}}
            paths["/me"] = {"get": {**answer, **guard}}
        if self.sign_up:
            paths["/register"] = {
                "post": {"requestBody": content(self.sign_up), "responses": {"201": {"description": "-"}}}
            }
        if self.has_login:
            body = {"requestBody": content(self.sign_in, self.sign_in_kind)} if self.sign_in else {}
            paths["/login"] = {"post": {**body, "responses": {"200": {"description": "-"}}}}
        return paths

    def document(self) -> dict[str, Any]:
        return {
            "openapi": "3.1.0",
            "info": {"title": type(self).__name__, "version": "1"},
            "paths": self.operations(),
            "components": {"securitySchemes": self.schemes},
        }

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/register", self.register, methods=["POST"]),
                Route("/login", self.login, methods=["GET", "POST"]),
                Route("/me", self.me),
                Route("/notes", self.all_notes, methods=["GET"]),
                Route("/notes", self.write, methods=["POST"]),
                Route("/notes/{note_id:int}", self.one_note, methods=["GET", "DELETE"]),
            ]
        )


def too_short(body: Mapping[str, Any]) -> tuple[int, Any] | None:
    """Why a body with a short password in it is refused."""
    for name, value in body.items():
        if isinstance(value, dict) and (refusal := too_short(value)):
            return refusal
        if "pass" in name and isinstance(value, str) and len(value) < 8:
            return 422, {"detail": "the password is too short"}
    return None


async def read(request: Request) -> dict[str, Any]:
    raw = await request.body() or request.url.query.encode()
    try:
        found = json.loads(raw or b"{}")
    except ValueError:
        found = dict(parse_qsl(raw.decode("utf-8", "replace")))
    return found if isinstance(found, dict) else {}


def basic(request: Request) -> tuple[str, str]:
    """Name and password of the header Authorization."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme != "Basic":
        return "", ""
    name, _, password = base64.b64decode(value).decode().partition(":")
    return name, password


@contextlib.contextmanager
def entered(
    house: House, grants: Grants | None = None, *, contract: Contract | None = None, **how: Any
) -> Iterator[Target]:
    """The house, served, with every actor that could be had; `how` goes to the target."""
    understood = contract or understand(house.document())
    with serve(house.app(), "a house") as url:
        client = Client(Connection(url), Tape())
        target = Target(understood, client, grants or Grants(writes=True), **how)
        try:
            shake_hands(target)
            yield target
        finally:
            client.close()
