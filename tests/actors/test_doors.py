"""Accounts that the first registration does not make: by the next one, or by the administrator."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from compliance.depths.outside import clean
from compliance.target.credentials import Credentials
from compliance.target.reach import Grants
from compliance.target.script import script
from tests.actors.houses import ACCOUNT, House, content, entered, fields, read

BOSS = Credentials("ADMIN_USERNAME and ADMIN_PASSWORD", "boss@example.com", "the password of the boss")
ROLE = {"type": "string", "enum": ["admin", "member"]}


class Managed(House):
    """Only the administrator makes and deletes accounts."""

    schemes: ClassVar[Any] = {"bearer": {"type": "http", "scheme": "bearer"}}
    sign_up = None

    def __init__(self) -> None:
        super().__init__()
        self.accounts[BOSS.username] = {"email": BOSS.username, "password": BOSS.password, "id": 1}

    async def admit(self, request: Request) -> Response:
        body = await read(request)
        self.registrations.append(body)
        if self.caller(request) != BOSS.username:
            return JSONResponse({"detail": "not you"}, 403)
        number = len(self.registrations) + 1
        self.accounts[body["email"]] = {**body, "id": number}
        return JSONResponse({"id": number, "email": body["email"]}, 201)

    async def dismiss(self, request: Request) -> Response:
        if self.caller(request) != BOSS.username:
            return JSONResponse({"detail": "not you"}, 403)
        number = request.path_params["user_id"]
        gone = [name for name, account in self.accounts.items() if account["id"] == number]
        for name in gone:
            del self.accounts[name]
        return Response(status_code=204 if gone else 404)

    def operations(self) -> dict[str, Any]:
        guard = {"security": [{"bearer": []}]}
        wanted = fields("email", "password", role=ROLE, is_superuser={"type": "boolean"})
        wanted["required"] += ["role", "is_superuser"]
        number = {"name": "user_id", "in": "path", "required": True, "schema": {"type": "integer"}}
        made = {"201": {"description": "-", **content(ACCOUNT)}}
        return {
            **super().operations(),
            "/users": {"post": {"requestBody": content(wanted), "responses": made, **guard}},
            "/users/{user_id}": {
                "delete": {"parameters": [number], "responses": {"204": {"description": "-"}}, **guard}
            },
        }

    def app(self) -> Any:
        app = super().app()
        app.router.routes += [
            Route("/users", self.admit, methods=["POST"]),
            Route("/users/{user_id:int}", self.dismiss, methods=["DELETE"]),
        ]
        return app


def test_the_administrator_makes_the_users_and_deletes_them() -> None:
    house = Managed()
    with entered(house, Grants(writes=True, credentials={"admin": BOSS})) as target:
        assert target.alice.source == target.bob.source == "the administrator"
        assert [row.label for row in target.ledger.rows] == ["/users/2", "/users/3"]
        assert target.carol.proven
        assert {(one["role"], one["is_superuser"]) for one in house.registrations} == {("member", False)}
        mine = target.call(target.contract.me, target.alice)
        steps = script(target, [mine])
        assert steps.index("ADMIN_PASSWORD") < steps.index("'/users'") < steps.index("'/me'")
        assert target.alice.token not in steps
        assert clean(target) == []
    assert list(house.accounts) == [BOSS.username]


def test_without_an_administrator_it_is_said_who_could_help() -> None:
    with entered(Managed()) as target:
        said = target.refusals["alice"]
        assert said.startswith(
            "POST /users makes accounts for an administrator, which needs an administrator: "
        )


class TwoDoors(House):
    """One registration is shut, another is open; one operation deletes whoever asks."""

    shut = 403

    def refuse(self, body: dict[str, Any]) -> tuple[int, Any] | None:
        return self.shut, {"detail": "closed for ever"}

    async def sign(self, request: Request) -> Response:
        body = await read(request)
        self.accounts[body["email"]] = body
        return JSONResponse({"email": body["email"]}, 201)

    async def leave(self, request: Request) -> Response:
        who = self.caller(request)
        if who is None:
            return self.stranger()
        self.accounts.pop(who, None)
        return Response(status_code=204)

    def operations(self) -> dict[str, Any]:
        paths = super().operations()
        made = {"201": {"description": "-", **content(ACCOUNT)}}
        paths["/signup"] = {"post": {"requestBody": content(fields("email", "password")), "responses": made}}
        paths["/me"]["delete"] = {"responses": {"204": {"description": "-"}}}
        return paths

    def app(self) -> Any:
        app = super().app()
        app.router.routes[:0] = [
            Route("/signup", self.sign, methods=["POST"]),
            Route("/me", self.leave, methods=["DELETE"]),
        ]
        return app


@pytest.mark.parametrize("shut", [403, 404, 410])
def test_the_next_registration_is_tried_where_the_first_is_shut(shut: int) -> None:
    house = TwoDoors()
    house.shut = shut
    with entered(house) as target:
        assert target.contract.registration.operation.label == "POST /register"
        assert target.alice.registration.operation == "POST /signup"
        assert target.bob.proven
        assert len(target.ledger.rows) == 2
        asked = len(house.registrations)
        target.account("dave")
        assert len(house.registrations) == asked, "a door that is shut is not tried again"
        assert clean(target) == []
    assert house.accounts == {}


def test_a_body_that_is_wrong_is_no_shut_door() -> None:
    house = TwoDoors()
    house.shut = 422
    with entered(house) as target:
        assert "answered 422" in target.refusals["alice"]
        assert house.accounts == {}


def test_what_the_administrator_may_give_is_no_privilege_taken() -> None:
    house = Managed()
    with entered(house, Grants(writes=True, credentials={"admin": BOSS})) as target:
        before = len(house.registrations)
        with pytest.raises(Exception, match="shows no registration"):
            target.registrar.register("eve", target.tag, {"is_superuser": True})
        assert len(house.registrations) == before


class TwoLogins(House):
    """The first login gives what only another part of the service takes."""

    both_barren = False

    async def other(self, request: Request) -> Response:
        answer = await self.login(request)
        return (
            answer if answer.status_code != 200 else JSONResponse({"access_token": "a-token-for-elsewhere"})
        )

    def operations(self) -> dict[str, Any]:
        token = {"200": {"description": "-", **content(fields("access_token"))}}
        door = {"requestBody": content(fields("email", "password")), "responses": token}
        return {**super().operations(), "/auth/login": {"post": door}, "/session": {"post": door}}

    def app(self) -> Any:
        app = super().app()
        barren = ["/auth/login", "/session"] + ["/login"] * self.both_barren
        app.router.routes[:0] = [Route(path, self.other, methods=["POST"]) for path in barren]
        return app


def test_the_next_login_is_tried_where_a_token_opens_nothing() -> None:
    house = TwoLogins()
    with entered(house) as target:
        assert target.contract.login.operation.label == "POST /auth/login"
        assert target.alice.entry.operation == target.bob.entry.operation == "POST /login"
        asked = len(house.logins)
        target.doorman.log_in(target.alice)
        assert len(house.logins) == asked + 1, "what works is what is done from then on"


def test_where_no_token_opens_anything_that_is_said() -> None:
    house = TwoLogins()
    house.both_barren = True
    with entered(house) as target:
        assert "accepted the credentials of alice" in target.refusals["alice"]
        assert len(house.logins) == 3
