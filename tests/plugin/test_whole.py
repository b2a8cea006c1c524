"""Whole runs on the conformant service."""

from __future__ import annotations

import json

import jsonschema
import pytest

from compliance.report.document import schema
from tests.plugin.service import Service

OUTCOMES = {"passed": {"pass", "violation"}, "skipped": {"untested", "not-applicable", "waived"}}


def test_an_empty_folder_is_enough(pytester: pytest.Pytester, service: Service) -> None:
    before = service.rows()

    run = pytester.runpytest_subprocess(
        *service.options, "--compliance-report=json:result.json", "--junitxml=junit.xml"
    )

    assert run.ret == pytest.ExitCode.OK, run.stdout.str()
    run.stdout.fnmatch_lines(["compliance.suite*", "COMPLIANT *", "compliant (outside; *clauses*"])
    assert service.rows() == before
    report = json.loads((pytester.path / "result.json").read_text())
    jsonschema.validate(report, schema())
    assert report["verdict"]["word"] == "compliant"
    counted = run.parseoutcomes()
    for name, outcomes in OUTCOMES.items():
        assert counted.get(name, 0) == sum(one["outcome"] in outcomes for one in report["results"]), name
    assert report["leftovers"] == []
    of_pytest = {".pytest_cache", "runpytest-0", "runpytest-current", "stdout", "stderr"}
    assert {path.name for path in pytester.path.iterdir()} - of_pytest == {"result.json", "junit.xml"}
    shown = (
        run.stdout.str() + run.stderr.str() + json.dumps(report) + (pytester.path / "junit.xml").read_text()
    )
    secrets = service.secrets()
    assert len(secrets) > 5
    assert [secret for secret in secrets if secret in shown] == []


def test_the_logs_of_a_project_hear_nothing_of_the_requests(
    pytester: pytest.Pytester, service: Service
) -> None:
    """The libraries that send them write addresses with their queries, headers and cookies there."""
    own = pytester.makepyfile(
        """
        import logging

        def test_own():
            logging.getLogger("httpx").info("a word of the project's own")
        """
    )
    logging = (
        "-o",
        "log_cli=true",
        "-o",
        "log_cli_level=DEBUG",
        "--log-file=all.log",
        "--log-file-level=DEBUG",
    )
    chosen = (
        "-k",
        "AUT-006 or PAG-001 or CON-001 or own",
        "compliance.suite",
        own.name,
    )
    run = pytester.runpytest_subprocess(*service.options, *logging, *chosen)
    assert run.parseoutcomes()["passed"] > 3, run.stdout.str()
    shown = run.stdout.str() + run.stderr.str() + (pytester.path / "all.log").read_text()
    assert "a word of the project's own" in shown
    assert [
        line for line in shown.splitlines() if "HTTP Request:" in line or "receive_response" in line
    ] == []
    assert [secret for secret in service.secrets() if secret in shown] == []
