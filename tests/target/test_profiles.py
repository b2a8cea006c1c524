"""Accounts that an update names in its body, and roles whose names only the administrator's account tells."""

from __future__ import annotations

from compliance.catalogue import load
from compliance.run import Runner, read_contract
from compliance.target.connection import Connection
from compliance.target.credentials import Credentials
from compliance.target.document import fetch_document
from compliance.target.reach import Grants
from compliance.target.serving import serve
from tests.target.profiled import Service, app_of

CATALOGUE = load()
CHEF = Credentials("admin", "mike", "kaylee1234")


def outcomes(rule: str, *faults: str, admin: bool = True) -> dict[str, str]:
    with serve(app_of(Service(frozenset(faults))), "profiled") as url:
        grants = Grants(writes=True, credentials={"admin": CHEF} if admin else {})
        runner = Runner(CATALOGUE, read_contract(fetch_document(url)), Connection(url), grants)
        runner.select(one for one in runner.planned if one.rule.id == rule)
        for _ in runner.results():
            pass
        return {one.subject: f"{one.outcome}" for one in runner.finish().results}


def test_an_update_that_names_its_sender_changes_him() -> None:
    assert outcomes("ACC-011")["PUT /profile"] == "pass"
