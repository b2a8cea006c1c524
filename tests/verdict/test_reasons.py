"""Why a rule is untested: each reason once."""

from __future__ import annotations

from types import SimpleNamespace

from compliance.catalogue import Need
from compliance.depths.outside import Outside


def test_what_a_rule_lacks_and_why_an_actor_is_not_had_are_said_once_where_they_are_the_same():
    outside = Outside.__new__(Outside)
    refused = f"needs {Need.WRITES.value}"
    outside.target = SimpleNamespace(refusals={"alice": refused, "bob": "nobody by that name"})
    said = outside.why_lacking([Need.WRITES, Need.USER, Need.TWO_USERS])
    assert said.count(refused) == 1
    assert said.endswith("; nobody by that name")
