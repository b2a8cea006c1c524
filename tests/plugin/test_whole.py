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
