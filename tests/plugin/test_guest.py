"""A good guest: nothing stays behind, whatever happens, and nothing is written where only reading was allowed."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading

import pytest

from tests.plugin.conftest import DULL, Judge
from tests.plugin.service import DROPPED, Service

PATIENCE = 60


@pytest.mark.parametrize(
    ("number", "selected", "path", "times"),
    [
        pytest.param(signal.SIGINT, "not CON", "/api/v1/users", 3, id="Ctrl-C while an account is made"),
        pytest.param(signal.SIGTERM, "not CON", "/api/v1/products", 2, id="SIGTERM while a row is made"),
        pytest.param(signal.SIGINT, "CON", "/api/v1/products", 3, id="Ctrl-C in the traffic engine"),
    ],
)
def test_an_interrupted_run_deletes_what_it_made(
    pytester: pytest.Pytester, service: Service, number: signal.Signals, selected: str, path: str, times: int
) -> None:
    """The signal comes while the service works on a request that makes a row."""
    before = service.rows()
    reached, sent = threading.Event(), threading.Event()
    most: list[int] = []

    def watch() -> None:
        creates = [one for one in service.seen if (one.method, one.path) == ("POST", path)]
        if len(creates) >= times and not reached.is_set():
            most.append(sum(service.rows().values()))
            reached.set()
            sent.wait(PATIENCE)

    service.on_request = watch
    options = (f"--target-url={service.url}", f"--openapi={service.larger_document}", "-k", selected)
    command = [sys.executable, "-m", "pytest", *DULL, *options]
    with subprocess.Popen(
        command, cwd=pytester.path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as run:
        assert reached.wait(PATIENCE)
        run.send_signal(number)
        sent.set()
        shown = run.communicate(timeout=PATIENCE)[0]

    assert run.returncode == pytest.ExitCode.INTERRUPTED, shown
    assert most[0] > sum(before.values())
    assert service.rows() == before, shown
    assert len([one for one in service.seen if one.method == "DELETE"]) >= 2
    assert "KeyboardInterrupt" in shown
    assert [secret for secret in service.secrets() if secret in shown] == []


def test_the_profile_read_only_sends_no_unsafe_method(
    judge: Judge, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = judge("--compliance-profile=read-only")
    assert len(service.seen) > 10
    assert service.unsafe == []
    run.stdout.fnmatch_lines(["safety*reads only*"])
    assert run.ret == pytest.ExitCode.TESTS_FAILED  # inconclusive: nobody could be registered


def test_the_profile_read_only_logs_given_users_in_and_changes_nothing(
    judge: Judge, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = {name: service.register(name) for name in ("alice", "bob")}
    for name, (username, password) in people.items():
        monkeypatch.setenv(f"COMPLIANCE_{name.upper()}_USERNAME", username)
        monkeypatch.setenv(f"COMPLIANCE_{name.upper()}_PASSWORD", password)
    before = service.rows()
    service.seen.clear()
    try:
        run = judge("--compliance-profile=read-only", "-k", "PAG or AUT-002")
        assert service.rows() == before
    finally:
        for username, _ in people.values():
            service.remove(username)
    assert {(one.method, one.path) for one in service.unsafe} == {("POST", "/api/v1/auth/login")}
    assert run.parseoutcomes()["passed"] >= 4
    run.stdout.fnmatch_lines(["identity*alice from COMPLIANCE_ALICE_USERNAME and*"])
    assert "correct horse" not in run.stdout.str()


def test_a_given_user_is_kept(judge: Judge, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    username, password = service.register("kept")
    monkeypatch.setenv("COMPLIANCE_ALICE_USERNAME", username)
    monkeypatch.setenv("COMPLIANCE_ALICE_PASSWORD", password)
    before = service.rows()
    try:
        run = judge("-k", "AUT or ACC or RES or PAG")
        assert service.rows() == before, run.stdout.str()
    finally:
        service.remove(username)


def test_a_read_that_lost_its_connection_once_changes_nothing(judge: Judge, service: Service) -> None:
    lost: list[str] = []

    def drop_one(method: str, path: str, headers: dict[str, str]) -> tuple[int, bytes] | None:
        if method != "GET" or lost:
            return None
        lost.append(path)
        return DROPPED

    service.instead = drop_one
    run = judge("-k", "PAG")
    assert lost
    assert run.ret == pytest.ExitCode.OK
    run.stdout.fnmatch_lines(["PARTIAL *"])


def test_a_service_that_goes_away_leaves_the_verdict_open(judge: Judge, service: Service) -> None:
    service.instead = lambda *_: DROPPED if len(service.seen) > 15 else None
    try:
        run = judge("-k", "AUT or PAG", "-rs")
    finally:
        service.clear()
    assert run.ret == pytest.ExitCode.TESTS_FAILED
    assert len(service.seen) < 40
    shown = run.stdout.str()
    for words in ("stopped answering", "left behind", "\nINCONCLUSIVE ", "the run was cut short"):
        assert words in shown
    assert "Traceback" not in shown


def test_a_service_that_is_gone_at_once_leaves_it_open_too(judge: Judge, service: Service) -> None:
    service.instead = lambda *_: DROPPED
    run = judge("-k", "PAG or AUT")
    assert run.ret == pytest.ExitCode.TESTS_FAILED
    run.stdout.fnmatch_lines(["INCONCLUSIVE *"])
    assert "Traceback" not in run.stdout.str()


def test_nothing_is_written_into_the_folder(judge: Judge, pytester: pytest.Pytester) -> None:
    judge("-k", "PAG or CON-001")
    assert [path.name for path in pytester.path.iterdir()] == []
