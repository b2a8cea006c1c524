"""What the clauses on the contract make of trials, without any traffic."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from compliance.catalogue import Untested, Violation
from compliance.contract import understand
from compliance.contract.model import Operation
from compliance.rules.contract.answers import responses_match_their_schemas, statuses_are_documented
from compliance.target.reach import Target
from compliance.target.restraint import Restraint
from compliance.target.tape import Exchange
from compliance.traffic import Traffic
from compliance.traffic.trial import CheckFailure, Trial

CREATE = "POST /things"


def trial(*failed: str, status: int = 201) -> Trial:
    exchange = Exchange("alice", CREATE, "POST", "http://a/things", (), b"", status, (), b"{}")
    failures = tuple(CheckFailure(check, "so", "so") for check in failed)
    return Trial(CREATE, exchange, "fuzzing", True, "", "", "", failures)


def outcome(rule: Any, *trials: Trial) -> str:
    target = cast("Target", SimpleNamespace(traffic=Traffic(trials, True, ())))
    operation = cast("Operation", SimpleNamespace(label=CREATE))
    try:
        rule(target, operation)
    except (Untested, Violation) as found:
        return type(found).__name__
    return "pass"


@pytest.mark.parametrize(
    ("failed", "schemas", "statuses"),
    [
        ((), "pass", "pass"),
        (("response_schema_conformance",), "Violation", "Untested"),
        (("content_type_conformance",), "Untested", "Untested"),
        (("status_code_conformance",), "Untested", "Violation"),
        (("response_headers_conformance",), "pass", "pass"),
    ],
)
def test_only_a_success_as_documented_shows_that_an_operation_works(
    failed: tuple[str, ...], schemas: str, statuses: str
) -> None:
    assert outcome(responses_match_their_schemas, trial(*failed)) == schemas
    assert outcome(statuses_are_documented, trial(*failed)) == statuses


def test_what_was_never_sent_is_said_to_be() -> None:
    contract = understand(
        {"openapi": "3.1.0", "paths": {"/things": {"post": {}}, "/db": {"get": {"operationId": "resetAll"}}}}
    )
    restraint = Restraint(contract, careful=False)
    target = cast("Target", SimpleNamespace(traffic=Traffic((), True, ()), restraint=restraint))
    for operation, words in zip(contract.operations, ("no request was sent", "never calls it"), strict=True):
        with pytest.raises(Untested, match=words):
            statuses_are_documented(target, operation)
