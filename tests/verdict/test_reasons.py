"""Why a rule is untested: each reason once."""

from __future__ import annotations

from types import SimpleNamespace

from compliance.catalogue import Need
from compliance.run import Runner


def test_what_a_rule_lacks_and_why_an_actor_is_not_had_are_said_once_where_they_are_the_same():
    runner = Runner.__new__(Runner)
    refused = f"needs {Need.WRITES.value}"
    runner.target = SimpleNamespace(refusals={"alice": refused, "bob": "nobody by that name"})
    said = runner._why_lacking([Need.WRITES, Need.USER, Need.TWO_USERS])
    assert said.count(refused) == 1
    assert said.endswith("; nobody by that name")
