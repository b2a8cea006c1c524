"""Rows named by their own texts, deeds beside rows, and what only an administrator may do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from compliance.catalogue import load
from compliance.run import Runner, read_contract
from compliance.target.connection import Connection
from compliance.target.credentials import Credentials
from compliance.target.document import fetch_document
from compliance.target.naming import name_all
from compliance.target.reach import Grants
from compliance.target.serving import serve
from tests.serial import Serial
from tests.target import press
from tests.target.nested import SignUp
from tests.target.press import Press

CATALOGUE = load()
ADMIN = Credentials("a test", username="the-admin", password="the password of the admin")


@contextmanager
def running(part: str, *faults: str) -> Iterator[tuple[Runner, Press]]:
    service = Press(frozenset(faults))
    service.accounts[0] = SignUp(username=ADMIN.username, password=ADMIN.password)
    with serve(Serial(service.app(getattr(press, part))), part) as url:
        contract = read_contract(fetch_document(url))
        runner = Runner(
            CATALOGUE, contract, Connection(url), Grants(writes=True, credentials={"admin": ADMIN})
        )
        try:
            yield runner, service
        finally:
            runner.finish()


def judged(part: str, rule: str, *faults: str) -> dict[str, str]:
    """The outcome of a rule on each of its subjects."""
    with running(part, *faults) as (runner, _):
        runner.select(one for one in runner.planned if one.rule.id == rule)
        return {str(result.subject): f"{result.outcome}" for result in runner.results()}


@pytest.mark.parametrize(("faults", "outcome"), [((), "pass"), (("open articles",), "violation")])
def test_what_is_named_by_its_title_is_changed_elsewhere(faults: tuple[str, ...], outcome: str) -> None:
    assert judged("articles", "ACC-001", *faults) == {"/articles": outcome}


@pytest.mark.parametrize(("faults", "outcome"), [((), "pass"), (("open notices",), "violation")])
def test_what_is_empty_can_be_filled_by_an_intruder(faults: tuple[str, ...], outcome: str) -> None:
    assert judged("notices", "ACC-001", *faults) == {"/notices": outcome}


def test_a_row_with_an_empty_slug_is_not_taken_for_the_one_at_its_number() -> None:
    with running("articles") as (runner, _):
        runner.start()
        target = runner.target
        articles = target.contract.resources[0]
        target.call(articles.create, target.alice, json={"title": "", "body": "b"})
        assert articles.identifier == ("article", "slug")
        assert [row.path for row in target.ledger.rows if not row.account] == [""]
        name_all(target)
        assert [row.path for row in target.ledger.rows if not row.account] == [""]


def test_the_administrator_does_what_others_are_answered_401_for() -> None:
    with running("notices") as (runner, service):
        runner.select(one for one in runner.planned if one.rule.family in ("RES", "ACC", "AUT"))
        outcomes = {f"{one.rule.id} {one.subject}": f"{one.outcome}" for one in runner.results()}
        assert outcomes["RES-003 /notices"] == "pass"
        assert outcomes["ACC-002 /notices"] == "pass"
        assert outcomes["AUT-001 DELETE /notices/{notice_id}"] == "pass"
        assert outcomes["AUT-001 POST /notices"] == "pass"
    assert service.notices == {}
    assert 0 in service.accounts


def test_what_only_the_administrator_creates_is_not_asked_for_by_others_again() -> None:
    with running("notices") as (runner, service):
        runner.start()
        target = runner.target
        notices = target.contract.resources[0]
        owners = [
            target.create(notices, actor).owner.name for actor in (target.alice, target.alice, target.bob)
        ]
        assert owners == ["admin"] * 3
        assert service.refused == ["POST"]


def test_no_account_is_deleted_in_anothers_place() -> None:
    with running("notices") as (runner, service):
        runner.start()
        target = runner.target
        lost = target.account("mallory").owner
        lost.token = lost.password = ""
    assert {one.username for one in service.accounts.values()} == {ADMIN.username, lost.username}
    assert runner.finish().leftovers == [f"the account {lost.username}: nobody could try"]


def test_deeds_to_others_to_oneself_and_what_takes_them_back() -> None:
    with running("circle") as (runner, service):
        runner.select(one for one in runner.planned if one.rule.id == "AUT-001")
        outcomes = {str(result.subject): f"{result.outcome}" for result in runner.results()}
        assert {name for name, outcome in outcomes.items() if outcome != "pass"} == {
            "POST /rebuild",
            "POST /log/session",
        }
    assert service.refused == []
    assert service.accounts[0].password == ADMIN.password
