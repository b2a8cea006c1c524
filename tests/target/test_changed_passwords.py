"""Bodies with a fault for the change of a password, which takes a proper one again and again."""

from __future__ import annotations

import pytest

from compliance.catalogue import load
from compliance.run import judge
from compliance.target.document import fetch_document
from compliance.target.reach import Grants
from compliance.target.serving import serve
from tests.serial import Serial
from tests.target.nested import Service

CHANGE = "PUT /me/password"


@pytest.mark.parametrize("rule", ["ERR-006", "ERR-010"])
def test_a_proper_change_names_the_password_that_the_last_one_set(rule: str) -> None:
    with serve(Serial(Service().app()), "accounts") as url:
        run = judge(
            load(),
            fetch_document(url),
            url,
            Grants(writes=True),
            choose=lambda one: one.rule.id == rule and getattr(one.subject, "label", "") == CHANGE,
        )
    assert [(f"{one.outcome}", one.reason) for one in run.results] == [("pass", "")]
