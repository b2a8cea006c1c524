"""The plugin in other people's projects."""

from __future__ import annotations

import sys

import pytest

from tests.plugin.service import Service

MODULES = """
import sys

def test_nothing_of_the_kit_was_imported():
    ours = [name for name in sys.modules if name.split(".")[0] == "compliance"]
    assert ours == []

def test_nothing_heavy_was_imported_because_of_us():
    assert "httpx" not in sys.modules
    assert "schemathesis" not in sys.modules
    assert "hypothesis" not in sys.modules
"""
#: Plugins of others that import httpx or hypothesis themselves.
OTHERS = (
    "-p",
    "no:schemathesis",
    "-p",
    "no:hypothesispytest",
    "-p",
    "no:randomly",
    "-p",
    "no:anyio",
    "-p",
    "no:asyncio",
)
HOSTILE = """
[pytest]
addopts = -p randomly -p no:asyncio -n auto --cov=. --cov-fail-under=90 --timeout=5 --disable-socket --strict-markers
    --strict-config -W error
filterwarnings = error
testpaths = tests
xfail_strict = true
"""
APP = """
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI

@asynccontextmanager
async def lifespan(app):
    note("start")
    yield
    note("stop")

def note(word):
    with Path("lifespan.log").open("a") as log:
        log.write(word + "\\n")

def create_app():
    note("create")
    app = FastAPI(lifespan=lifespan)

    @app.get("/things")
    async def things() -> list[int]:
        return [1]

    return app

app = create_app()
"""


def test_without_a_target_the_plugin_is_inert(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(MODULES)
    run = pytester.runpytest_subprocess(*OTHERS)
    assert run.parseoutcomes() == {"passed": 2}, run.stdout.str()
    assert "compliance: " not in run.stdout.str()


def test_a_project_with_strong_opinions_and_a_package_of_our_name(
    pytester: pytest.Pytester, service: Service
) -> None:
    """`python -m` puts the project's folder on the path, where its own `compliance` lies before the kit's."""
    before = service.rows()
    pytester.makeini(HOSTILE)
    package = pytester.mkpydir("compliance")
    (package / "__init__.py").write_text('raise RuntimeError("the wrong compliance was imported")')
    (package / "run.py").write_text("")
    tests = pytester.mkpydir("tests")
    (tests / "test_theirs.py").write_text("def test_theirs(): assert False")
    (tests / "conftest.py").write_text(
        "import pytest\n\n@pytest.fixture(autouse=True)\ndef _broken():\n    raise RuntimeError('theirs')\n"
    )

    run = pytester.run(sys.executable, "-m", "pytest", *service.options)

    assert run.ret == pytest.ExitCode.OK, run.stdout.str() + run.stderr.str()
    run.stderr.fnmatch_lines(["compliance: xdist is switched off*"])
    run.stdout.fnmatch_lines(["compliance.suite *", "COMPLIANT *"])
    outcomes = run.parseoutcomes()
    assert outcomes["passed"] > 20
    assert not {"failed", "errors"} & set(outcomes)
    assert "coverage" not in run.stdout.str().lower()
    assert service.rows() == before


@pytest.mark.parametrize("attribute", ["app", "create_app()"])
def test_an_application_is_served_and_stopped(pytester: pytest.Pytester, attribute: str) -> None:
    pytester.makepyfile(shop=APP)
    run = pytester.runpytest_subprocess(f"--target-app=shop:{attribute}", "-k", "PAG-001", "-p", "no:asyncio")
    assert run.parseoutcomes()["failed"] == 1, run.stdout.str()
    run.stdout.fnmatch_lines(["FAILED compliance.suite::PAG-001*GET /things*"])
    made = ["create"] if attribute == "app" else ["create", "create"]
    assert (pytester.path / "lifespan.log").read_text().split() == [*made, "start", "stop"]
