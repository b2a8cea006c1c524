"""Mutants judged as a user would judge them: by pytest, from an empty folder, in a process of its own."""

from __future__ import annotations

import contextlib
import functools
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.mutants import mutants
from tests.service import serve_reference

PATIENCE = 120
Serve = Callable[[str], str]
Judge = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """The base URL of a mutant by its name; each is made and served once."""
    by_name = {mutant.name: mutant for mutant in mutants()}
    with contextlib.ExitStack() as served:

        @functools.cache
        def url(name: str) -> str:
            return served.enter_context(
                serve_reference(by_name[name].make(tmp_path_factory.mktemp("mutant")))
            )

        yield url


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """Run pytest on a service in an empty folder, without whatever would configure it."""

    def run(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        ours = ("COMPLIANCE_", "PYTEST_", "COV_")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        plain = ("-p", "no:asyncio", "-p", "no:cacheprovider")
        return subprocess.run(
            [sys.executable, "-m", "pytest", *plain, f"--target-url={url}", *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    return run


def test_a_broken_must_ends_with_status_1_and_its_clause(serve: Serve, judge: Judge):
    run = judge(serve("PAG-001-list-without-pages"), "-k", "PAG-001")
    shown = pytest.LineMatcher(run.stdout.splitlines())

    assert run.returncode == pytest.ExitCode.TESTS_FAILED, run.stdout + run.stderr
    shown.fnmatch_lines(
        ["error[[]PAG-001[]]: *MUST", "  --> GET /api/v1/products*", "NOT COMPLIANT *", "  broken: PAG-001"]
    )
    shown.fnmatch_lines(["FAILED compliance.suite::PAG-001[[]GET /api/v1/products[]]*"])
    assert "PAG-001[GET /api/v1/users]" not in run.stdout


def test_a_broken_should_warns_and_ends_with_status_0(serve: Serve, judge: Judge):
    run = judge(serve("RES-001-created-with-200"), "-k", "RES")
    shown = pytest.LineMatcher(run.stdout.splitlines())

    assert run.returncode == pytest.ExitCode.OK, run.stdout + run.stderr
    letters = shown.str().partition("\ncompliance.suite ")[2].partition(" ")[0]
    assert letters.count("W") == 1, run.stdout
    assert "F" not in letters
    shown.fnmatch_lines(["warning[[]RES-001[]]: *SHOULD", "  --> POST /api/v1/products*", "PARTIAL *"])
    assert "FAILED" not in run.stdout


def test_a_broken_should_decides_under_the_profile_strict(serve: Serve, judge: Judge):
    run = judge(serve("RES-001-created-with-200"), "-k", "RES", "--compliance-profile=strict")
    shown = pytest.LineMatcher(run.stdout.splitlines())

    assert run.returncode == pytest.ExitCode.TESTS_FAILED, run.stdout + run.stderr
    shown.fnmatch_lines(["error[[]RES-001[]]: *SHOULD", "NOT COMPLIANT *", "  broken: RES-001"])
    shown.fnmatch_lines(["FAILED compliance.suite::RES-001[[]POST /api/v1/products[]]*"])
    assert run.stdout.count("FAILED compliance.suite::") == 1
