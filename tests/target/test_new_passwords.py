"""Whoever has to log in again tries the passwords that an account may have by now."""

from __future__ import annotations

import json

import pytest

from compliance.catalogue import Untested
from compliance.target.actors import Actor
from compliance.target.new_passwords import NewPasswords
from compliance.target.tape import Exchange


def change(password: str, status: int = 204, actor: str = "dave", method: str = "PUT") -> Exchange:
    body = json.dumps({"current_password": "old one", "new_password": password}).encode()
    return Exchange(actor, "", method, "http://x/users/1/password", (), body, status, (), b"")


@pytest.fixture
def dave() -> Actor:
    return Actor("dave", "registration", "dave@example.com", "old one")


def door(right: str):
    def log_in(actor: Actor) -> None:
        if actor.password != right:
            raise Untested("wrong password")

    return log_in


def test_the_newest_that_was_answered_well_lets_in(dave: Actor):
    passwords = NewPasswords()
    for exchange in (change("first"), change("second"), change("refused", 422)):
        passwords.observe(exchange)

    passwords.become(dave, door("second"))

    assert dave.password == "second"


@pytest.mark.parametrize(
    "exchange", [change("other", 400), change("other", actor="bob"), change("other", method="GET")]
)
def test_nothing_else_is_tried_and_the_known_one_is_kept(dave: Actor, exchange: Exchange):
    passwords = NewPasswords()
    passwords.observe(exchange)

    with pytest.raises(Untested, match="wrong password"):
        passwords.become(dave, door("other"))
    assert dave.password == "old one"
