"""`compliance replay`: what an earlier run found, examined again."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from compliance import cli
from compliance.catalogue import Phase
from compliance.cli import replay
from compliance.depths import Examination
from compliance.report import saved
from tests.plugin.service import Service
from tests.report.making import a_rule, a_run, broken
from tests.report.showing import report_of

DOOR = "/api/v1/users/me"


@pytest.fixture
def result(service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A result with a finding of AUT-001, which is still there; what else was judged held."""
    service.open_door = DOOR
    chosen = ("--rule=AUT-001", "--rule=PAG-001", "--report=json:result.json")
    assert cli.main(["check", service.url, f"--openapi={service.document}", *chosen]) == 1
    service.first_user = b""  # who is deleted by now
    shown = capsys.readouterr().out
    assert "when mended compliance replay " in shown
    return tmp_path / "result.json"


def changed(result: Path, change: Callable[[Any], object]) -> str:
    document = json.loads(result.read_text())
    change(document)
    result.write_text(json.dumps(document))
    return str(result)


def test_what_still_holds_and_then_is_gone(
    service: Service, result: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, rows = result.read_bytes(), service.rows()
    service.seen.clear()
    assert cli.main(["replay", "result.json"]) == 1
    shown = capsys.readouterr().out
    assert f"1 finding of result.json, again on {service.url}\n" in shown
    assert "still there    AUT-001  " in shown
    assert f"GET {DOOR}\n" in shown
    assert "\n1 still there\n" in shown
    assert service.seen != []

    service.forget()
    assert cli.main(["replay", str(result), "aut-*"]) == 0
    shown = capsys.readouterr().out
    assert "gone           AUT-001  " in shown
    assert "\n1 gone\n" in shown
    assert service.seen != []
    assert result.read_bytes() == before
    assert service.rows() == rows


def test_what_still_holds_in_full(service: Service, result: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["replay", str(result), "-v"]) == 1
    shown = capsys.readouterr().out
    assert "error[AUT-001]: " in shown
    assert "python3 - <<'END'" in shown
    assert [secret for secret in service.secrets() if secret in shown] == []


def test_a_subject_that_is_not_there_any_more(
    service: Service, result: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = json.loads(service.document.read_text())
    document["paths"].pop(DOOR)
    (tmp_path / "less.json").write_text(json.dumps(document))
    assert cli.main(["replay", str(result), f"--openapi={tmp_path / 'less.json'}"]) == 3
    shown = capsys.readouterr().out
    assert "not examined   AUT-001  " in shown
    assert f"GET {DOOR}: it is not there any more\n" in shown


def test_a_rule_that_this_kit_has_not(
    service: Service, result: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = result.read_text().replace("AUT-001", "AUT-901")
    result.write_text(text)
    assert cli.main(["replay", str(result)]) == 3
    assert f"GET {DOOR}: this kit has no such rule\n" in capsys.readouterr().out


def test_a_depth_that_is_closed(result: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result.write_text(result.read_text().replace('"rule": "AUT-001"', '"rule": "RUN-001@inside"'))
    assert cli.main(["replay", str(result), "RUN-001@inside"]) == 3
    assert "needs the application itself: --target-app" in capsys.readouterr().out


def test_another_address(service: Service, result: Path, capsys: pytest.CaptureFixture[str]) -> None:
    elsewhere = changed(result, lambda one: one["aim"].update(url="http://127.0.0.1:1"))
    assert cli.main(["replay", elsewhere, f"--target-url={service.url}"]) == 1
    capsys.readouterr()
    document = changed(result, lambda one: one["aim"].update(openapi=None))
    assert cli.main(["replay", document]) == 4
    assert "nothing answers at http://127.0.0.1:1" in capsys.readouterr().err


def test_no_permission_comes_out_of_a_file(result: Path, capsys: pytest.CaptureFixture[str]) -> None:
    foreign = changed(result, lambda one: one["aim"].update(url="http://192.0.2.1"))
    assert cli.main(["replay", foreign]) == 2
    assert "http://192.0.2.1 is not on this machine: say --allow-writes" in capsys.readouterr().err


def test_a_rule_that_found_nothing(result: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["replay", str(result), "PAG-001"]) == 2
    said = capsys.readouterr().err
    assert said == f"compliance: {result} has no finding of PAG-001: it has findings of AUT-001\n"


def test_a_result_without_findings(result: Path, capsys: pytest.CaptureFixture[str]) -> None:
    none = changed(result, lambda one: one["findings"].clear())
    assert cli.main(["replay", none]) == 0
    assert "has no finding" in capsys.readouterr().out


def test_no_result(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["replay", str(tmp_path / "nothing.json")]) == 2
    assert "cannot read " in capsys.readouterr().err


def test_no_configured_report_is_written_over(service: Service, result: Path, tmp_path: Path) -> None:
    (tmp_path / "compliance.toml").write_text('reports = ["json:result.json"]')
    before = result.read_bytes()
    assert cli.main(["replay", str(result)]) == 1
    assert result.read_bytes() == before


def test_what_the_run_was_aimed_at_aims_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "result.json"
    report = report_of(a_run(broken(a_rule()), profile="strict", seed=7))
    aim = {"app": "shop:app", "source": "shop", "package": "shop.api", "openapi": "https://x.test/o?key=…"}
    path.write_text(
        json.dumps({**report.document, "aim": {**report.document["aim"], **aim, "thorough": True}})
    )

    def aimed(*depths: str, **options: object) -> Any:
        names = [name.lstrip("-").replace("-", "_") for name in replay.TAKEN]
        given = argparse.Namespace(**{**dict.fromkeys(names), **options})
        return replay._aimed(given, saved.read(path), set(depths))

    outside = aimed("outside")
    assert (outside.app, outside.url, outside.source) == ("shop:app", "", "")
    assert (outside.profile, outside.seed, outside.thorough, outside.openapi) == ("strict", 7, True, None)
    source = aimed("source")
    assert (source.app, source.url, source.source, source.package) == ("", "", "shop", "shop.api")
    both = aimed("source", "inside", target_url="http://127.0.0.1:1", compliance_profile="standard")
    assert (both.app, both.url, both.source) == ("", "http://127.0.0.1:1", "shop")
    assert both.profile == "standard"


def test_who_judges_the_traffic_of_all_gets_all_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    every = a_rule("ERR-001")
    object.__setattr__(every, "phase", Phase.TAPE)
    users, items = (SimpleNamespace(label=f"GET /{name}") for name in ("users", "items"))
    planned = [
        Examination(rule, subject)
        for rule in (every, a_rule(), a_rule("DAT-001@source"))
        for subject in (users, items)
    ]
    picked: list[list[str]] = []

    def select(chosen: Iterable[Examination]) -> None:
        picked.append([one.name for one in planned if one in set(chosen)])

    runner: Any = SimpleNamespace(planned=planned, select=lambda chosen: select(list(chosen)))
    for rule in (a_rule(), every):
        replay._select(runner, report_of(a_run(broken(rule)), rules=(rule,)).findings)
    assert picked[0] == ["PAG-003[GET /users]"]
    assert picked[1] == [one.name for one in planned if one.rule.depth == "outside"]
    assert "ERR-001 can be judged by the traffic of all rules only" in capsys.readouterr().err
