"""Tokens that end in the middle of a run are exchanged for new ones, and only where nobody waits for the refusal."""

from __future__ import annotations

import time
from typing import Any

import jwt
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.actors.houses import House, entered

KEY = "a key that signs tokens in tests only"


class Clock:
    """The time of the service and of the kit, which passes when a test says so."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


class Short(House):
    """Tokens of two seconds, which say when they end."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock
        self.refusals = 0

    def issue(self, email: str) -> str:
        claims = {"sub": email, "iat": int(self.clock()), "exp": int(self.clock()) + 2}
        return jwt.encode(claims, KEY.ljust(64, "."))

    def caller(self, request: Request) -> str | None:
        try:
            claims = jwt.decode(
                self.token_of(request),
                KEY.ljust(64, "."),
                algorithms=["HS256"],
                options={"verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError:
            return None
        return str(claims["sub"]) if self.clock() < claims["exp"] else None

    def stranger(self) -> Response:
        self.refusals += 1
        return super().stranger()


class Opaque(House):
    """Tokens that say nothing, and end when a test says so."""


def own_notes(target: Any) -> Any:
    return next(o for o in target.contract.operations if o.label == "GET /notes")


def test_a_token_is_exchanged_before_it_ends() -> None:
    clock = Clock()
    house = Short(clock)
    with entered(house, clock=clock) as target:
        refused, first = house.refusals, target.alice.token
        for _ in range(3):
            clock.now += 1.8
            assert target.call(own_notes(target), target.alice).ok
        assert target.alice.token != first
        assert house.refusals == refused


def test_how_long_it_lasts_may_stand_beside_the_token() -> None:
    clock = Clock()

    class Said(Opaque):
        def let_in(self, token: str) -> Response:
            return JSONResponse({"access_token": token, "expires_in": 2})

    with entered(Said(), clock=clock) as target:
        first = target.alice.token
        clock.now += 1.8
        assert target.call(own_notes(target), target.alice).ok
        assert target.alice.token != first


def test_a_dead_token_is_exchanged_where_nothing_told_when_it_ends() -> None:
    house = Opaque()
    with entered(house) as target:
        house.tokens.clear()
        assert target.call(own_notes(target), target.alice).ok
        # And the old one is still nothing that is printed.
        assert len(target.secrets.tokens["alice"]) == 2


def test_whoever_a_rule_makes_for_itself_stays_refused() -> None:
    """A rule that logs an account out, or deletes it, waits for the refusal."""
    house = Opaque()
    with entered(house) as target:
        mallory = target.account("mallory").owner
        house.tokens.clear()
        assert target.call(own_notes(target), mallory).status == 401


def test_a_refusal_that_is_meant_is_not_taken_for_a_dead_token() -> None:
    class Jealous(Opaque):
        async def all_notes(self, request: Request) -> Response:
            return self.stranger()

    house = Jealous()
    with entered(house) as target:
        logins = len(house.logins)
        assert target.call(own_notes(target), target.alice).status == 401
        assert len(house.logins) == logins


def test_a_token_that_a_rule_presents_is_never_exchanged() -> None:
    house = Opaque()
    with entered(house) as target:
        logins = len(house.logins)
        forged = target.alice.presenting("x" * 40)
        assert target.call(own_notes(target), target.alice, headers=forged).status == 401
        assert len(house.logins) == logins
