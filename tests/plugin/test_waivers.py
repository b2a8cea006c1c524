"""Waivers and baselines in pytest: an item whose violation is excused does not fail, and says why."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from compliance import cli
from tests.plugin.conftest import DULL, Judge
from tests.plugin.service import Service
from tests.plugin.test_bad_input import complaint
from tests.plugin.test_source import MAIN

TODAY = datetime.now(UTC).date()
ME = "GET /api/v1/users/me"


def waive(pytester: pytest.Pytester, rule: str, *lines: str, days: int = 40) -> None:
    text = [
        "[[waiver]]",
        f'rule = "{rule}"',
        'reason = "The gateway refuses it meanwhile."',
        'owner = "team-a"',
    ]
    text += [f"expires = {TODAY + timedelta(days=days)}", *lines, ""]
    (pytester.path / "compliance-waivers.toml").write_text("\n".join(text))


def test_a_waived_must_is_skipped_with_its_reason(
    judge: Judge, pytester: pytest.Pytester, service: Service
) -> None:
    service.open_door = "/api/v1/users/me"
    waive(pytester, "AUT-001", f'operations = ["{ME}"]')
    run = judge("-k", "AUT-001", "-rs", "--compliance-report=json:r.json")
    run.assert_outcomes(passed=3, skipped=1, deselected=run.parseoutcomes()["deselected"])
    assert run.ret == pytest.ExitCode.OK
    run.stdout.fnmatch_lines(
        [
            f"waived       AUT-001  {ME}  until * (40 days left,*",
            "             team-a)  The gateway refuses it meanwhile.",
            "PARTIAL *",
            "  with waivers: AUT-001",
            f"SKIPPED * waived until {TODAY + timedelta(days=40)} (team-a): The gateway refuses it meanwhile.",
        ]
    )
    document = json.loads((pytester.path / "r.json").read_text())
    (waived,) = [one for one in document["results"] if one["outcome"] == "waived"]
    assert waived["evidence"] != []

    service.forget()
    service.open_door = "/api/v1/users/me"
    again = judge("-k", "AUT-001", "--no-waivers")
    assert again.parseoutcomes()["failed"] == 1
    assert again.ret == pytest.ExitCode.TESTS_FAILED
    again.stdout.fnmatch_lines(["note         compliance-waivers.toml is left aside: --no-waivers"])


@pytest.mark.parametrize("profile", ["standard", "strict"])
def test_a_waived_should_is_skipped_too(
    judge: Judge, pytester: pytest.Pytester, service: Service, profile: str
) -> None:
    service.stripped_header = b"www-authenticate"
    waive(pytester, "AUT-005")
    run = judge("-k", "(AUT-005 or PAG-001) and not source", f"--compliance-profile={profile}")
    run.assert_outcomes(passed=1, skipped=1, deselected=run.parseoutcomes()["deselected"])
    assert run.ret == pytest.ExitCode.OK


def test_a_waiver_that_ended_excuses_nothing(
    judge: Judge, pytester: pytest.Pytester, service: Service
) -> None:
    service.open_door = "/api/v1/users/me"
    waive(pytester, "AUT-001", days=-1)
    run = judge("-k", "AUT-001")
    assert run.parseoutcomes()["failed"] == 1
    assert run.ret == pytest.ExitCode.TESTS_FAILED
    run.stdout.fnmatch_lines(["note         the waiver of AUT-001 ended on *"])


@pytest.mark.parametrize(("profile", "status"), [("standard", 0), ("strict", 1)])
def test_a_waiver_that_nothing_needs(
    judge: Judge, pytester: pytest.Pytester, profile: str, status: int
) -> None:
    waive(pytester, "AUT-001", f'operations = ["{ME}"]')
    run = judge("-k", "AUT-001", f"--compliance-profile={profile}")
    assert "failed" not in run.parseoutcomes()
    assert run.ret == status
    run.stdout.fnmatch_lines(["note         the waiver of AUT-001 on * is no longer needed:*"])


def test_a_bad_file_ends_in_one_message_before_any_request(
    pytester: pytest.Pytester, service: Service
) -> None:
    waive(pytester, "AUT-991")
    said = complaint(pytester, *service.options)
    assert "compliance-waivers.toml: waiver 1 (AUT-991): " in said
    assert service.seen == []
    waive(pytester, "AUT-001")
    assert "b.json cannot be read" in complaint(pytester, *service.options, "--compliance-baseline=b.json")
    assert service.seen == []


def test_with_a_baseline_known_violations_do_not_fail(pytester: pytest.Pytester, service: Service) -> None:
    main = pytester.mkpydir("app") / "main.py"
    main.write_text(MAIN, encoding="utf-8")
    options = (*DULL, "--target-source=.", "-k", "COD-001 or COD-002", "--compliance-report=json:r.json")
    assert pytester.runpytest_inprocess(*options).ret == pytest.ExitCode.TESTS_FAILED
    assert cli.main(["baseline", "write", "r.json"]) == 0
    known = (*options, "--compliance-baseline=compliance-baseline.json", "-rs")
    run = pytester.runpytest_inprocess(*known)
    assert "failed" not in run.parseoutcomes()
    assert run.ret == pytest.ExitCode.OK
    run.stdout.fnmatch_lines(
        ["NOT COMPLIANT *", "  no new violations", "SKIPPED * known before, by the baseline: *"]
    )

    main.write_text(MAIN.replace("collect", "gather"), encoding="utf-8")
    run = pytester.runpytest_inprocess(*known)
    assert run.parseoutcomes()["failed"] == 1
    assert run.ret == pytest.ExitCode.TESTS_FAILED
