from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.plugin.service import Service, watched


@pytest.fixture(scope="module")
def _running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with watched(tmp_path_factory.mktemp("service")) as service:
        yield service


@pytest.fixture
def service(_running: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Service:
    for name in [name for name in os.environ if name.startswith("COMPLIANCE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    _running.forget()
    return _running
