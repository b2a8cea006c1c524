"""`compliance demo`: works alone, finds every planted fault and nothing else, and touches nothing of the user's."""

from __future__ import annotations

import ast
import subprocess
import sys
import tempfile
import webbrowser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from compliance import cli
from compliance.catalogue import load
from compliance.cli import demo, exits, options, sibling
from compliance.report import files, saved

FAULTS = sibling.faults()


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_each_planted_fault_is_found_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@192.0.2.1/production")
    monkeypatch.setenv("COMPLIANCE_PROFILE", "read-only")
    (tmp_path / "compliance.toml").write_text('target = "http://192.0.2.1"')
    assert cli.main(["demo", "--no-browser", "--output=reports"]) == exits.COMPLIANT

    sound, broken = (saved.read(tmp_path / "reports" / f"{name}.json") for name in ("reference", "broken"))
    assert (sound.word, sound.findings) == ("compliant", [])
    assert broken.word == "not compliant"
    assert {one.rule.id for one in broken.findings} == {rule for fault in FAULTS for rule in fault.rules}

    shown = capsys.readouterr().out
    assert "The reference: COMPLIANT" in shown
    assert "Its broken sibling: NOT COMPLIANT" in shown
    for fault in FAULTS:
        first, title = fault.rules[0], load().rule(fault.rules[0]).title
        assert f"  planted  {fault.words}\n    found  {first}  {title}\n" in shown
    assert "not found" not in shown
    assert "beside" not in shown
    assert f"{tmp_path}/reports/broken." in shown
    assert sorted(file.name for file in tmp_path.iterdir()) == ["compliance.toml", "reports"]


def test_a_result_of_the_demo_is_not_replayed_on_the_reference_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["demo", "--no-browser", "--output=reports"]) == exits.COMPLIANT
    capsys.readouterr()
    assert cli.main(["replay", "reports/broken.json"]) == exits.USAGE
    assert "--target-app=demo_service:app: demo_service does not import" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["reports"]


def test_an_interrupted_demo_leaves_nothing_running_and_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running: list[subprocess.Popen[str]] = []

    class Sleeper(subprocess.Popen):
        def communicate(self, *_: Any, **__: Any) -> Any:
            raise KeyboardInterrupt

    def judging(folder: Path, reports: list[str]) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", "import time; time.sleep(600)"]
        running.append(Sleeper(command, cwd=folder, stderr=subprocess.PIPE, text=True))
        return running[-1]

    monkeypatch.setattr(sibling, "judging", judging)
    assert cli.main(["demo", "--no-browser", "--output=reports"]) == exits.INTERRUPTED
    assert len(running) == 2
    assert None not in [one.poll() for one in running]
    assert [file.name for file in tmp_path.iterdir()] == ["reports"]


def test_a_fault_stands_where_it_says(tmp_path: Path) -> None:
    sibling.settle(tmp_path, FAULTS)
    changed = {
        str(file.relative_to(tmp_path / "reference_app"))
        for file in (tmp_path / "reference_app").rglob("*.py")
        if file.read_bytes() != (sibling.home() / file.relative_to(tmp_path / "reference_app")).read_bytes()
    }
    assert changed == {fault.file for fault in FAULTS}
    assert not list(tmp_path.rglob("__pycache__"))


def test_a_fault_that_finds_no_place_is_refused(tmp_path: Path) -> None:
    lost = sibling.Fault("it is elsewhere", ("PAG-003",), "api/deps.py", "nowhere to be found", "")
    with pytest.raises(ValueError, match=r"api/deps\.py has no one place for: it is elsewhere"):
        sibling.settle(tmp_path, [lost])


def test_every_fault_is_one_of_the_catalogue() -> None:
    known = {rule.id for rule in load().rules}
    assert [fault for fault in FAULTS if not known.issuperset(fault.rules)] == []


def test_what_is_missing_is_named_with_the_way_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sibling, "NEEDED", ("fastapi", "no_such_package"))
    assert cli.main(["demo"]) == exits.USAGE
    said = capsys.readouterr().err
    assert "which needs no_such_package: pip install 'fastapi-compliance[reference]'" in said
    assert "uvx --from 'fastapi-compliance[reference]' compliance demo" in said


def test_all_that_the_reference_imports_is_looked_for() -> None:
    imported: set[str] = set()
    for file in sibling.home().rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {one.name.partition(".")[0] for one in node.names}
            if isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").partition(".")[0])
    assert imported - sys.stdlib_module_names - {sibling.PACKAGE} <= set(sibling.NEEDED)


def test_reports_of_before_stay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "mine.html").write_text("mine")
    assert cli.main(["demo", "--output=reports"]) == exits.USAGE
    assert "--output=reports is not empty" in capsys.readouterr().err
    with pytest.raises(options.UsageError, match=r"mine\.html: "):
        demo._folder(str(tmp_path / "reports" / "mine.html"))


def test_a_demo_that_ends_early_leaves_no_empty_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def judging(folder: Path, reports: list[str]) -> subprocess.Popen[str]:
        raise KeyboardInterrupt

    monkeypatch.setattr(sibling, "judging", judging)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert cli.main(["demo", "--no-browser"]) == exits.INTERRUPTED
    assert list(tmp_path.iterdir()) == []


def test_a_service_that_cannot_be_judged_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def judging(folder: Path, reports: list[str]) -> subprocess.Popen[str]:
        code = "import sys; sys.exit('compliance: no port is free')"
        return subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)

    monkeypatch.setattr(sibling, "judging", judging)
    assert cli.main(["demo", "--no-browser"]) == exits.FAULT
    assert "the reference service could not be judged: compliance: no port is free" in capsys.readouterr().err


SCREEN = {"DISPLAY": ":0"}
NONE = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "CI": ""}


@pytest.mark.parametrize(
    ("arguments", "environment", "opened"),
    [
        ([], SCREEN, True),
        (["--no-browser"], SCREEN, False),
        ([], NONE, False),
        ([], SCREEN | {"CI": "1"}, False),
    ],
    ids=["a screen", "told not to", "no screen", "a job"],
)
def test_the_report_is_opened_where_somebody_sees_it(
    arguments: list[str],
    environment: dict[str, str],
    opened: bool,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    def judged(folder: Path) -> dict[str, Any]:
        return {
            name: SimpleNamespace(word=word, scope="", findings=[])
            for name, word in (("reference", "compliant"), ("broken", "not compliant"))
        }

    seen: list[str] = []
    for name, value in (NONE | environment).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setitem(files.KINDS, "html", files.Kind("html", "report.html", b""))
    monkeypatch.setattr(demo, "_judged", judged)
    monkeypatch.setattr(webbrowser, "open", seen.append)
    assert cli.main(["demo", "--output=reports", *arguments]) == exits.COMPLIANT
    assert seen == ([(tmp_path / "reports" / "broken.html").as_uri()] if opened else [])


def test_a_verdict_that_is_not_the_expected_one_is_the_kits_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    same = SimpleNamespace(word="compliant", scope="", findings=[])
    monkeypatch.setattr(demo, "_judged", lambda _: {"reference": same, "broken": same})
    assert cli.main(["demo", "--no-browser"]) == exits.FAULT
    shown = capsys.readouterr()
    assert shown.out.count("not found") == len(FAULTS)
    assert "one of the two verdicts is not the one that is meant" in shown.err
