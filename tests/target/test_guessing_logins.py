"""The rules about guessing, on a login whose clock is the test's own: nothing is measured, and nothing depends on luck."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import httpx
import pytest

from compliance.catalogue import Catalogue, Untested, Violation, load
from compliance.contract import understand
from compliance.target.client import Client
from compliance.target.connection import Connection
from compliance.target.handshake import shake_hands
from compliance.target.reach import Grants, Target
from compliance.target.tape import Tape
from tests.contract.documents import answers, document, obj, takes

CATALOGUE: Catalogue = load()
ACCOUNT = obj("email", "password", required=("email", "password"))
DOCUMENT = document(
    {
        "/register": {"post": {"requestBody": takes(ACCOUNT), "responses": answers(obj("email"), "201")}},
        "/login": {"post": {"requestBody": takes(ACCOUNT), "responses": answers(obj("access_token"))}},
        "/me": {"get": {"responses": answers(obj("email"))}},
    }
)


class Door:
    """A login; a subclass says how long a refusal takes and what becomes of many."""

    def __init__(self) -> None:
        self.now = 0.0
        self.accounts: dict[str, str] = {}
        self.failures: Counter[str] = Counter()
        self.refused = 0

    def takes(self, name: str) -> float:
        """Seconds of a failed login."""
        return 0.1

    def refusal(self, name: str) -> tuple[int, Any]:
        return 401, {"detail": "wrong name or password"}

    def locks(self, name: str) -> bool:
        return False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.now += 0.001
        if request.url.path == "/me":
            who = request.headers.get("authorization", "").removeprefix("Bearer the-token-of-")
            return httpx.Response(200, json={"email": who}) if who in self.accounts else httpx.Response(401)
        body = json.loads(request.content)
        name, password = body["email"], body["password"]
        if request.url.path == "/register":
            self.accounts[name] = password
            return httpx.Response(201, json={"email": name})
        if self.accounts.get(name) == password and not self.locks(name):
            self.failures.pop(name, None)
            self.now += 0.1
            return httpx.Response(200, json={"access_token": f"the-token-of-{name}"})
        self.refused += 1
        self.failures[name] += 1
        self.now += self.takes(name)
        status, said = self.refusal(name)
        return httpx.Response(status, json=said)


def judge(name: str, door: Door) -> None:
    client = Client(
        Connection("http://door.example"),
        Tape(),
        sleep=lambda _: None,
        clock=lambda: door.now,
        transport=httpx.MockTransport(door),
    )
    target = Target(understand(DOCUMENT), client, Grants(writes=True, destructive=True))
    shake_hands(target)
    assert target.alice.accepted
    CATALOGUE.rule(name)(target, target.contract.login.operation)


class Hasty(Door):
    """It verifies nothing where there is no account."""

    def takes(self, name: str) -> float:
        return 0.1 if name in self.accounts else 0.002


class Tarpit(Door):
    """It is slow for strangers' names."""

    def takes(self, name: str) -> float:
        return 0.1 if name in self.accounts else 0.5


class Jittery(Door):
    """Every third answer is late, whoever is asked for."""

    def takes(self, name: str) -> float:
        return 0.4 if self.refused % 3 else 0.1


class HastyOnce(Door):
    """Other work had its machine for as long as it was measured first."""

    def takes(self, name: str) -> float:
        return 0.1 if name not in self.accounts or self.refused > 52 else 0.5


class Limited(Door):
    """It says after five that it is enough."""

    def refusal(self, name: str) -> tuple[int, Any]:
        return (429, {"detail": "later"}) if self.failures[name] > 5 else super().refusal(name)


@pytest.mark.parametrize("door", [Door, Jittery, Limited])
def test_equally_long(door: type[Door]):
    judge("AUT-022", door())


@pytest.mark.parametrize("door", [Hasty, Tarpit])
def test_a_time_that_tells_is_found_either_way(door: type[Door]):
    with pytest.raises(Violation, match="the time of a failed login tells"):
        judge("AUT-022", door())


def test_what_shows_once_is_no_finding():
    with pytest.raises(Untested, match="differed once"):
        judge("AUT-022", HastyOnce())


class ImpatientAtOnce(Door):
    """It asks to wait before anything can be measured."""

    def refusal(self, name: str) -> tuple[int, Any]:
        return 429, {"detail": "later"}


def test_what_asks_to_wait_is_not_measured():
    with pytest.raises(Untested, match="asks to wait"):
        judge("AUT-022", ImpatientAtOnce())


class Locking(Door):
    """It locks without a word."""

    def locks(self, name: str) -> bool:
        return self.failures[name] >= 20


class Telling(Door):
    """It says in the same status that the account is locked."""

    def refusal(self, name: str) -> tuple[int, Any]:
        locked = self.failures[name] > 5
        return 401, {"detail": "this account is locked" if locked else "wrong name or password"}


class Growing(Door):
    """It answers later each time."""

    def takes(self, name: str) -> float:
        return 0.1 * 2 ** min(self.failures[name], 8)


class Numbered(Door):
    """It numbers what it refuses."""

    def refusal(self, name: str) -> tuple[int, Any]:
        return 401, {"detail": f"refusal {self.refused}: wrong name or password"}


@pytest.mark.parametrize("door", [Limited, Locking, Telling, Growing])
def test_slowed_down_in_many_ways(door: type[Door]):
    made = door()
    judge("AUT-024", made)

    assert made.refused <= 21


@pytest.mark.parametrize("door", [Door, Numbered, Jittery])
def test_as_fast_as_ever(door: type[Door]):
    with pytest.raises(Violation, match="guessed at full speed"):
        judge("AUT-024", door())
