"""The run as a guest: nothing is sent unasked, nothing found is used, nothing is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis.configuration import storage_directory

from compliance.target.connection import Connection
from compliance.target.tape import Exchange
from compliance.traffic import drive
from compliance.traffic.wire import MARK
from tests.traffic.conftest import EXAMPLES, Run, anything, shoot
from tests.traffic.service import TOKEN, Service

OPERATIONS = {
    f"{method.upper()} {path}" for path, methods in Service().document["paths"].items() for method in methods
}


def unseen(exchange: Exchange) -> None:
    pytest.fail(f"{exchange} was answered")


def test_what_may_not_be_sent_never_reaches_the_service() -> None:
    run = shoot(may_send=lambda method, operation, url, body: method in ("GET", "POST"))
    assert run.service.methods == {"GET", "POST"}
    assert run.failures == []
    assert run.traffic.complete
    assert run.traffic.notes == ()
    assert run.traffic.of("DELETE /api/things/{thing_id}") == ()


def test_the_base_path_of_the_document_is_part_of_label_and_url() -> None:
    asked: list[tuple[str, str]] = []

    def may_send(method: str, operation: str, url: str, body: bytes) -> bool:
        asked.append((operation, url))
        return False

    document = Service().excerpt | {"servers": [{"url": "/v9"}]}
    target = "http://127.0.0.1:9"
    drive(document, Connection(target), headers={}, may_send=may_send, observe=unseen, seed=1, examples=1)
    assert ("GET /v9/api/health", f"{target}/v9/api/health") in asked
    asked.clear()
    drive(
        document,
        Connection(target),
        headers={},
        may_send=may_send,
        observe=unseen,
        seed=1,
        examples=1,
        base_path="/v8/",
    )
    assert ("GET /v8/api/health", f"{target}/v8/api/health") in asked


def test_nothing_permitted_is_nothing_sent() -> None:
    run = shoot(may_send=lambda method, operation, url, body: False, whole=False)
    assert run.service.seen == []
    assert run.traffic.trials == ()


def test_it_is_asked_with_the_exact_request_and_its_operation() -> None:
    asked: list[tuple[str, str, str, bytes]] = []

    def may_send(method: str, operation: str, url: str, body: bytes) -> bool:
        asked.append((method, operation, url, body))
        return True

    run = shoot(may_send=may_send, examples=1)
    sent = [(e.method, e.operation, e.url, e.request_body) for e in run.tape]
    assert sent == asked
    nowhere = {f"{method} {urlsplit(url).path}" for method, operation, url, _ in asked if not operation}
    assert nowhere
    assert nowhere.isdisjoint(OPERATIONS)
    assert {operation for _, operation, _, _ in asked if operation} == OPERATIONS
    assert all(operation.startswith(f"{method} /api/") for method, operation, _, _ in asked if operation)


def test_the_tape_holds_what_the_service_saw(correct: Run) -> None:
    assert len(correct.tape) == len(correct.traffic.trials)
    assert [(e.method, e.request_body) for e in correct.tape] == [(m, b) for m, _, b in correct.service.seen]
    assert {e.actor for e in correct.tape} == {"carol"}
    assert MARK not in {name for e in correct.tape for name, _ in e.request_headers}


def test_carol_is_always_authorised(correct: Run) -> None:
    """Who may is the matter of rules that have a control beside the request without credentials."""
    assert set(correct.service.credentials) == {f"Bearer {TOKEN}"}


def test_a_token_is_asked_for_before_every_request() -> None:
    tokens = iter(range(10_000))
    run = shoot(examples=1, whole=False, headers=lambda: {"Authorization": f"Bearer {next(tokens)}"})
    seen = [value for value in run.service.credentials if value and value.startswith("Bearer ")]
    assert len(set(seen)) == len(seen) > 20


def test_two_runs_are_the_same(correct: Run) -> None:
    again = shoot(examples=EXAMPLES)
    assert again.service.seen == correct.service.seen
    assert [(t.operation, t.phase, t.scenario, t.exchange.status) for t in again.traffic.trials] == [
        (t.operation, t.phase, t.scenario, t.exchange.status) for t in correct.traffic.trials
    ]


def test_several_workers_do_no_less() -> None:
    run = shoot(workers=3)
    assert run.traffic.complete
    # Before 3.13 the interpreter may fail a thread that compiles beside others (CPython gh-106905): that operation is told.
    lost = [note for note in run.traffic.notes if "AST constructor" in note]
    assert len(run.tape) == len(run.traffic.trials) > (150 if lost else 280)


def test_nothing_is_read_from_or_written_to_the_folder_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "schemathesis.toml").write_text('seed = "broken"')
    (tmp_path / "hooks.py").write_text('raise SystemExit("the hooks were loaded")')
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCHEMATHESIS_HOOKS", "hooks.py")
    home = storage_directory(intent_to_write=False).path
    run = shoot(whole=False)
    assert run.traffic.complete
    assert {path: path.read_bytes() for path in tmp_path.rglob("*")} == before
    assert os.environ["SCHEMATHESIS_HOOKS"] == "hooks.py"
    assert storage_directory(intent_to_write=False).path == home


def test_the_document_stays_as_it_was(correct: Run) -> None:
    schemes = correct.service.document["components"]["securitySchemes"]
    assert schemes["OAuth2PasswordBearer"]["type"] == "oauth2"
    assert "links" not in json.dumps(correct.service.document)


def test_an_interrupt_is_raised_again() -> None:
    """A real SIGINT, once, while the engine's own thread is at work."""
    seen: list[Exchange] = []

    def interrupt(exchange: Exchange) -> None:
        seen.append(exchange)
        if len(seen) == 5:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        shoot(observe=interrupt)
    assert len(seen) < 50


@pytest.mark.parametrize("raised", [KeyboardInterrupt, SystemExit, RuntimeError])
def test_what_the_observer_raises_ends_the_run(raised: type[BaseException]) -> None:
    seen: list[Exchange] = []

    def observe(exchange: Exchange) -> None:
        seen.append(exchange)
        if len(seen) == 5:
            raise raised("enough")

    with pytest.raises(raised, match="enough"):
        shoot(observe=observe)
    assert len(seen) == 5


def test_what_decides_about_sending_ends_the_run_too() -> None:
    def may_send(method: str, operation: str, url: str, body: bytes) -> bool:
        raise LookupError("no idea")

    with pytest.raises(LookupError, match="no idea"):
        shoot(may_send=may_send)


def test_importing_costs_nothing() -> None:
    heavy = ("schemathesis", "hypothesis", "requests")
    code = f"import sys, compliance.traffic; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_service_that_is_not_there_leaves_the_run_incomplete() -> None:
    document, target = Service().excerpt, "http://127.0.0.1:9"
    traffic = drive(
        document, Connection(target), headers={}, may_send=anything, observe=unseen, seed=1, examples=1
    )
    assert not traffic.complete
    assert traffic.trials == ()
    assert traffic.notes
