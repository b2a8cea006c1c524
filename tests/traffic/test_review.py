"""Recorded exchanges are judged as the engine's own trials are, and only where the document has a say."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

import compliance.traffic
from compliance.contract import understand
from compliance.target.client import Client
from compliance.target.connection import Connection
from compliance.target.tape import BODY_CAP, Exchange, Tape
from compliance.target.wire import Request
from compliance.traffic import Trial, review
from tests.traffic.conftest import Run, shoot
from tests.traffic.service import TOKEN, Service, served

HEALTH, LISTING, CREATE, READ = (
    "GET /api/health",
    "GET /api/things",
    "POST /api/things",
    "GET /api/things/{thing_id}",
)
CREDENTIALS = (("Authorization", f"Bearer {TOKEN}"),)
THING = {"name": "cup", "price": 1.5}
TARGET = "http://127.0.0.1:9"


def requests() -> Iterator[Request]:
    """What rules send: the ordinary, and the refused."""
    yield Request("GET", "/api/health", operation=HEALTH)
    yield Request("GET", "/api/things", operation=LISTING)
    yield Request("POST", "/api/things", headers=CREDENTIALS, json=THING, operation=CREATE)
    yield Request("POST", "/api/things", headers=CREDENTIALS, json={}, operation=CREATE)
    yield Request("GET", "/api/things", headers=CREDENTIALS, operation=LISTING)
    for number in ("1", "999", "x"):
        yield Request("GET", f"/api/things/{number}", headers=CREDENTIALS, operation=READ)
    yield Request("GET", "/api/nowhere")


def recorded(*faults: str) -> tuple[Service, str, Tape]:
    service, tape = Service(frozenset(faults)), Tape()
    with served(service.app) as url:
        client = Client(Connection(url), tape)
        for request in requests():
            client.send(request)
        client.close()
    return service, url, tape


def found(trials: tuple[Trial, ...]) -> dict[str, list[str]]:
    return {t.operation: [f.check for f in t.failures] for t in trials if t.failures}


def answer(
    body: Any = None, status: int = 200, operation: str = HEALTH, url: str = "/api/health", **changed: Any
) -> Exchange:
    """An answer to HEALTH that is as the document says, but for what is given."""
    made = Exchange(
        actor="alice",
        operation=operation,
        method=operation.partition(" ")[0],
        url=TARGET + url,
        request_headers=(),
        request_body=b"",
        status=status,
        headers=(("Content-Type", "application/json"),),
        body=body if isinstance(body, bytes) else json.dumps(body or {"status": "up"}).encode(),
    )
    return replace(made, **changed)


def judged(*exchanges: Exchange, **how: Any) -> tuple[Trial, ...]:
    return review(Service().document, TARGET, exchanges, **how)


def messages(*exchanges: Exchange) -> list[str]:
    return [failure.message for trial in judged(*exchanges) for failure in trial.failures]


def test_a_correct_service_answers_the_rules_as_documented() -> None:
    service, url, tape = recorded()
    trials = review(service.document, url, tape)
    assert [trial.exchange for trial in trials] == [exchange for exchange in tape if exchange.operation]
    assert [trial.exchange.status for trial in trials] == [200, 401, 201, 422, 200, 200, 404, 422]
    assert found(trials) == {}


def test_a_recorded_trial_says_that_nobody_generated_it() -> None:
    (trial,) = judged(answer())
    assert (trial.operation, trial.phase, trial.positive) == (HEALTH, "recorded", False)
    assert (trial.scenario, trial.location, trial.parameter) == ("", "", "")


@pytest.mark.parametrize(
    ("fault", "check"),
    [
        ("schema", "response_schema_conformance"),
        ("status", "status_code_conformance"),
        ("type", "content_type_conformance"),
    ],
)
def test_planted_faults_are_found_by_their_checks_and_nowhere_else(fault: str, check: str) -> None:
    service, url, tape = recorded(fault)
    assert found(review(service.document, url, tape)) == {HEALTH: [check]}


def test_the_engines_own_exchanges_are_judged_as_it_judged_them() -> None:
    """Of a service with all three faults: the same words for the same answer."""
    for fault in ("schema", "status", "type"):
        run = shoot(fault, examples=1, whole=False)
        theirs = [trial for trial in run.traffic.of(HEALTH) if trial.exchange.operation]
        ours = review(run.service.excerpt, TARGET, [trial.exchange for trial in theirs])
        judgements = {failure for trial in ours for failure in trial.failures}
        assert judgements == {failure for trial in theirs for failure in trial.failures}
        assert judgements


def test_nothing_generated_for_a_correct_service_is_held_against_it(correct: Run) -> None:
    trials = review(correct.service.document, TARGET, correct.tape)
    assert len(trials) > 300
    assert found(trials) == {}


@pytest.mark.parametrize(
    "exchange",
    [
        answer(status=429),
        answer(status=503, headers=(("Retry-After", "1"),)),
        answer(status=418, operation=""),
        answer(status=418, operation="GET /api/nowhere"),
        answer(status=405, method="HEAD"),
        answer(status=307, url="/api/health/"),
        answer(status=404, url="/api/things/1/2", operation=READ),
        answer(
            status=415,
            url="/api/things",
            operation=CREATE,
            request_headers=(("content-type", "text/plain"),),
            request_body=b"x",
        ),
        answer(status=400, url="/api/things", operation=CREATE, request_body=b"x"),
    ],
    ids=str,
)
def test_where_the_document_has_no_say_there_is_no_trial(exchange: Exchange) -> None:
    assert judged(exchange) == ()


@pytest.mark.parametrize(
    "exchange",
    [
        answer(body=["x"] * (BODY_CAP // 4), url="/api/health?x=1"),
        answer(
            status=400,
            url="/api/things",
            operation=CREATE,
            request_headers=(("Content-Type", "application/json; charset=utf-8"),),
            request_body=b'{"name": "\xff"}',
        ),
        answer(status=400, headers=(("Content-Type", "text/plain"),), body=b"Invalid HTTP request received."),
    ],
    ids=["cut", "undecodable", "no HTTP"],
)
def test_noise_is_no_failure(exchange: Exchange) -> None:
    (trial,) = judged(replace(exchange, body=exchange.body[:BODY_CAP]))
    assert trial.failures == ()


def test_the_base_path_is_part_of_the_label_and_of_the_path() -> None:
    document = Service().document
    exchange = answer(status=418, operation="GET /v9/api/health", url="/v9/api/health")
    assert found(judged(exchange, base_path="/v9")) == {exchange.operation: ["status_code_conformance"]}
    documented = document | {"servers": [{"url": "/v9"}]}
    assert found(review(documented, TARGET, [exchange])) == {exchange.operation: ["status_code_conformance"]}
    below = replace(exchange, url=f"{TARGET}/below/v9/api/health")
    assert len(review(documented, f"{TARGET}/below/", [below])) == 1
    assert judged(exchange) == ()


def test_every_operation_of_a_contract_is_known_by_its_label() -> None:
    document = Service().document | {"servers": [{"url": "/v9/"}]}
    for operation in understand(document, "/v9").operations:
        path = operation.path.replace("{thing_id}", "1")
        exchange = answer(status=418, operation=operation.label, url=path)
        assert found(review(document, TARGET, [exchange])) == {operation.label: ["status_code_conformance"]}


def test_a_broken_schema_is_no_fault_of_the_answer() -> None:
    document = Service().document
    health = document["paths"]["/api/health"]["get"]["responses"]["200"]["content"]["application/json"]
    health["schema"] = {"$ref": "#/components/schemas/Nowhere"}
    trials = review(document, TARGET, [answer(), answer(status=418)])
    assert [[f.check for f in trial.failures] for trial in trials] == [[], ["status_code_conformance"]]


def test_a_broken_operation_is_left_out() -> None:
    document = Service().document
    document["paths"]["/api/health"]["get"]["parameters"] = [{"$ref": "#/components/parameters/Nowhere"}]
    created = answer(status=418, operation=LISTING, url="/api/things")
    assert [t.operation for t in review(document, TARGET, [answer(), created])] == [LISTING]


@pytest.mark.parametrize(
    ("exchange", "message"),
    [
        (answer({"status": 1}), '1 is not of type "string" (at /status)'),
        (
            answer([{"note": "long"}, {"note": "longer"}, {"note": "longest"}]),
            'a list is not of type "object"',
        ),
        (answer({"status": ["secret" * 900]}), 'a list is not of type "string" (at /status)'),
        (answer({"id": 1}, 201, CREATE, "/api/things"), '"name" is a required property'),
        (answer(status=418), "Received: 418; Documented: 200, 401, 409"),
        (
            answer(headers=(("content-type", "text/html"),)),
            "Received: text/html; Documented: application/json",
        ),
        (answer(headers=()), "The following media types are documented in the schema: `application/json`"),
        (
            answer(body=b"<"),
            "Response must be valid JSON with 'Content-Type: application/json' header: Expecting value: line 1 column 1 (char 0)",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_message_is_one_short_line(exchange: Exchange, message: str) -> None:
    said = messages(exchange)
    assert message in said
    assert messages(exchange) == said
    assert all(len(words) <= 200 and "\n" not in words for words in said)


def test_a_long_message_is_cut() -> None:
    (words,) = messages(answer(headers=(("content-type", "text/" + "x" * 900),), status=200))
    assert len(words) == 200
    assert words.endswith("…")


def test_reviewing_twice_is_the_same_function_still() -> None:
    """A module of the function's name would take its place once it was imported."""
    judged(answer())
    assert compliance.traffic.review is review


def test_naming_it_costs_nothing() -> None:
    heavy = ("schemathesis", "hypothesis", "requests")
    code = (
        f"import sys; from compliance.traffic import review; print([m for m in {heavy} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
