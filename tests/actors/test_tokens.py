"""Every usual way of giving out a token and of presenting it: two users are proven, and the rules judge with them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from compliance import catalogue
from compliance.catalogue import Outcome
from compliance.contract import understand
from compliance.result import Run
from compliance.run import judge
from compliance.target.credentials import Credentials, Presentation
from compliance.target.reach import Grants
from compliance.target.serving import serve
from tests.actors.houses import NOTE, TEXT, House, basic, content, entered, fields, read


class TokenScheme(House):
    """`Authorization: Token …`, which only the challenge tells."""

    scheme = "Token"

    def stranger(self) -> Response:
        return JSONResponse({"detail": "no"}, 401, {"WWW-Authenticate": 'Token realm="notes"'})


class KeyHeader(House):
    """A bare token in a header that the document names."""

    schemes: ClassVar[dict[str, Any]] = {"key": {"type": "apiKey", "in": "header", "name": "X-Notes-Key"}}

    def token_of(self, request: Request) -> str:
        return request.headers.get("x-notes-key", "")


class BareAuthorization(House):
    """A token alone in the header Authorization, and a document that says nothing."""

    def token_of(self, request: Request) -> str:
        return request.headers.get("authorization", "")


class CookieSession(House):
    """A session in a cookie; everybody gets one, and only a login makes it worth anything."""

    def let_in(self, token: str) -> Response:
        answer = JSONResponse({"message": "welcome"})
        answer.set_cookie("sessionid", token, httponly=True)
        answer.set_cookie("csrftoken", "c" * 24)
        return answer

    def refused(self) -> Response:
        answer = JSONResponse({"message": "no"}, 200)
        answer.set_cookie("sessionid", "s" * 24, httponly=True)
        return answer

    def token_of(self, request: Request) -> str:
        return request.cookies.get("sessionid", "")


class Bare(House):
    """The answer to the login is the token: a JSON string."""

    def let_in(self, token: str) -> Response:
        return JSONResponse(token)


class BareText(House):
    """The answer to the login is the token: a plain text."""

    def let_in(self, token: str) -> Response:
        return PlainTextResponse(token)


class HeaderOfTheAnswer(House):
    def let_in(self, token: str) -> Response:
        return Response(status_code=200, headers={"Authorization": f"Bearer {token}"})


class Nested(House):
    def let_in(self, token: str) -> Response:
        return JSONResponse({"data": {"user": {"token": token}}, "success": True})


class BasicAlone(House):
    """No login: the name and the password go with every request."""

    schemes: ClassVar[dict[str, Any]] = {"basic": {"type": "http", "scheme": "basic"}}
    has_login = False

    def caller(self, request: Request) -> str | None:
        name, password = basic(request)
        known = self.accounts.get(name)
        return name if known and known["password"] == password else None


class BasicLogin(House):
    """A login that hides its body because it has none: it takes the header Authorization."""

    sign_in = None

    def given(self, request: Request, body: Any) -> tuple[str, str]:
        return basic(request)


class QueryLogin(House):
    def given(self, request: Request, body: Any) -> tuple[str, str]:
        return request.query_params.get("email", ""), request.query_params.get("password", "")

    def operations(self) -> dict[str, Any]:
        asked = [
            {"name": name, "in": "query", "required": True, "schema": TEXT} for name in ("email", "password")
        ]
        post = {"parameters": asked, "responses": {"200": {"description": "-"}}}
        return {**super().operations(), "/login": {"post": post}}


class HiddenForm(House):
    """A login that hides its body and takes a form."""

    sign_in = None

    async def login(self, request: Request) -> Response:
        if "form" not in request.headers.get("content-type", ""):
            return JSONResponse({"detail": "a form, please"}, 422)
        return await super().login(request)


class Swagger(House):
    """Swagger 2.0: registration and login by form fields, and not a word on credentials."""

    def document(self) -> dict[str, Any]:
        paths = super().document()["paths"]
        asked = [
            {"name": n, "in": "formData", "type": "string", "required": True} for n in ("email", "password")
        ]
        form = {"consumes": ["application/x-www-form-urlencoded"], "parameters": asked}
        for path in ("/login", "/register"):
            paths[path] = {"post": {**form, "responses": {"200": {"description": "-"}}}}
        note = {"name": "body", "in": "body", "schema": NOTE}
        paths["/notes"]["post"] = {
            "parameters": [note],
            "responses": {"201": {"description": "-", "schema": NOTE}},
        }
        return {"swagger": "2.0", "info": {"title": "old", "version": "1"}, "paths": paths}


class Wrapped(House):
    sign_up = fields(user=fields("email", "username", "password")) | {"required": ["user"]}
    sign_in = fields(user=fields("email", "password")) | {"required": ["user"]}

    def names(self, account: Any) -> list[str]:
        return [account["user"]["email"]]

    def password(self, account: Any) -> str:
        return str(account["user"]["password"])

    def given(self, request: Request, body: Any) -> tuple[str, str]:
        return body["user"]["email"], body["user"]["password"]

    def let_in(self, token: str) -> Response:
        return JSONResponse({"user": {"token": token}})


class EmailAsUsername(House):
    """The field of the login is called username and takes the e-mail address."""

    sign_up = fields("username", "email", "password")
    sign_in = fields("username", "password")
    sign_in_kind = "application/x-www-form-urlencoded"

    def names(self, account: Any) -> list[str]:
        return [account["email"]]


class SuccessFalse(House):
    """Refusals are answered 200."""

    def refused(self) -> Response:
        return JSONResponse({"success": False, "token": "no such user or wrong password"}, 200)

    def let_in(self, token: str) -> Response:
        return JSONResponse({"success": True, "token": token})


class OptionalCredentials(House):
    """Lists answer everybody, "me" says nothing of nobody, and only creates are guarded."""

    reads_are_guarded = False
    has_me = False


class TwoLogins(House):
    """The first login answers something that opens nothing any more; the second one works."""

    def operations(self) -> dict[str, Any]:
        plain = {"requestBody": content(self.sign_in), "responses": {"200": {"description": "-"}}}
        return {"/v0/login": {"post": plain}, **super().operations()}


class TokenFromRegistration(House):
    """There is no login: whoever registers is in."""

    has_login = False

    def registered(self, account: dict[str, Any]) -> Response:
        return JSONResponse({"token": self.issue(account["email"])}, 201)


HOUSES = [
    *(
        House,
        TokenScheme,
        KeyHeader,
        BareAuthorization,
        CookieSession,
        Bare,
        BareText,
        HeaderOfTheAnswer,
        Nested,
    ),
    *(
        BasicAlone,
        BasicLogin,
        Wrapped,
        EmailAsUsername,
        SuccessFalse,
        OptionalCredentials,
        TokenFromRegistration,
    ),
]


@pytest.mark.parametrize("kind", HOUSES)
def test_two_users_are_proven(kind: type[House]) -> None:
    with entered(kind()) as target:
        assert target.refusals.keys() <= {"admin"}
        assert target.alice.proven
        assert target.bob.proven
        answer = target.call(target.contract.resources[0].listing.operation, target.bob)
        assert answer.ok


def test_a_document_that_declares_nothing_does_not_hide_what_is_guarded() -> None:
    house = House()
    with entered(house) as target:
        listing, create = (
            next(o for o in target.contract.operations if o.label == label)
            for label in ("GET /notes", "POST /notes")
        )
        assert create.guarded is None
        assert target.guards.guarded(create) is None
        target.guards.ask(listing)
        assert target.guards.guarded(listing) is True


def test_a_login_that_worked_once_is_the_only_one_that_is_tried_then() -> None:
    house = EmailAsUsername()
    with entered(house) as target:
        before = len(house.logins)
        target.account("dave")
        assert len(house.logins) == before + 1


def test_a_second_login_is_tried_where_the_first_gives_nothing() -> None:
    house = TwoLogins()
    contract = understand(house.document())
    assert contract.login is not None
    labels = {o.label: o for o in contract.operations}
    both = tuple(replace(contract.login, operation=labels[one]) for one in ("POST /v0/login", "POST /login"))
    with entered(house, contract=replace(contract, login=both[0], logins=both)) as target:
        assert target.alice.proven
    assert target.doorman.used is not None
    assert target.doorman.used[0].operation.label == "POST /login"


def test_a_given_token_is_presented_as_said() -> None:
    class Odd(House):
        def token_of(self, request: Request) -> str:
            return request.headers.get("x-odd", "").removeprefix("Key ")

    house = Odd()
    house.accounts = {"a@example.com": {}, "b@example.com": {}}
    people = {
        name: Credentials(
            f"{name.upper()}_TOKEN",
            token=house.issue(f"{name[0]}@example.com"),
            presentation=Presentation("X-Odd", "Key"),
        )
        for name in ("alice", "bob")
    }
    with entered(house, Grants(credentials=people)) as target:
        assert target.alice.proven
        assert target.bob.proven
        assert people["alice"].token not in target.secrets.redact(f"it is {people['alice'].token}")


def judged(house: House) -> Run:
    with serve(house.app(), "a house") as url:
        return judge(
            catalogue.load(("compliance",)), house.document(), url, Grants(writes=True),
            choose=lambda one: one.rule.family in ("AUT", "ACC"),
        )  # fmt: skip


@pytest.mark.parametrize("kind", HOUSES)
def test_no_rule_is_broken_by_an_odd_door(kind: type[House]) -> None:
    run = judged(kind())
    broken = [
        r for r in run.results if r.outcome in (Outcome.VIOLATION, Outcome.ERROR) and r.rule.id != "AUT-005"
    ]
    assert broken == []
    assert run.missing == []
    assert [one for one in run.leftovers if not one.startswith("the account")] == []


@pytest.mark.parametrize("kind", [TokenScheme, KeyHeader, CookieSession, BareAuthorization])
def test_a_forged_token_is_found_out_however_it_is_presented(kind: type[House]) -> None:
    """The fault: any token at all lets its bearer in as the first account."""

    class Gullible(kind):  # type: ignore[misc, valid-type]
        def caller(self, request: Request) -> str | None:
            known = super().caller(request)
            return known or (next(iter(self.accounts)) if self.token_of(request) else None)

    found = {r.rule.id for r in judged(Gullible()).results if r.outcome is Outcome.VIOLATION}
    assert "AUT-002" in found


@pytest.mark.parametrize("kind", [House, CookieSession, BasicLogin, Bare])
def test_a_wrong_password_is_found_out_whatever_the_login_answers(kind: type[House]) -> None:
    class Careless(kind):  # type: ignore[misc, valid-type]
        async def login(self, request: Request) -> Response:
            name, _ = self.given(request, await read(request))
            return self.let_in(self.issue(name)) if name in self.accounts else self.refused()

    found = {r.rule.id for r in judged(Careless()).results if r.outcome is Outcome.VIOLATION}
    assert "AUT-006" in found
