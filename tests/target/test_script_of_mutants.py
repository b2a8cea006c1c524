"""The scripts of real findings, pasted into a shell as the terminal shows them, show the fault of the served mutant."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from compliance.catalogue import load
from compliance.report.document import document
from compliance.report.terminal import render
from compliance.report.view import Report
from compliance.verdict import decide
from tests.mutants import with_faults
from tests.service import ADMIN, SIGNING_KEY, judge_reference, serve_reference

FAULTS = (
    "ACC-001-anybody-updates",
    "AUT-005-no-challenge",
    "RES-003-delete-forgotten",
    "PAG-003-no-maximum",
)
RULES = {name[:7] for name in FAULTS}
#: A finding as the terminal shows it: its rule, and the command that reproduces it.
_FINDING = re.compile(
    r"^(?:error|warning)\[(\S+)\].*?(^python3 - <<'END'\n.*?^END$)", re.MULTILINE | re.DOTALL
)


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Rule -> what the terminal offers for copying, of a run on a copy with these faults, which is still served."""
    folder = with_faults(FAULTS, tmp_path_factory.mktemp("copy"))
    catalogue = load()
    with serve_reference(folder) as url:
        run = judge_reference(catalogue, url, lambda one: one.rule.id in RULES, folder)
        report = Report(document(run, decide(run), catalogue))
        shown = render(report, colour=False, width=100, verbose=True)
        yield dict(_FINDING.findall(shown))


def pasted(command: str, folder: Path) -> list[str]:
    """What the last answer was, by its status, headers and body."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}"
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env={"PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, command + done.stderr
    return re.match(r"(\d+) ({.*?})\n(.*)", done.stdout, re.DOTALL).groups()


def test_another_users_object_is_changed(commands: dict[str, str], tmp_path: Path) -> None:
    assert "bob_token" in commands["ACC-001"]
    status, _, body = pasted(commands["ACC-001"], tmp_path)
    assert status == "200"
    row = json.loads(body)  # as its owner reads it, who never changed it
    assert row["updated_at"] != row["created_at"]


def test_a_page_holds_too_many(commands: dict[str, str], tmp_path: Path) -> None:
    status, _, body = pasted(commands["PAG-003"], tmp_path)
    assert status == "200"
    assert len(json.loads(body)["items"]) > 100


def test_a_deleted_object_is_not_404(commands: dict[str, str], tmp_path: Path) -> None:
    assert "'DELETE'" in commands["RES-003"]
    assert pasted(commands["RES-003"], tmp_path)[0] == "200"


def test_a_header_is_missing(commands: dict[str, str], tmp_path: Path) -> None:
    status, headers, _ = pasted(commands["AUT-005"], tmp_path)
    assert status == "401"
    assert "content-type" in headers
    assert "www-authenticate" not in headers


def test_no_secret_stands_in_a_script(commands: dict[str, str]) -> None:
    together = "".join(commands.values())
    assert commands.keys() == RULES
    assert ADMIN[1] not in together
    assert SIGNING_KEY not in together
    assert "$" not in together  # the name of a password in its place would be sent as it stands
