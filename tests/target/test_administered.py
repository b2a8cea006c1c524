"""Accounts that only the administrator sees: what is done to them is judged on one that he makes."""

from __future__ import annotations

import pytest

from compliance.catalogue import load
from compliance.result import Run
from compliance.run import Runner, read_contract
from compliance.target.connection import Connection
from compliance.target.credentials import Credentials
from compliance.target.document import fetch_document
from compliance.target.reach import Grants
from compliance.target.serving import serve
from tests.serial import Serial
from tests.target.administered import Service, app_of

CATALOGUE = load()


def judge(*faults: str, rules: str = "ACC RES AUT-001") -> tuple[Run, Service]:
    service = Service(frozenset(faults))
    admin = Credentials("admin", "admin@example.com", "secret")
    with serve(Serial(app_of(service)), "administered") as url:
        grants = Grants(writes=True, credentials={"admin": admin})
        runner = Runner(CATALOGUE, read_contract(fetch_document(url)), Connection(url), grants)
        outside = [one for one in runner.planned if one.rule.depth == "outside"]
        runner.select(one for one in outside if one.rule.id.startswith(tuple(rules.split())))
        for _ in runner.results():
            pass
        return runner.finish(), service


def outcomes(run: Run) -> dict[str, str]:
    """All but the addresses of new rows, which the service does not tell."""
    return {f"{r.rule.id} {r.subject}": f"{r.outcome}" for r in run.results if r.rule.id != "RES-004"}


def test_an_account_that_the_administrator_made_is_looked_at() -> None:
    run, service = judge()
    found = outcomes(run)
    for name in (
        "ACC-001 /users",
        "ACC-002 /users",
        "RES-002 /users",
        "RES-003 /users",
        "RES-001 POST /users",
    ):
        assert found[name] == "pass", [(r.rule.id, r.subject, r.reason) for r in run.results]
    assert [name for name, outcome in found.items() if outcome == "violation"] == []
    assert len(service.accounts) == 1


def test_what_the_administrator_makes_has_the_least_of_rights() -> None:
    _, service = judge()
    assert set(service.roles) == {"USER"}


def test_a_registration_elsewhere_is_not_judged_as_the_create() -> None:
    run, _ = judge("found", rules="RES-001")
    broken = next(r for r in run.results if r.subject == "POST /users")
    assert outcomes(run)["RES-001 POST /users"] == "violation"
    assert broken.observed == "200"


def test_an_account_that_anybody_changes_is_found() -> None:
    run, _ = judge("open change", rules="ACC")
    assert outcomes(run)["ACC-001 /users"] == "violation"


def test_privileges_are_known_however_they_are_spelled_and_wrapped() -> None:
    run, _ = judge(rules="ACC-003")
    assert set(outcomes(run).values()) == {"pass"}


@pytest.mark.parametrize("field", ["role", "isSuperuser"])
def test_a_privilege_that_registration_gives_is_found(field: str) -> None:
    run, _ = judge(field, rules="ACC-003")
    assert [r.cause for r in run.results] == [f"{field} can be taken at registration"]


@pytest.mark.parametrize("fault", ["hidden", "empty"])
def test_what_is_answered_like_a_row_that_never_was_is_gone(fault: str) -> None:
    run, _ = judge(fault, rules="RES-003")
    assert outcomes(run) == {"RES-003 /users": "pass"}


@pytest.mark.parametrize(("faults", "outcome"), [((), "pass"), (("endless",), "violation")])
def test_a_page_that_says_there_is_more_shows_the_maximum(faults: tuple[str, ...], outcome: str) -> None:
    run, service = judge(*faults, rules="PAG-003")
    assert outcomes(run) == {"PAG-003 GET /users": outcome}
    assert len(service.accounts) == 1
