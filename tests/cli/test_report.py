"""`compliance report`: an earlier run in another form, offline."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from compliance import cli
from compliance.report.document import SCHEMA, schema
from compliance.report.files import KINDS
from tests.plugin.service import Service
from tests.report.kinds.reports import everything


@pytest.fixture
def result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A saved result in an empty repository, where the folder is."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    (tmp_path / ".git").mkdir()
    file = tmp_path / "result.json"
    file.write_text(KINDS["json"].render(everything()))
    return file


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_printed_or_written(
    kind: str, result: Path, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    wanted = KINDS[kind].render(everything()).encode()
    assert cli.main(["report", "result.json", "--to", kind]) == 0
    assert capsysbinary.readouterr() == (wanted, b"")
    assert cli.main(["report", "result.json", "--to", f"{kind}:out"]) == 0
    assert capsysbinary.readouterr() == (b"", b"")
    assert (tmp_path / "out").read_bytes() == wanted


def test_several_at_once(result: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["report", str(result), "--to=junit:j.xml", "--to=badge", "--to=sarif:s.sarif"]) == 0
    assert json.loads(capsys.readouterr().out)["message"] == "not compliant"
    assert {path.name for path in tmp_path.iterdir()} == {".git", "result.json", "j.xml", "s.sarif"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "say what to render and how: RESULT --to KIND, one of json, html, junit"),
        (["result.json"], "say what to render and how"),
        (["missing.json", "--to=junit"], "cannot read missing.json: No such file"),
        (["result.json", "--to=jnit"], "no report of the kind 'jnit': did you mean junit or json?"),
        (["result.json", "--to=junit:"], "names no file"),
        (["result.json", "--to=junit:x.xml", "--to=sarif:no/x"], "there is no folder no"),
        (
            ["result.json", "--to=html:x", "--to=github", "--to=json:./x"],
            "html:x and json:x are one file: give each report a path of its own",
        ),
        (["result.json", "--to=sarif:./result.json"], "would replace the result that it is made of"),
        (["text", "--to=junit:x.xml"], "text is no result document"),
        (["list", "--to=junit:x.xml"], "list is no result document"),
        (["older", "--to=junit:x.xml"], "older is a result of the form other"),
        (["cut", "--to=junit:x.xml"], "cut is of a run that was cut short"),
        (["result.json", "--to=sarif:x", "--openapi=no.json"], "--openapi=no.json: there is no such file"),
        (["result.json", "--to=sarif:x", "--openapi=/etc/hostname"], "is not in the repository"),
    ],
)
def test_what_cannot_work_is_said_in_one_line(
    arguments: list[str], words: str, result: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = json.loads(result.read_text())
    (tmp_path / "text").write_text("no JSON")
    (tmp_path / "list").write_text("[1]")
    (tmp_path / "older").write_text(json.dumps({**document, "schema": "other"}))
    (tmp_path / "cut").write_text(json.dumps({**document, "complete": False}))
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert cli.main(["report", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("compliance: ")
    assert words in err
    assert err.count("\n") == 1
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


def test_findings_point_at_the_document_of_the_repository(
    result: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "openapi.yaml").write_text("openapi: 3.1.0\npaths:\n  /users:\n    get: {}\n")
    assert cli.main(["report", "result.json", "--to=gitlab", "--openapi=api/openapi.yaml"]) == 0
    first, second, *_ = json.loads(capsys.readouterr().out)
    assert first["location"] == {"path": "api/openapi.yaml", "lines": {"begin": 4}}
    assert second["location"] == {"path": "api/openapi.yaml", "lines": {"begin": 1}}


def test_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["report", "--schema"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown == schema()
    assert shown["$id"] == SCHEMA
    assert SCHEMA.endswith(":1")


def test_it_needs_neither_a_network_nor_what_a_run_imports(result: Path) -> None:
    code = (
        "import sys, compliance.cli as cli\n"
        f"assert cli.main(['report', 'result.json', *({[f'--to={kind}:out.{kind}' for kind in KINDS]!r})]) == 0\n"
        "heavy = {'httpx', 'pytest', '_pytest', 'schemathesis', 'hypothesis', 'uvicorn', 'fastapi'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_reader_that_goes_away(result: Path) -> None:
    reading, writing = socket.socketpair()
    reading.close()
    command = [sys.executable, "-m", "compliance", "report", "result.json", "--to=junit"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    writing.close()
    assert (done.returncode, done.stderr) == (0, "")


def test_a_run_knows_the_lines_of_the_document_that_it_was_given(
    service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".git").mkdir()
    document = json.dumps(json.loads(service.document.read_text()), indent=2)
    (tmp_path / "openapi.json").write_text(document)
    service.open_door = "/api/v1/users/me"
    arguments = [
        "--openapi=openapi.json",
        "--rule=AUT-*",
        "--profile=strict",
        "--report=json:r.json",
        "--report=sarif:r.sarif",
    ]
    assert cli.main(["check", service.url, *arguments]) == 1
    places = {
        one["subject"]: one for one in json.loads((tmp_path / "r.json").read_text())["target"]["places"]
    }
    lines = document.splitlines()
    assert lines[places["/api/v1/users/me"]["line"] - 1].strip() == '"/api/v1/users/me": {'
    assert lines[places["GET /api/v1/users/me"]["line"] - 1].strip() == '"get": {'
    found = json.loads((tmp_path / "r.sarif").read_text())["runs"][0]["results"]
    at = [one["locations"][0]["physicalLocation"] for one in found]
    assert {one["artifactLocation"]["uri"] for one in at} == {"openapi.json"}
    assert places["GET /api/v1/users/me"]["line"] in {one["region"]["startLine"] for one in at}


def test_without_a_document_it_is_the_line_of_the_target(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").mkdir()
    deep = tmp_path / "services" / "orders"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    (deep / "compliance.toml").write_text(f'profile = "standard"\ntarget = "{service.url}"\n')
    cli.main(["check", "--rule=PAG-001", "--report=json:r.json"])
    places = json.loads((deep / "r.json").read_text())["target"]["places"]
    assert places == [{"subject": "service", "file": "services/orders/compliance.toml", "line": 2}]


def test_the_source_of_a_service_among_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    package = tmp_path / "services" / "orders" / "app"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "main.py").write_text("from fastapi import FastAPI\n\napp = FastAPI()\nprint('up')\n")
    monkeypatch.chdir(tmp_path)
    cli.main(["check", "--source=services/orders", "--report=json:r.json", "--report=gitlab:q.json"])
    assert json.loads(Path("r.json").read_text())["target"]["source"] == "services/orders"
    paths = {one["location"]["path"] for one in json.loads(Path("q.json").read_text())}
    assert "services/orders/app/main.py" in paths


def test_annotations_are_printed_after_the_report(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    service.stripped_header = b"www-authenticate"
    assert (
        cli.main(
            [
                "check",
                service.url,
                f"--openapi={service.document}",
                "--rule=AUT-*",
                "--profile=strict",
                "--report=github",
            ]
        )
        == 1
    )
    shown = capsys.readouterr().out.splitlines()
    begin = next(number for number, line in enumerate(shown) if line.startswith("::"))
    assert "exit 1" in shown[begin - 2]  # and below it what to ask for next time
    assert all(line.startswith(("::notice ", "::error ", "::warning ")) for line in shown[begin:])
    assert (tmp_path / "summary.md").read_text().startswith("## Compliance: not compliant\n")


def test_beside_its_source_an_operation_is_the_function_that_answers_it(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Path(__file__).parents[2]
    monkeypatch.chdir(root)
    service.open_door = "/api/v1/users/me"
    source = ["--source=.", "--package=reference_app", f"--openapi={service.document}"]
    assert (
        cli.main(["check", service.url, *source, "--rule=AUT-001", f"--report=gitlab:{tmp_path}/q.json"]) == 1
    )
    (place,) = {
        (one["location"]["path"], one["location"]["lines"]["begin"])
        for one in json.loads((tmp_path / "q.json").read_text())
        if "GET /api/v1/users/me" in one["description"]
    }
    assert '.get("/me"' in (root / place[0]).read_text().splitlines()[place[1] - 1]
