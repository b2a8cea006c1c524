"""`compliance check`, `rules`, `explain`: what they print and how they end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from compliance import __version__, cli
from compliance.cli import exits
from compliance.report.document import schema
from compliance.result import Result
from compliance.run import Runner
from tests.plugin.service import Service


def check(service: Service, *arguments: str) -> int:
    return cli.main(["check", service.url, f"--openapi={service.document}", *arguments])


def judge(target: str, *arguments: str) -> int:
    return cli.main(["check", target, *arguments])


def test_a_conformant_service(service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = service.rows()
    assert check(service, "--report=json:result.json") == 0
    shown = capsys.readouterr().out
    assert "\nCOMPLIANT " in shown
    report = json.loads((tmp_path / "result.json").read_text())
    jsonschema.validate(report, schema())
    assert report["verdict"]["word"] == "compliant"
    assert service.rows() == before
    assert [secret for secret in service.secrets() if secret in shown + json.dumps(report)] == []


def test_the_configured_target(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "compliance.toml").write_text(f'target = "{service.url}"\nopenapi = "{service.document}"')
    assert cli.main(["check", "--rule=PAG-001"]) == 0
    assert f"target    {service.url} " in capsys.readouterr().out
    monkeypatch.setenv("COMPLIANCE_TARGET", "http://127.0.0.1:1")
    assert cli.main(["check", "--rule=PAG-001"]) == 4
    assert "http://127.0.0.1:1 " in capsys.readouterr().out
    assert cli.main(["check", service.url, "--rule=PAG-001"]) == 0


def test_advice_under_the_profile_read_only_helps_and_is_said_once(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    check(service, "--profile=read-only")
    shown = " ".join(capsys.readouterr().out.split())
    assert "needs writes: another profile than read-only" in shown
    assert "another profile than read-only; needs writes" not in shown
    assert "--allow-writes" not in shown


def test_the_users_of_a_file_stay_away_from_other_services(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "compliance.toml").write_text(
        'target = "https://staging.example.org"\n'
        '[actors.alice]\nusername = "alice@corp.test"\npassword-env = "STAGING_PASSWORD"\n'
        '[actors.bob]\ntoken-env = "STAGING_TOKEN"'
    )
    monkeypatch.setenv("STAGING_PASSWORD", "stagingsecret1")
    monkeypatch.setenv("STAGING_TOKEN", "stagingsecret2")
    check(service, "--rule=AUT-00*", "--profile=read-only")
    shown = " ".join(capsys.readouterr().out.split())
    assert "compliance.toml is about https://staging.example.org and not about this target; " in shown
    assert "left out of it: actors" in shown
    sent = [piece for one in service.seen for piece in (one.body.decode(), *one.headers.values(), one.path)]
    assert sent != []
    assert [piece for piece in sent if "stagingsecret" in piece or "corp.test" in piece] == []


def test_a_part_of_the_rules(service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(service, "--rule", "pag-*", "--rule", "AUT-001") == 0
    assert "\nPARTIAL " in capsys.readouterr().out


def test_a_rule_at_one_depth(service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    check(service, "--rule=pag-003@SOURCE")
    assert "1 needs the source tree: --target-source" in " ".join(capsys.readouterr().out.split())


def test_a_folder_is_a_project_to_read(
    tmp_path: Path, service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").touch()
    (tmp_path / "shop" / "main.py").write_text("from fastapi import FastAPI\n\napp = FastAPI()\n")
    assert judge(str(tmp_path), "--rule=PRJ-*") in (0, 1)
    assert f"target{tmp_path}" in "".join(capsys.readouterr().out.split())  # a long path is broken in two


def test_what_an_application_prints_is_no_part_of_the_report(
    tmp_path: Path, service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "talking.py").write_text(
        "from fastapi import FastAPI\n\napp = FastAPI(title='Talking')\nprint('I import')\n\n\n"
        "@app.get('/words')\ndef words() -> str:\n    print('I answer')\n    return 'x'\n"
    )
    judge("talking:app", "--rule=ERR-001")
    shown = capsys.readouterr()
    assert "Talking" in shown.out
    assert "I import" in shown.err
    assert "I answer" in shown.err
    assert "I import" not in shown.out
    assert "I answer" not in shown.out


def test_a_broken_must(service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    service.open_door = "/api/v1/users/me"
    assert check(service, "--rule=AUT-001") == 1
    assert "\nNOT COMPLIANT " in capsys.readouterr().out


def test_a_verdict_left_open(service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(service, "--rule=AUT-003") == 3
    assert "\nINCONCLUSIVE " in capsys.readouterr().out


@pytest.mark.parametrize("debug", ["", "1"])
def test_a_fault_of_the_kit_is_one_line_and_no_verdict(
    debug: str, service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stumble(runner: Runner) -> Iterator[Result]:
        raise ZeroDivisionError("over hunter22")

    monkeypatch.setattr(Runner, "results", stumble)
    monkeypatch.setenv("COMPLIANCE_ADMIN_TOKEN", "hunter22")
    monkeypatch.setenv("COMPLIANCE_DEBUG", debug)
    assert check(service) == 5
    said = capsys.readouterr().err
    assert said.startswith("compliance: ZeroDivisionError at test_cli.py:")
    assert "the kit's own fault" in said
    assert "hunter22" not in said
    assert (len(said.splitlines()) > 3) is bool(debug)
    assert ("Traceback" in said) is bool(debug)


def test_an_interrupted_run_says_what_it_left_behind(
    service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(runner: Runner) -> Iterator[Result]:
        runner.start()
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(Runner, "results", interrupted)
    before = service.rows()
    assert check(service) == exits.INTERRUPTED
    assert "interrupted; what the run created was deleted" in capsys.readouterr().err
    assert service.rows() == before

    monkeypatch.setattr("compliance.depths.outside.clean", lambda target: ["/api/v1/products/7: refused"])
    check(service)
    shown = capsys.readouterr().err
    assert "interrupted; left behind:\n  /api/v1/products/7: refused" in shown
    assert "was deleted" not in shown


def test_a_run_interrupted_before_it_began_claims_nothing(
    service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_: Runner) -> Iterator[Result]:
        raise KeyboardInterrupt

    monkeypatch.setattr(Runner, "results", interrupted)
    assert check(service) == exits.INTERRUPTED
    assert capsys.readouterr().err == "compliance: interrupted\n"


USAGE = {
    "no command": ([], "*required*COMMAND*"),
    "a misspelt command": (
        ["chekc"],
        "there is no command 'chekc': did you mean check? (try: compliance --help)",
    ),
    "an unknown command": (["frobnicate"], "there is no command 'frobnicate': one of check, *"),
    "a target for a command": (["http://127.0.0.1:1"], "*did you mean compliance check http://127.0.0.1:1?*"),
    "a misspelt action": (
        ["waiver", "lnt"],
        "*no action 'lnt': did you mean lint? (try: compliance waiver --help)",
    ),
    "a misspelt choice": (
        ["standard", "--for=assistent"],
        "--for=assistent is unknown: did you mean assistants?*",
    ),
    "an unknown option": (
        ["check", "http://127.0.0.1:1", "--quick"],
        "unrecognized arguments: --quick (try: compliance check --help)",
    ),
    "a misspelt option": (
        ["report", "x.json", "--too=html"],
        "*--too=html; did you mean --to? (try: compliance report --help)",
    ),
    "an option of an action": (
        ["baseline", "prune", "x.json", "--days=3"],
        "*--days=3 (try: compliance baseline prune --help)",
    ),
    "a word too many": (
        ["config", "x.toml"],
        "unrecognized arguments: x.toml (try: compliance config --help)",
    ),
    "no target": (["check"], "*say what to judge*"),
    "two URLs": (["check", "http://127.0.0.1:1", "--target-url=http://127.0.0.1:2"], "*URL once*"),
    "a URL and an app": (["check", "http://127.0.0.1:1", "--app=a:b"], "*not both*"),
    "a file for a service": (["check", "file:///etc/x"], "*--target-url=http://127.0.0.1:8000"),
    "nothing to replay": (["replay"], "the following arguments are required: RESULT (try: *"),
    "no scheme": (["check", "127.0.0.1:8000"], "*write the scheme*"),
    "a foreign host": (["check", "http://192.0.2.1"], "*--allow-writes*"),
    "an unknown profile": (
        ["check", "http://127.0.0.1:1", "--profile=x"],
        "*--compliance-profile=x is unknown*",
    ),
    "an unknown report": (["check", "http://127.0.0.1:1", "--report=pdf:x"], "*'pdf'*"),
    "an unknown rule": (["check", "http://127.0.0.1:1", "--rule=XYZ-*"], "*--rule=XYZ-* names no rule*"),
    "two applications": (["check", "a:b", "--app=a:c"], "*application once*"),
    "two folders": (["check", ".", "--source=."], "*folder once*"),
    "no target at all": (["check", "main"], "*neither a URL*nor an application, MODULE:APP, nor a folder*"),
    "a port alone": (["check", "localhost:8000/api"], "*write the scheme*"),
    "an app that is not there, by its form": (["check", "nowhere_at_all:app"], "*does not import*"),
    "an app that is not there": (["check", "--app=nowhere_at_all:app"], "*does not import*"),
    "an unknown standard": (["rules", "--standard=nobody_has_it"], "*no package of that name*"),
    "an unknown clause": (["explain", "PAG-999"], "*there is no clause PAG-999; did you mean *"),
}


@pytest.mark.parametrize(("arguments", "message"), USAGE.values(), ids=USAGE.keys())
def test_what_cannot_work_is_one_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str], service: Service
) -> None:
    try:
        status = cli.main(arguments)
    except SystemExit as end:
        status = end.code
    shown = capsys.readouterr()
    assert status == 2
    assert shown.out == ""
    assert len(shown.err.splitlines()) == 1
    pytest.LineMatcher([shown.err.rstrip()]).fnmatch_lines([f"compliance: {message}"])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has it")
@pytest.mark.parametrize("arguments", [["rules"], ["explain", "PAG-003"], ["config", "--json"]])
def test_what_cannot_be_printed_is_one_line(arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "compliance", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (2, "compliance: cannot write: No space left on device\n")


def test_who_reads_no_more_has_the_files_and_the_exit_status(tmp_path: Path, service: Service) -> None:
    (tmp_path / "main.py").write_text("def collect(words: list[str] = []) -> list[str]:\n    return words\n")
    command = [
        sys.executable,
        "-m",
        "compliance",
        "check",
        "--source=.",
        "--rule=COD-001@source",
        "--report=json:r.json",
    ]
    read, written = os.pipe()
    os.close(read)
    done = subprocess.run(
        command, cwd=tmp_path, stdout=written, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(written)
    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads((tmp_path / "r.json").read_text())["verdict"]["word"] == "not compliant"


def test_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"compliance {__version__}\n"


def test_it_starts_without_what_a_run_needs_and_runs_without_pytest() -> None:
    code = (
        "import sys, compliance.cli as cli\n"
        "assert not {'httpx', 'pytest', 'schemathesis', 'hypothesis'} & set(sys.modules)\n"
        "cli.main(['explain', 'PAG-003'])\n"
        "assert not {'httpx', '_pytest', 'schemathesis', 'hypothesis'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
