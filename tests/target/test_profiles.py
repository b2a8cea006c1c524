"""Accounts that an update names in its body, and roles whose names only the administrator's account tells."""

from __future__ import annotations

import pytest

from compliance.catalogue import load
from compliance.run import Runner, read_contract
from compliance.target.connection import Connection
from compliance.target.credentials import Credentials
from compliance.target.document import fetch_document
from compliance.target.reach import Grants
from compliance.target.serving import serve
from tests.serial import Serial
from tests.target.profiled import Service, app_of

CATALOGUE = load()
CHEF = Credentials("admin", "mike", "kaylee1234")


def outcomes(rule: str, *faults: str, admin: bool = True) -> dict[str, str]:
    with serve(Serial(app_of(Service(frozenset(faults)))), "profiled") as url:
        grants = Grants(writes=True, credentials={"admin": CHEF} if admin else {})
        runner = Runner(CATALOGUE, read_contract(fetch_document(url)), Connection(url), grants)
        runner.select(one for one in runner.planned if one.rule.id == rule)
        for _ in runner.results():
            pass
        return {one.subject: f"{one.outcome}" for one in runner.finish().results}


@pytest.mark.parametrize(
    ("faults", "profile", "role"),
    [
        ((), "pass", "untested"),
        (("whoever",), "violation", "untested"),
        (("promotion",), "pass", "violation"),
    ],
)
def test_an_account_is_not_changed_by_whoever_names_it(
    faults: tuple[str, ...], profile: str, role: str
) -> None:
    assert outcomes("ACC-001", *faults) == {"PUT /profile": profile, "PUT /users/update_role": role}


def test_a_role_that_no_form_offers_is_taken_by_its_name() -> None:
    assert outcomes("ACC-011")["PATCH /profile"] == "pass"
    assert outcomes("ACC-011", "undeclared")["PATCH /profile"] == "violation"


def test_without_an_administrator_nobody_knows_what_a_role_is_called() -> None:
    assert outcomes("ACC-011", "undeclared", admin=False)["PATCH /profile"] == "pass"


def test_a_role_that_a_form_offers_may_be_anybodys_to_choose() -> None:
    assert outcomes("ACC-011", "offered")["PATCH /profile"] == "pass"


def test_an_update_that_names_its_sender_changes_him() -> None:
    assert outcomes("ACC-011")["PUT /profile"] == "pass"


@pytest.mark.parametrize(("faults", "outcome"), [((), "pass"), (("mail",), "violation")])
def test_an_address_that_no_document_requires_is_sent_all_the_same(
    faults: tuple[str, ...], outcome: str
) -> None:
    assert outcomes("ACC-005", *faults) == {"PUT /users/{username}/email": outcome}
