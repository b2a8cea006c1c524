"""What the run says: nothing of a correct service, and of a faulty one exactly its fault."""

from __future__ import annotations

import pytest

from tests.traffic.conftest import Run, shoot

HEALTH, LISTING, READ = "GET /api/health", "GET /api/things", "GET /api/things/{thing_id}"


def test_a_correct_service_yields_no_failures(correct: Run) -> None:
    assert correct.failures == []
    assert correct.traffic.complete
    assert correct.traffic.notes == ()


def test_every_operation_is_tried_with_valid_and_with_invalid_data(correct: Run) -> None:
    operations = {
        f"{method.upper()} {path}"
        for path, methods in correct.service.document["paths"].items()
        for method in methods
    }
    assert operations == {trial.operation for trial in correct.traffic.trials}
    assert all(any(trial.positive for trial in correct.traffic.of(operation)) for operation in operations)
    assert {trial.exchange.status for trial in correct.traffic.of(READ)} >= {200, 401, 404, 422}


def test_the_trials_say_what_was_tried(correct: Run) -> None:
    tried = {(trial.scenario, trial.location, trial.parameter) for trial in correct.traffic.of(LISTING)}
    assert ("value_above_maximum", "query", "limit") in tried
    assert ("missing_parameter", "header", "Authorization") in tried
    assert {trial.phase for trial in correct.traffic.trials} >= {"coverage", "fuzzing"}


@pytest.mark.parametrize(
    ("fault", "operation", "checks"),
    [
        ("schema", HEALTH, {"response_schema_conformance"}),
        ("status", HEALTH, {"status_code_conformance"}),
        ("type", HEALTH, {"content_type_conformance"}),
        ("crash", LISTING, {"not_a_server_error", "status_code_conformance"}),
        ("lenient", LISTING, {"negative_data_rejection"}),
        ("picky", LISTING, {"positive_data_acceptance"}),
        ("open", LISTING, {"missing_required_header", "negative_data_rejection"}),
    ],
)
def test_a_planted_fault_is_found_by_its_check_and_nowhere_else(
    fault: str, operation: str, checks: set[str]
) -> None:
    run = shoot(fault)
    assert run.found(operation) == checks
    assert {trial.operation for trial in run.traffic.trials if trial.failures} == {operation}


def test_a_busy_service_is_never_evidence() -> None:
    run = shoot("busy")
    assert run.traffic.trials
    assert run.failures == []


def test_a_service_that_crashes_everywhere_is_followed_to_the_end() -> None:
    """Uvicorn drops the connection after each crash, and no dropped request may become a finding or a gap."""
    run = shoot("ruin")
    assert run.traffic.complete
    assert run.traffic.notes == ()
    assert {trial.exchange.status for trial in run.traffic.of(LISTING)} <= {500, 405}
    assert len(run.service.seen) == len(run.tape) == len(run.traffic.trials)
