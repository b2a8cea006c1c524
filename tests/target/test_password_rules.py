"""Passwords and failed logins in services that treat them otherwise, and what is not to be said of them."""

from __future__ import annotations

import secrets

import httpx
import pytest

from compliance.catalogue import Untested, Violation
from tests.target.lodgings import House, judge

RULES = ("AUT-006", "AUT-021", "AUT-023", "AUT-027", "AUT-028")


@pytest.mark.parametrize("name", RULES)
def test_a_plain_house_is_in_order(name: str):
    judge(name, House())


class Bcrypt(House):
    """It refuses what its hash would not read to the end."""

    def register(self, email: str, password: str) -> httpx.Response:
        if len(password.encode()) > 72:
            return httpx.Response(400, json={"detail": "at most 72 bytes"})
        return super().register(email, password)


class Polite(House):
    """It refuses in its body alone."""

    def register(self, email: str, password: str) -> httpx.Response:
        made = super().register(email, password)
        return (
            made if made.is_success else httpx.Response(200, json={"success": False, "message": "too short"})
        )

    def log_in(self, email: str, password: str) -> httpx.Response:
        made = super().log_in(email, password)
        return made if made.is_success else httpx.Response(200, json={"success": False, "message": "wrong"})


class Numbering(House):
    """Each refusal has a number, a time and the name that was sent."""

    def log_in(self, email: str, password: str) -> httpx.Response:
        made = super().log_in(email, password)
        if made.is_success:
            return made
        said = {"message": f"no {email}", "traceId": secrets.token_hex(16), "at": "2026-11-23T13:00:00Z"}
        return httpx.Response(401, json=said)


class Counting(House):
    """It says to everybody how many attempts are left."""

    def __init__(self) -> None:
        super().__init__()
        self.failures: dict[str, int] = {}

    def log_in(self, email: str, password: str) -> httpx.Response:
        made = super().log_in(email, password)
        if made.is_success:
            return made
        self.failures[email] = self.failures.get(email, 0) + 1
        return httpx.Response(401, json={"detail": f"{10 - self.failures[email]} attempts left"})


@pytest.mark.parametrize("house", [Bcrypt, Polite, Numbering, Counting])
@pytest.mark.parametrize("name", RULES)
def test_an_odd_house_is_in_order_too(name: str, house: type[House]):
    judge(name, house())


class Truncating(House):
    """It reads as much of a password as its hash does."""

    def register(self, email: str, password: str) -> httpx.Response:
        return super().register(email, password[:72])

    def log_in(self, email: str, password: str) -> httpx.Response:
        return super().log_in(email, password[:72])


class Shortening(House):
    """It keeps the beginning of a password."""

    def register(self, email: str, password: str) -> httpx.Response:
        return super().register(email, password[:20])

    def log_in(self, email: str, password: str) -> httpx.Response:
        return super().log_in(email, password[:20])


class Anything(House):
    """It takes any password whatever."""

    def register(self, email: str, password: str) -> httpx.Response:
        self.accounts[email] = password
        return httpx.Response(201, json={"email": email})


class MadeAllTheSame(House):
    """It refuses a short password when the account is made already."""

    def register(self, email: str, password: str) -> httpx.Response:
        self.accounts[email] = password
        return super().register(email, password)


class Narrow(House):
    """It has room for thirty characters."""

    def register(self, email: str, password: str) -> httpx.Response:
        if len(password) > 30:
            return httpx.Response(422, json={"detail": "too long"})
        return super().register(email, password)


class Column(House):
    """It has room for thirty characters, and tells nobody."""

    def register(self, email: str, password: str) -> httpx.Response:
        made = super().register(email, password)
        self.accounts[email] = password[:30]
        return made


class Frank(House):
    """It says which of the two was wrong."""

    def log_in(self, email: str, password: str) -> httpx.Response:
        if email not in self.accounts:
            return httpx.Response(404, json={"detail": "no such account"})
        return super().log_in(email, password)


@pytest.mark.parametrize(
    ("name", "house", "cause"),
    [
        ("AUT-021", Frank, "tells whether there is an account"),
        ("AUT-023", Truncating, "the end of a password"),
        ("AUT-023", Shortening, "the end of a password"),
        ("AUT-027", Anything, "a short password is taken"),
        ("AUT-027", MadeAllTheSame, "a short password is taken"),
        ("AUT-028", Narrow, "a long password is refused"),
        ("AUT-028", Column, "a long password does not log in"),
    ],
)
def test_a_fault_is_found(name: str, house: type[House], cause: str):
    with pytest.raises(Violation, match=cause):
        judge(name, house())


class Limiting(Narrow):
    """It has room for thirty characters, and by then it makes no more accounts."""

    def register(self, email: str, password: str) -> httpx.Response:
        if len(self.accounts) >= 3:
            return httpx.Response(403, json={"detail": "no more accounts today"})
        return super().register(email, password)


def test_a_long_password_is_not_blamed_where_nobody_registers_any_more():
    with pytest.raises(Untested):
        judge("AUT-028", Limiting())
