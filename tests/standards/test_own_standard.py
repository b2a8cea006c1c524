"""The standard that CONTRIBUTING writes down works as it stands there."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from compliance import cli
from tests.plugin.service import Service, watched

CONTRIBUTING = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")
EMPTY = re.compile(r"^`(acme/[\w/.]+)` is empty", re.MULTILINE)
FILE = re.compile(r"`(acme/[\w/.]+)`:\n\n```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"^```toml\n(standards = .*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """A service beside which the package lies, with a configuration that names both."""
    folder = tmp_path / "project"
    folder.mkdir()
    for name, text in [*((name, "") for name in EMPTY.findall(CONTRIBUTING)), *FILE.findall(CONTRIBUTING)]:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    for name in [name for name in os.environ if name.startswith("COMPLIANCE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "path", [*sys.path])
    with watched(tmp_path) as running:
        (named,) = NAMED.findall(CONTRIBUTING)
        (folder / "compliance.toml").write_text(
            f'target = "{running.url}"\nopenapi = "{running.document}"\n{named}'
        )
        yield running
    for module in [name for name in sys.modules if name.partition(".")[0] == "acme"]:
        del sys.modules[module]


def test_it_holds_on_a_service_that_keeps_it_and_finds_one_that_does_not(
    service: Service, capsys: pytest.CaptureFixture[str]
):
    assert cli.main(["check", "--rule=ACM-001"]) == 0
    shown = capsys.readouterr().out
    assert "standard compliance, acme.api_standard" in shown
    assert "\nPARTIAL  MUST 1/1" in shown

    service.stripped_header = b"x-request-id"
    assert cli.main(["check", "--rule=ACM-001"]) == 1
    shown = capsys.readouterr().out
    assert "error[ACM-001]: A list tells the id of its request  MUST" in shown
    assert "cause      a list without X-Request-ID" in shown

    assert cli.main(["explain", "ACM-001"]) == 0
    assert "Acme handbook, page 7" in capsys.readouterr().out
