"""Registrations that say in their refusals what their document does not: the body is mended, a few times, and kept."""

from __future__ import annotations

import re
from typing import Any, ClassVar

import pytest
from starlette.responses import JSONResponse, Response

from compliance.target.hooks import Hooks
from compliance.target.registering import ATTEMPTS
from tests.actors.houses import TEXT, House, entered, fields


class Strict(House):
    """A password, a user name and a phone number of which the document says nothing; plain sentences."""

    sign_up: ClassVar[Any] = fields("username", "email", "password", "phone")

    def refuse(self, body: dict[str, Any]) -> tuple[int, Any] | None:
        wrong = []
        if len(body.get("username", "")) > 8:
            wrong.append("username must be shorter than or equal to 8 characters")
        if not 8 <= len(body.get("password", "")) <= 15:
            wrong.append("password must be between 8 and 15 characters")
        if not re.fullmatch(r"\d{10}", str(body.get("phone", ""))):
            wrong.append("phone must be exactly 10 digits")
        return (400, {"statusCode": 400, "message": wrong, "error": "Bad Request"}) if wrong else None

    def names(self, account: Any) -> list[str]:
        return [account["username"], account["email"]]


class Careless(House):
    """Fails over what is missing, and says of nothing that it is required."""

    sign_up: ClassVar[Any] = {"type": "object", "properties": dict.fromkeys(("username", "password"), TEXT)}
    sign_in: ClassVar[Any] = sign_up

    def refuse(self, body: dict[str, Any]) -> tuple[int, Any] | None:
        return None if {"username", "password"} <= set(body) else (500, {"detail": "Internal Server Error"})


class Fragile(Careless):
    """Fails over a field that it does not ask for, too."""

    sign_up: ClassVar[Any] = {
        "type": "object",
        "properties": dict.fromkeys(("username", "password", "city"), TEXT),
    }

    def refuse(self, body: dict[str, Any]) -> tuple[int, Any] | None:
        return None if "city" in body else (500, {"detail": "Internal Server Error"})


class DjangoLike(House):
    """Fields that the document leaves out, the password twice, the phone number as a number."""

    def refuse(self, body: dict[str, Any]) -> tuple[int, Any] | None:
        wrong: dict[str, list[str]] = {}
        for name in ("password2", "phone_number", "group"):
            if name not in body:
                wrong[name] = ["This field is required."]
        if "phone_number" in body and not isinstance(body["phone_number"], int):
            wrong["phone_number"] = ["A valid integer is required."]
        if body.get("group") not in ("reader", "writer", None):
            wrong["group"] = [f"\"{body['group']}\" is not a valid choice: one of 'reader', 'writer'"]
        if body.get("password2", body["password"]) != body["password"]:
            wrong["non_field_errors"] = ["Passwords do not match."]
        if not wrong and any(
            one.get("phone_number") == body["phone_number"] for one in self.accounts.values()
        ):
            wrong["phone_number"] = ["account with this phone number already exists."]
        return (400, wrong) if wrong else None


class PydanticLike(House):
    def refuse(self, body: dict[str, Any]) -> tuple[int, Any] | None:
        faults = []
        if "latitude" not in body:
            faults.append(
                {"type": "missing", "loc": ["body", "latitude"], "msg": "Field required", "input": body}
            )
        elif not isinstance(body["latitude"], int | float):
            faults.append(
                {
                    "type": "float_parsing",
                    "loc": ["body", "latitude"],
                    "msg": "Input should be a valid number",
                }
            )
        if not re.search(r"[@#]", body["password"]):
            message = "Value error, password needs a special character of @ #"
            faults.append({"type": "value_error", "loc": ["body", "password"], "msg": message})
        return (422, {"detail": faults}) if faults else None


class SpringLike(House):
    def refuse(self, body: dict[str, Any]) -> tuple[int, Any] | None:
        if not body.get("firstName"):
            fault = {"objectName": "user", "field": "firstName", "defaultMessage": "must not be blank"}
            return 400, {"status": 400, "error": "Bad Request", "errors": [fault]}
        return None


class Domain(House):
    """The address is refused for its domain, in a plain text, with 403."""

    def refuse(self, body: dict[str, Any]) -> tuple[int, Any] | None:
        if body["email"].endswith("@example.com"):
            return 403, "The domain name of this e-mail address is not allowed"
        return None


class Optional(House):
    """A field that the document calls optional and the house wants, beside one that makes administrators."""

    sign_up: ClassVar[Any] = fields("email", "password", city=TEXT, is_admin={"type": "boolean"}) | {
        "required": ["email", "password"]
    }

    def refuse(self, body: dict[str, Any]) -> tuple[int, Any] | None:
        if "is_admin" in body:
            raise AssertionError("nobody asked for privileges")
        return None if body.get("city") else (400, "no")


class ShortNames(House):
    """So short that what tells alice from bob must stand at the end."""

    sign_up: ClassVar[Any] = fields(username={"type": "string", "maxLength": 8}, password=TEXT) | {
        "required": ["username", "password"]
    }
    sign_in: ClassVar[Any] = fields("username", "password")


class NoContent(House):
    def registered(self, account: dict[str, Any]) -> Response:
        return Response(status_code=204)


class InTheQuery(House):
    """What a handler is told without a model stands in the query: `def register(email: str, password: str)`."""

    sign_up: ClassVar[Any] = None
    sign_in: ClassVar[Any] = None

    def refuse(self, body: dict[str, Any]) -> tuple[int, Any] | None:
        if len(body.get("city", "")) < 40:
            fault = {"loc": ["query", "city"], "msg": "String should have at least 40 characters"}
            return 422, {"detail": [fault]}
        return None

    def operations(self) -> dict[str, Any]:
        def asking(*names: str) -> dict[str, Any]:
            asked = [{"name": name, "in": "query", "required": True, "schema": TEXT} for name in names]
            return {"post": {"parameters": asked, "responses": {"201": {"description": "-"}}}}

        doors = {"/register": asking("email", "password", "city"), "/login": asking("email", "password")}
        return {**super().operations(), **doors}


class Refusing(House):
    """Answers 200 to a registration that it refuses."""

    def refuse(self, body: dict[str, Any]) -> tuple[int, Any] | None:
        return 200, {"success": False, "message": "registration is closed"}


@pytest.mark.parametrize(
    "kind",
    [
        Strict,
        Careless,
        Fragile,
        DjangoLike,
        PydanticLike,
        SpringLike,
        Domain,
        Optional,
        ShortNames,
        NoContent,
        InTheQuery,
    ],
)
def test_two_users_register(kind: type[House]) -> None:
    house = kind()
    with entered(house) as target:
        assert target.refusals.keys() <= {"admin"}
        needed = len(house.registrations) - 1
        assert needed <= ATTEMPTS
        assert len({str(sorted(map(str, body.items()))) for body in house.registrations}) == len(
            house.registrations
        )
        before = len(house.registrations)
        target.account("dave")
        # What was learnt for alice is known for everybody after her.
        assert len(house.registrations) <= before + 1 + int(kind is DjangoLike)


def test_an_account_is_named_though_the_document_requires_nothing() -> None:
    house = Careless()
    with entered(house):
        assert all({"username", "password"} == set(body) for body in house.registrations)


def test_every_password_that_was_sent_is_kept_from_the_report() -> None:
    house = Strict()
    with entered(house) as target:
        for body in house.registrations:
            assert body["password"] not in target.secrets.redact(f"sent {body['password']} to it")


def test_a_registration_that_refuses_with_200_makes_nobody() -> None:
    house = Refusing()
    with entered(house) as target:
        assert "registration is closed" in target.refusals["alice"]
        assert target.ledger.rows == []
        # What is required, then all that is offered; bob is refused without asking again.
        assert len(house.registrations) == 2


def test_a_refusal_that_teaches_nothing_ends_soon_and_names_what_was_sent() -> None:
    class Closed(House):
        def refuse(self, body: dict[str, Any]) -> tuple[int, Any] | None:
            return 400, {"detail": "no"}

    house = Closed()
    with entered(house) as target:
        assert len(house.registrations) == 2
        assert "answered 400" in target.refusals["alice"]
        assert "@example.com" in target.refusals["alice"]
        assert house.registrations[0]["password"] not in target.refusals["alice"]


def test_a_body_of_the_project_s_own_is_sent_instead() -> None:
    class Invited(House):
        def refuse(self, body: dict[str, Any]) -> tuple[int, Any] | None:
            return None if body.get("code") == "let me in" else (400, {"detail": "no"})

    def payload(operation: str, body: Any) -> Any:
        return {**body, "code": "let me in"} if operation == "POST /register" else None

    with entered(Invited(), hooks=Hooks(payload=payload)) as target:
        assert target.bob.proven
        assert "code" not in target.actors["bob"].identity


def test_no_credentials_are_sent_with_a_registration() -> None:
    """The house refuses whoever is logged in already."""
    house = House()
    with entered(house) as target:
        assert target.account("dave").owner.token


def test_json_is_not_taken_for_a_refusal_only_because_it_has_a_status() -> None:
    class Busy(House):
        def registered(self, account: dict[str, Any]) -> Response:
            return JSONResponse({"status": "active", "code": 201, "error": None}, 201)

    with entered(Busy()) as target:
        assert target.alice.proven
