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
    assert {trial.exchange.status for trial in correct.traffic.of(READ)} >= {200, 401, 422}


def test_the_trials_say_what_was_tried(correct: Run) -> None:
    tried = {(trial.scenario, trial.location, trial.parameter) for trial in correct.traffic.of(LISTING)}
    assert ("value_above_maximum", "query", "limit") in tried
    assert ("missing_parameter", "header", "Authorization") in tried
    assert {trial.phase for trial in correct.traffic.trials} >= {"coverage", "fuzzing"}


@pytest.mark.parametrize(
    ("faults", "found"),
    [
        (
            {"schema", "crash"},
            {
                HEALTH: {"response_schema_conformance"},
                LISTING: {"not_a_server_error", "status_code_conformance"},
            },
        ),
        (
            {"status", "lenient"},
            {HEALTH: {"status_code_conformance"}, LISTING: {"negative_data_rejection"}},
        ),
        (
            {"type", "picky"},
            {HEALTH: {"content_type_conformance"}, LISTING: {"positive_data_acceptance"}},
        ),
        ({"open"}, {LISTING: {"missing_required_header", "negative_data_rejection"}}),
    ],
    ids=lambda value: "+".join(sorted(value)) if isinstance(value, set) else "",
)
def test_planted_faults_are_found_by_their_checks_and_nowhere_else(
    faults: set[str], found: dict[str, set[str]]
) -> None:
    run = shoot(*faults, whole=False)
    assert {
        trial.operation: run.found(trial.operation) for trial in run.traffic.trials if trial.failures
    } == found


def test_a_busy_service_is_never_evidence() -> None:
    run = shoot("busy", whole=False)
    assert run.traffic.trials
    assert run.failures == []


def test_a_service_that_crashes_is_followed_to_the_end() -> None:
    """Uvicorn drops the connection after each crash, and no dropped request may become a finding or a gap."""
    run = shoot("ruin", whole=False)
    assert run.traffic.complete
    assert run.traffic.notes == ()
    assert run.found(LISTING) == {"not_a_server_error", "status_code_conformance"}
    assert len(run.service.seen) == len(run.tape)


def test_the_control_of_a_check_is_on_the_tape_but_no_trial() -> None:
    """A content type that ends in a 500 is tried again without it."""
    run = shoot("ruin", examples=1, whole=False)
    tried = {id(trial.exchange) for trial in run.traffic.trials}
    controls = [exchange for exchange in run.tape if id(exchange) not in tried]
    assert [(exchange.operation, exchange.status) for exchange in controls] == [(LISTING, 500)]
    assert [t.scenario for t in run.traffic.of(LISTING)].count("malformed_content_type") == 1
