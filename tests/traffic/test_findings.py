"""What the run says: nothing of a correct service, and of a faulty one exactly its fault."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.traffic.conftest import Run, shoot

HEALTH, LISTING, READ = "GET /api/health", "GET /api/things", "GET /api/things/{thing_id}"
CREATE = "POST /api/things"


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
    assert {trial.exchange.status for trial in correct.traffic.of(READ)} >= {200, 404, 422}


def test_the_trials_say_what_was_tried(correct: Run) -> None:
    tried = {(trial.scenario, trial.location, trial.parameter) for trial in correct.traffic.of(LISTING)}
    assert ("value_above_maximum", "query", "limit") in tried
    assert ("missing_parameter", "header", "Authorization") not in tried  # the matter of rules with a control
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
        ({"open"}, {LISTING: {"negative_data_rejection"}}),
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


def test_an_invalid_value_of_a_query_is_sent_in_one_company_only(correct: Run) -> None:
    told = [
        (
            trial.parameter,
            parse_qs(urlsplit(trial.exchange.url).query, keep_blank_values=True)[trial.parameter],
        )
        for trial in correct.traffic.of(LISTING)
        if trial.phase == "coverage" and trial.location == "query" and trial.parameter and not trial.positive
    ]
    assert ("limit", ["101"]) in told
    assert all(told.count(one) == 1 for one in told)


def test_no_content_type_is_claimed_where_there_is_no_content(correct: Run) -> None:
    claimed = {trial.operation for trial in correct.traffic.trials if trial.parameter == "Content-Type"}
    assert CREATE in claimed
    assert not [operation for operation in claimed if operation.startswith("GET ")]
