"""Ends of accounts and sessions in services that do it otherwise, and what is not to be said of them."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import httpx
import pytest

from compliance.catalogue import NotApplicable, Untested, Violation
from tests.contract.documents import answers, obj, takes
from tests.target.lodgings import ACCOUNT, EMPTY, House, judge


@pytest.mark.parametrize("name", ["AUT-010", "AUT-011", "AUT-025", "AUT-026"])
def test_what_ends_and_is_told_apart_as_it_should_be(name: str):
    judge(name, House())


class Forgetful(House):
    """The token of a deleted account goes on."""

    def end(self, who: str, but_for: str = "") -> None:
        pass


class Remembering(House):
    """The password of a deleted account goes on."""

    def close(self, who: str) -> httpx.Response:
        self.end(who)
        return httpx.Response(204)


@pytest.mark.parametrize(("house", "cause"), [(Forgetful, "the token of"), (Remembering, "the password of")])
def test_a_deleted_account_that_goes_on_is_found_by_either(house: type[House], cause: str):
    with pytest.raises(Violation, match=cause):
        judge("AUT-011", house())


class Shelved(House):
    """There are books to read as well, for whoever is logged in."""

    more: ClassVar[dict[str, Any]] = {
        "/books": {"get": {"security": [{"bearer": []}], "responses": answers({"type": "array"})}}
    }

    def __call__(self, request: httpx.Request) -> httpx.Response:
        answer = super().__call__(request)
        if request.url.path == "/books" and self.reads(request, answer):
            return httpx.Response(200, json=[])
        return answer

    def reads(self, request: httpx.Request, answer: httpx.Response) -> bool:
        return answer.is_success


class Trusting(Shelved):
    """The books are there for every token that was ever issued."""

    def close(self, who: str) -> httpx.Response:
        self.gone |= {key for key, one in self.sessions.items() if one == who}
        return super().close(who)

    def reads(self, request: httpx.Request, answer: httpx.Response) -> bool:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        return answer.is_success or token in self.gone


class Public(Shelved):
    """The books are there for everybody, though the document says otherwise."""

    def reads(self, request: httpx.Request, answer: httpx.Response) -> bool:
        return True


def test_a_place_that_asks_for_no_account_is_found():
    with pytest.raises(Violation, match="in some places only"):
        judge("AUT-011", Trusting())


@pytest.mark.parametrize("house", [Shelved, Public])
def test_what_is_open_to_everybody_says_nothing_of_a_deleted_account(house: type[House]):
    judge("AUT-011", house())


class Later(House):
    """It is deleted some day, and says so."""

    def close(self, who: str) -> httpx.Response:
        return httpx.Response(202)


class Scheduled(House):
    """It is deleted in thirty days, unless somebody logs in before; the document says so in words."""

    def close(self, who: str) -> httpx.Response:
        return httpx.Response(204)


class Confirming(House):
    """It wants to be asked twice."""

    def close(self, who: str) -> httpx.Response:
        return httpx.Response(200, json={"success": False, "message": "a mail is on its way"})


@pytest.mark.parametrize("house", [Later, Scheduled, Confirming])
def test_of_a_deletion_that_comes_later_nothing_is_said(house: type[House]):
    with pytest.raises(Untested):
        judge("AUT-011", house())


class OneKind(House):
    """Its second token is the first once more."""

    def log_in(self, email: str, password: str) -> httpx.Response:
        made = super().log_in(email, password)
        token = made.json().get("access_token")
        return httpx.Response(200, json={"access_token": token, "refresh_token": token}) if token else made


def test_one_token_under_two_names_is_one_kind():
    with pytest.raises(NotApplicable, match="one kind"):
        judge("AUT-010", OneKind())


class Confusing(House):
    """What renews opens everything as well."""

    def log_in(self, email: str, password: str) -> httpx.Response:
        made = super().log_in(email, password)
        self.sessions |= self.renewals
        return made


def test_a_refresh_token_that_opens_is_found():
    with pytest.raises(Violation, match="a refresh token opens"):
        judge("AUT-010", Confusing())


def test_an_older_token_that_survives_the_password_is_found():
    with pytest.raises(Violation, match="survives the new password"):
        judge("AUT-025", Forgetful())


class EndsThemElsewhere(Forgetful):
    """Other sessions are ended by an operation of their own."""

    more: ClassVar[dict[str, Any]] = {"/sessions": {"delete": {"responses": EMPTY}}}


def test_an_operation_for_other_sessions_is_enough():
    with pytest.raises(NotApplicable, match="DELETE /sessions ends them"):
        judge("AUT-025", EndsThemElsewhere())


class Unmoved(House):
    """It says yes to a new password and keeps the old one."""

    def change(self, who: str, token: str, body: dict[str, str]) -> httpx.Response:
        return httpx.Response(204)


class SlowToChange(House):
    """It takes a new password beside the old one."""

    def log_in(self, email: str, password: str) -> httpx.Response:
        self.accounts.setdefault(email, password)
        old = self.accounts[email]
        known = (old, getattr(self, "before", old))
        return super().log_in(email, old if password in known else password)

    def change(self, who: str, token: str, body: dict[str, str]) -> httpx.Response:
        self.before = body["current_password"]
        return super().change(who, token, body)


@pytest.mark.parametrize("house", [Unmoved, SlowToChange])
def test_without_a_new_password_in_force_nothing_is_said(house: type[House]):
    with pytest.raises(Untested):
        judge("AUT-025", house())


class GoodBye(House):
    """It leaves it to the client to forget."""

    def leave(self, token: str) -> httpx.Response:
        return httpx.Response(200, json={"message": "Good bye"})


def test_a_token_that_survives_its_logout_is_found():
    with pytest.raises(Violation, match="survives its logout"):
        judge("AUT-026", GoodBye())


class RenewalsOnly(GoodBye):
    """Its logout takes back the token for renewal, and asks for no other."""

    logout: ClassVar[dict[str, Any]] = {
        "requestBody": takes(obj("refresh_token", required=("refresh_token",))),
        "responses": EMPTY,
    }


def test_a_logout_that_is_shown_another_token_is_another_matter():
    with pytest.raises(NotApplicable, match="the token for renewal"):
        judge("AUT-026", RenewalsOnly())


class Refusing(House):
    """Its logout does not work."""

    def leave(self, token: str) -> httpx.Response:
        return httpx.Response(400, json={"detail": "no"})


def test_a_logout_that_does_not_work_ends_nothing():
    with pytest.raises(Untested, match="does not work"):
        judge("AUT-026", Refusing())


class Nameless(House):
    """Its registration tells no id: the account shows it, and is deleted by it."""

    more: ClassVar[dict[str, Any]] = {
        "/register": {},
        "/users": {"post": {"requestBody": takes(ACCOUNT), "responses": answers(obj("message"), "201")}},
        "/users/{user_id}": {
            "delete": {
                "parameters": [
                    {"name": "user_id", "in": "path", "required": True, "schema": {"type": "integer"}}
                ],
                "security": [{"bearer": []}],
                "responses": EMPTY,
            }
        },
        "/me": {
            "get": {
                "security": [{"bearer": []}],
                "responses": answers(
                    {
                        "type": "object",
                        "properties": {"id": {"type": "integer"}, "email": {"type": "string"}},
                    }
                ),
            }
        },
    }

    def __init__(self) -> None:
        super().__init__()
        self.numbers: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/users":
            body = json.loads(request.content)
            self.numbers.append(body["email"])
            answer = self.register(body["email"], body["password"])
            return httpx.Response(201, json={"message": "welcome"}) if answer.is_success else answer
        answer = super().__call__(request)
        if request.url.path == "/me" and answer.is_success:
            email = answer.json()["email"]
            return httpx.Response(200, json={"id": self.numbers.index(email), "email": email})
        if request.url.path.startswith("/users/") and request.method == "DELETE" and answer.is_success:
            return self.close(self.numbers[int(request.url.path.rpartition("/")[2])])
        return answer


class NamelessForgetful(Nameless, Forgetful):
    """The token of a deleted account goes on."""


def test_an_account_that_registration_does_not_name_is_deleted_by_the_id_that_it_shows():
    judge("AUT-011", Nameless())
    with pytest.raises(Violation, match="the token of"):
        judge("AUT-011", NamelessForgetful())
