"""Actors whose credentials a person or a conftest.py gave: proven, told apart, or refused with what to look at."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from compliance import catalogue
from compliance.catalogue import Outcome
from compliance.run import Runner, read_contract
from compliance.target.connection import Connection
from compliance.target.credentials import Credentials, Presentation
from compliance.target.errors import TargetError
from compliance.target.hooks import Hooks
from compliance.target.reach import Grants
from compliance.target.serving import serve
from tests.actors.houses import House, basic, entered


class Closed(House):
    """Nobody registers; two people live here."""

    sign_up = None

    def __init__(self) -> None:
        super().__init__()
        for name in ("ann@example.com", "ben@example.com"):
            self.accounts[name] = {"email": name, "password": f"the password of {name}"}


class Signed(Closed):
    """Requests are signed in a header of the house's own."""

    def caller(self, request: Request) -> str | None:
        name, _, proof = request.headers.get("x-signed-by", "").partition(" ")
        return name if proof == f"proof-of-{name}" else None


class Signature(httpx.Auth):
    def __init__(self, name: str) -> None:
        self.name = name

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["X-Signed-By"] = f"{self.name} proof-of-{self.name}"
        yield request


def people(house: House, **how: Any) -> dict[str, Credentials]:
    return {
        actor: Credentials(
            f"{actor.upper()}_USERNAME and {actor.upper()}_PASSWORD", name, account["password"], **how
        )
        for actor, (name, account) in zip(("alice", "bob"), house.accounts.items(), strict=False)
    }


def test_given_users_log_in() -> None:
    house = Closed()
    with entered(house, Grants(credentials=people(house))) as target:
        assert target.alice.username == "ann@example.com"
        assert target.bob.proven


def test_a_name_and_password_with_every_request() -> None:
    class Basic(Closed):
        def caller(self, request: Request) -> str | None:
            name, password = basic(request)
            known = self.accounts.get(name)
            return name if known and known["password"] == password else None

    house = Basic()
    with entered(house, Grants(credentials=people(house, basic=True))) as target:
        assert target.bob.proven
        sent = dict(target.alice.headers)["Authorization"].partition(" ")[2]
        assert sent not in target.secrets.redact(f"curl -H 'X-Copy: {sent}'")


def test_whatever_signs_requests_works_everywhere() -> None:
    """Rules, the traffic engine and the cleaning at the end; and what it adds is a secret."""
    house = Signed()
    names = dict(zip(("alice", "bob"), house.accounts, strict=True))
    hooks = Hooks(actor=lambda name, _: Signature(names[name]) if name in names else None)
    with serve(house.app(), "a house") as url:
        runner = Runner(
            catalogue.load(("compliance",)),
            read_contract(house.document()),
            Connection(url),
            Grants(writes=True),
            hooks=hooks,
        )
        runner.target.examples = 1
        chosen = ("AUT-002", "ACC-002", "CON-001", "AUT-001")
        runner.select(one for one in runner.planned if one.rule.id in chosen)
        results = list(runner.results())
        run = runner.finish()
    assert runner.target.bob.proven
    assert not [r for r in results if r.outcome is Outcome.ERROR], results
    assert house.notes == {}, run.leftovers
    assert house.written > 3
    told = {r.outcome for r in results if r.rule.id == "AUT-002"}
    assert told == {Outcome.NOT_APPLICABLE}
    assert "proof-of-ann" not in runner.target.secrets.redact("it said proof-of-ann@example.com there")
    assert {r.outcome for r in results if r.rule.id == "ACC-002"} == {Outcome.PASS}


def test_a_wrong_password_is_said_with_what_was_tried_and_where_to_look() -> None:
    house = Closed()
    wrong = Credentials("ALICE_USERNAME and ALICE_PASSWORD", "ann@example.com", "not-the-password-of-ann")
    with pytest.raises(TargetError) as refusal, entered(house, Grants(credentials={"alice": wrong})):
        pass
    said = str(refusal.value)
    assert "ALICE_USERNAME and ALICE_PASSWORD" in said
    assert "POST http" in said
    assert "answered 401" in said
    assert "[tool.compliance.login]" in said
    assert "not-the-password-of-ann" not in said
    assert len(house.logins) == 1


def test_a_login_whose_token_is_not_found_is_said_so() -> None:
    class Odd(Closed):
        def let_in(self, token: str) -> Response:
            return JSONResponse({"bearing": token})

    house = Odd()
    with (
        pytest.raises(TargetError, match='token = "way'),
        entered(house, Grants(credentials=people(house))),
    ):
        pass


def test_a_refused_token_names_the_header_that_it_was_sent_in() -> None:
    stale = Credentials("ALICE_TOKEN", token="stale-token-of-ann", presentation=Presentation("X-Key", ""))
    with pytest.raises(TargetError) as refusal, entered(Closed(), Grants(credentials={"alice": stale})):
        pass
    assert "X-Key" in str(refusal.value)
    assert "stale-token-of-ann" not in str(refusal.value)


def test_a_token_that_nothing_asks_for_proves_nobody() -> None:
    class Open(Closed):
        """Lists answer everybody, and nothing is said of anybody."""

        reads_are_guarded = False
        has_me = False
        has_login = False

    token = Credentials("ALICE_TOKEN", token="a-token-that-nothing-asks-for")
    with entered(Open(), Grants(credentials={"alice": token})) as target:
        assert not target.actors["alice"].proven
        assert "none refuses a request without credentials" in target.refusals["alice"]


def test_the_same_account_twice_is_one_user() -> None:
    house = Closed()
    alice = people(house)["alice"]
    with entered(house, Grants(credentials={"alice": alice, "bob": alice})) as target:
        assert target.alice.proven
        assert "one and the same" in target.refusals["bob"]


def test_two_opaque_tokens_that_nothing_tells_apart_are_not_two_users() -> None:
    class Silent(Closed):
        has_me = False

    house = Silent()
    tokens = {
        actor: Credentials(f"{actor.upper()}_TOKEN", token=house.issue(name))
        for actor, name in zip(("alice", "bob"), house.accounts, strict=True)
    }
    with entered(house, Grants(credentials=tokens)) as target:
        assert target.alice.proven
        assert "nothing shows that alice and bob are two" in target.refusals["bob"]


@pytest.mark.parametrize("said", [7, {"user": "ann"}, {"username": "ann"}])
def test_a_hook_that_returns_nonsense_is_told_so(said: Any) -> None:
    hooks = Hooks(actor=lambda name, url: said)
    with pytest.raises(TargetError, match="pytest_compliance_actor"), entered(Closed(), hooks=hooks):
        pass
