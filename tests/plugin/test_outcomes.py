"""Letters, reasons and the exit status."""

from __future__ import annotations

import pytest

from tests.plugin import standards
from tests.plugin.conftest import Judge
from tests.plugin.service import KEY, Service


def test_a_broken_must_fails_its_item_and_the_run(judge: Judge, service: Service) -> None:
    service.open_door = "/api/v1/users/me"
    run = judge("-k", "AUT-001")
    run.assert_outcomes(failed=1, passed=3, deselected=run.parseoutcomes()["deselected"])
    assert run.ret == pytest.ExitCode.TESTS_FAILED
    run.stdout.fnmatch_lines(
        [
            "AUT-001 A guarded operation refuses a request without credentials",
            "  expected 401 or 403",
            "  observed 200 without credentials",
            "NOT COMPLIANT *",
            "FAILED compliance.suite::AUT-001*GET /api/v1/users/me*",
        ]
    )
    assert "Traceback" not in run.stdout.str()


def test_one_cause_is_told_three_times_in_full(judge: Judge, service: Service) -> None:
    service.instead = lambda method, path, headers: (
        (500, b'{"detail": "out of order"}') if "authorization" not in headers and method != "POST" else None
    )
    run = judge("-k", "ERR-001", f"--openapi={service.larger_document}")
    told = [line for line in run.outlines if line == "ERR-001 No request is answered with a server error"]

    assert run.parseoutcomes()["failed"] > len(told) == 3
    run.stdout.fnmatch_lines(["ERR-001 here as well: a request ends in a server error"])


def test_a_broken_should_is_a_warning_and_fails_only_under_the_profile_strict(
    judge: Judge, service: Service
) -> None:
    service.stripped_header = b"www-authenticate"
    run = judge("-k", "(AUT-005 or PAG-001) and not source", "-v")
    run.stdout.fnmatch_lines(["*AUT-005*SHOULD BROKEN*", "PARTIAL *"])
    assert run.parseoutcomes()["warned"] == 1
    assert "failed" not in run.parseoutcomes()
    assert run.ret == pytest.ExitCode.OK
    run.stdout.re_match_lines([r"compliance\.suite::PAG-001.* PASSED"])
    assert [
        line
        for line in judge("-k", "(AUT-005 or PAG-001) and not source").outlines
        if line.startswith("compliance.suite .W ")
    ]

    strict = judge("-k", "(AUT-005 or PAG-001) and not source", "--compliance-profile=strict")
    strict.assert_outcomes(failed=1, passed=1, deselected=run.parseoutcomes()["deselected"])
    assert strict.ret == pytest.ExitCode.TESTS_FAILED
    strict.stdout.fnmatch_lines(["*SHOULD, decisive under the profile strict*", "NOT COMPLIANT *"])


def test_what_was_not_examined_is_skipped_with_its_reason(judge: Judge) -> None:
    run = judge("-k", "(AUT-003 or AUT-004 or ACC-001 or PAG-001) and not source", "-rs")
    assert run.ret == pytest.ExitCode.OK
    run.stdout.fnmatch_lines_random(
        [
            "SKIPPED*untested: needs the signing key: COMPLIANCE_SIGNING_KEY",
            "SKIPPED*untested: needs an administrator: *",
            "SKIPPED*not applicable: the document shows nothing that this clause is about",
        ]
    )


def test_a_signing_key_in_the_environment_is_used_and_never_shown(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPLIANCE_SIGNING_KEY", KEY)
    run = judge("-k", "AUT-003")
    run.assert_outcomes(passed=3, deselected=run.parseoutcomes()["deselected"])
    assert KEY not in run.stdout.str()


def test_a_fault_of_the_kit_fails_its_item_leaves_the_verdict_open_and_nothing_behind(
    judge: Judge, pytester: pytest.Pytester, service: Service
) -> None:
    standards.install(pytester, "crashing_standard")
    before = service.rows()
    run = judge("--compliance-standard=crashing_standard", "-k", "(OWN-001 or PAG-001) and not source")
    run.assert_outcomes(failed=1, passed=1, deselected=run.parseoutcomes()["deselected"])
    assert run.ret == pytest.ExitCode.TESTS_FAILED
    run.stdout.fnmatch_lines(
        [
            "OWN-001 could not be judged: KeyError: *own.py:*",
            "INCONCLUSIVE *",
            "*kit itself failed in OWN-001*",
        ]
    )
    assert service.rows() == before
    assert [secret for secret in service.secrets() if secret in run.stdout.str()] == []


def test_when_no_must_could_be_shown_to_hold_the_run_is_inconclusive(judge: Judge) -> None:
    run = judge("-k", "AUT-003")
    assert run.ret == pytest.ExitCode.TESTS_FAILED
    assert "failed" not in run.parseoutcomes()
    run.stdout.fnmatch_lines(["INCONCLUSIVE *"])


def test_annotations_stand_on_lines_of_their_own(
    pytester: pytest.Pytester, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(pytester.path / "summary"))
    service.open_door = "/api/v1/users/me"
    chosen = ("compliance.suite::AUT-001", "compliance.suite::PAG-001")
    run = pytester.runpytest_subprocess(*service.options, "--compliance-report=github", *chosen)
    assert run.ret == 1
    told = [line for line in run.stdout.lines if "::" in line and "title=" in line]
    assert [line[:8] for line in told] == ["::notice", "::error "]
    assert (pytester.path / "summary").read_text().startswith("## Compliance: not compliant\n")
