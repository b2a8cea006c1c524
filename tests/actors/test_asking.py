"""Where nobody gets in, one message says what was tried and which lines of configuration are missing."""

from __future__ import annotations

import tomllib
from typing import Any, ClassVar

from starlette.responses import JSONResponse, Response

from compliance.target.handshake import missing
from compliance.target.reach import Grants
from tests.actors.houses import House, content, entered, fields
from tests.actors.test_given import Closed
from tests.actors.test_tokens import BasicAlone


def pasted(message: str) -> dict[str, Any]:
    """The lines of the message that belong into pyproject.toml, as they are read there."""
    lines = message.splitlines()
    first = next(place for place, line in enumerate(lines) if line.startswith("["))
    last = max(place for place, line in enumerate(lines) if " = " in line)
    return dict(tomllib.loads("\n".join(lines[first : last + 1]))["tool"]["compliance"])


def asked(house: House, **grants: Any) -> str:
    with entered(house, Grants(**{"writes": True} | grants)) as target:
        messages = missing(target)
        assert len(messages) == 1
        return messages[0]


def test_a_service_without_registration_asks_for_accounts() -> None:
    message = asked(Closed())
    assert message.startswith("alice could not be had: the document shows no registration")
    said = pasted(message)
    assert said["actors"]["alice"] == {"username-env": "ALICE_USERNAME", "password-env": "ALICE_PASSWORD"}
    assert "pytest_compliance_actor" in message


def test_a_login_that_gives_no_token_is_shown_as_it_was_understood() -> None:
    class Odd(House):
        def let_in(self, token: str) -> Response:
            return JSONResponse({"bearing": token})

    house = Odd()
    message = asked(house)
    assert "POST http" in message
    assert "held no token that the kit knows, but the fields bearing" in message
    said = pasted(message)
    assert said["login"]["identifier"] == "email"
    assert said["login"]["style"] == "json"
    assert said["login"]["token"] == "bearing"
    assert message.count("login was refused") == 1
    assert not any(token in message for token in house.tokens)


def test_operations_that_may_be_the_missing_roles_are_offered() -> None:
    """Whatever their paths hold, the lines are TOML and say nothing else."""

    class Hidden(House):
        def operations(self) -> dict[str, Any]:
            paths = super().operations()
            odd = '/x/session"x\n[evil]'
            del paths["/login"], paths["/register"]
            post = {"post": {"requestBody": content(fields("email", "old_password"))}}
            return {**paths, odd: post, "/y/session": post}

    said = pasted(asked(Hidden(), credentials={}))
    assert set(said) <= {"roles", "actors"}
    assert said["roles"]["login"] == 'POST /x/session"x\n[evil]'


def test_without_writes_nothing_is_asked_for_but_those() -> None:
    message = asked(House(), writes=False)
    assert "registering alice needs writes: another profile than read-only" in message
    assert "\n" not in message


def test_a_service_that_asks_nobody_who_he_is_needs_no_users() -> None:
    class Open(Closed):
        reads_are_guarded = False
        has_me = False
        has_login = False

    with entered(Open(), Grants()) as target:
        assert missing(target) == []


def test_a_service_without_a_login_is_shown_the_way_that_needs_none() -> None:
    class Shut(BasicAlone):
        sign_up = None

    message = asked(Shut())
    plain = message.replace('# kind = "basic"', 'kind = "basic"')
    assert pasted(plain)["actors"]["alice"]["kind"] == "basic"
    assert 'kind = "basic"' not in asked(Closed())


def test_a_key_in_the_query_is_said_not_to_be_sent() -> None:
    class Keyed(Closed):
        schemes: ClassVar[Any] = {"key": {"type": "apiKey", "in": "query", "name": "api_key"}}

    with entered(Keyed()) as target:
        (message,) = missing(target)
        assert "takes a key in the query (api_key), which the kit does not send" in message.partition("\n")[0]
