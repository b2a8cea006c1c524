"""One watched service for the session, and pytest runs against it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

import tests.kept  # noqa: F401
from tests.plugin.service import Service, watched

Judge = Callable[..., pytest.RunResult]
#: Other plugins that these tests are not about; where they matter a run says so.
DULL = ("-p", "no:randomly", "-p", "no:asyncio", "-p", "no:cacheprovider", "-p", "no:xdist")


@pytest.fixture(scope="session")
def _running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with watched(tmp_path_factory.mktemp("service")) as service:
        yield service


@pytest.fixture
def service(_running: Service) -> Service:
    """The service, with nothing seen and no fault."""
    _running.forget()
    return _running


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("COMPLIANCE_")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)


@pytest.fixture
def judge(pytester: pytest.Pytester, service: Service) -> Judge:
    """Run pytest on the service in an empty folder, inside this process: quick, and enough for most."""

    def run(*arguments: str) -> pytest.RunResult:
        return pytester.runpytest_inprocess(*DULL, *service.options, *arguments)

    return run
