"""Judging the code: alone, beside the service, and what cannot be judged."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import DULL, Judge
from tests.plugin.service import Service

MAIN = """
from fastapi import FastAPI

app = FastAPI()


def collect(word: str, words: list[str] = []) -> list[str]:
    return [*words, word]
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project with one package and one fault, in the folder of the run."""
    (pytester.mkpydir("app") / "main.py").write_text(MAIN, encoding="utf-8")
    return pytester


def test_the_source_alone_is_judged_without_a_request(project: pytest.Pytester, service: Service) -> None:
    run = project.runpytest_inprocess(*DULL, "--target-source=.", "-k", "COD-001 or PAG-001")

    assert run.parseoutcomes()["failed"] == 1
    assert run.ret == pytest.ExitCode.TESTS_FAILED
    run.stdout.fnmatch_lines(
        [
            "source    2 modules",
            "error?COD-001@source?:*",
            "  --> app/main.py:7  Do not use mutable data structures for argument defaults  1*",
            "not compliant (source; *",
        ]
    )
    assert service.seen == []


def test_the_source_beside_the_service(project: pytest.Pytester, judge: Judge) -> None:
    run = judge("--target-source=.", "-k", "COD-001 or PAG-001")

    assert run.parseoutcomes()["failed"] == 1
    assert run.parseoutcomes()["passed"] > 0
    run.stdout.fnmatch_lines(["not compliant (outside + source; *"])


def test_without_the_source_its_rules_are_not_tested(judge: Judge) -> None:
    run = judge("-k", "COD-001", "-rs")

    run.stdout.fnmatch_lines(["SKIPPED * untested: needs the source tree: --target-source"])


@pytest.mark.parametrize(
    ("folders", "option", "message"),
    [
        ([], "nowhere", "--target-source: nowhere is no folder"),
        ([], ".", "--target-source: . holds no Python of a service*"),
        (
            ["app", "worker"],
            ".",
            "*more than one package may be the service: app, worker*--target-package=NAME",
        ),
    ],
)
def test_what_cannot_be_judged_is_told_before_anything_is(
    pytester: pytest.Pytester, folders: list[str], option: str, message: str
) -> None:
    for folder in folders:
        (pytester.mkpydir(folder) / "main.py").write_text(MAIN, encoding="utf-8")
    run = pytester.runpytest_inprocess(*DULL, f"--target-source={option}")

    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines([f"ERROR: compliance: {message}"])


def test_who_names_the_source_now_does_not_mean_the_target_of_the_file(
    project: pytest.Pytester, service: Service
) -> None:
    project.path.joinpath("compliance.toml").write_text('target = "http://127.0.0.1:9"\n', encoding="utf-8")
    run = project.runpytest_inprocess(*DULL, "--target-source=.", "-k", "COD-001")

    run.stdout.fnmatch_lines(["not compliant (source; *"])
