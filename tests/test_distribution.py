"""What runs the kit elsewhere: the action, the template for GitLab, the hooks of pre-commit, the image.

Their shell runs here with the environment that the platform would give, on a `compliance` that only notes what it is asked.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from compliance import cli
from compliance.cli import exits
from compliance.report.files import KINDS
from fastapi_compliance_pytest import OPTIONS

ROOT = Path(__file__).parents[1]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))
GITLAB = yaml.safe_load((ROOT / "templates/gitlab-ci.yml").read_text("utf-8"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
STEPS = {step.get("id") or step.get("name") or step["uses"]: step for step in ACTION["runs"]["steps"]}
#: Notes its arguments, writes the reports that it is asked for, and ends as it is told.
NOTING = """#!/usr/bin/env bash
printf '%s\\n' "$0" "$@" > "$NOTED"
for argument in "$@"; do
  case $argument in
    --compliance-report=json:*) [ -n "$WORD" ] && echo "{\\"verdict\\": {\\"word\\": \\"$WORD\\"}}" > "${argument#*:}" ;;
    --compliance-report=html:*) [ -n "$WORD" ] && echo '<p>' > "${argument#*:}" ;;
  esac
done
exit "${STATUS:-0}"
"""


class Runner:
    """Runs shell as a platform does, with programs that only note."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.noted, self.output = folder / "noted", folder / "output"
        self.programs = folder / "bin"
        self.programs.mkdir()
        self.replace("compliance")
        (self.programs / "python").symlink_to(sys.executable)

    def replace(self, name: str) -> None:
        program = self.programs / name
        program.unlink(missing_ok=True)
        program.write_text(NOTING)
        program.chmod(0o755)

    def run(self, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
        self.output.write_text("")
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.folder,
            env={
                "PATH": f"{self.programs}:{os.environ['PATH']}",
                "NOTED": str(self.noted),
                "GITHUB_OUTPUT": str(self.output),
                "WORD": "compliant",
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def judge(self, **inputs: str) -> subprocess.CompletedProcess[str]:
        """The step that judges, with the inputs of the action by their variables."""
        given = dict.fromkeys(STEPS["judge"]["env"], "") | {"ALLOW_WRITES": "false"}
        given["FOLDER"] = str(self.folder / "reports of a run")
        return self.run(STEPS["judge"]["run"], **given | inputs)

    @property
    def arguments(self) -> list[str]:
        return self.noted.read_text().splitlines()[1:]

    @property
    def outputs(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.output.read_text().splitlines())


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("github-actions", "action.yml"),
        ("github-workflows", ".github/workflows/ci.yml"),
        ("gitlab-ci", "templates/gitlab-ci.yml"),
    ],
)
def test_it_is_valid_by_the_schema_of_its_platform(schema: str, file: str) -> None:
    pytest.importorskip("check_jsonschema")
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        f"--builtin-schema=vendor.{schema}",
        str(ROOT / file),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_input_is_used_and_every_use_is_an_input() -> None:
    used = set(re.findall(r"inputs\.([\w-]+)", (ROOT / "action.yml").read_text("utf-8")))
    assert used == set(ACTION["inputs"])
    given = {
        name
        for job in WORKFLOW["jobs"].values()
        for s in job["steps"]
        if s.get("uses") == "./"
        for name in s["with"]
    }
    assert given <= used


def test_no_input_reaches_a_shell_but_by_the_environment() -> None:
    scripts = [step["run"] for step in ACTION["runs"]["steps"] if "run" in step]
    scripts += [step["run"] for job in WORKFLOW["jobs"].values() for step in job["steps"] if "run" in step]
    assert [script for script in scripts if "${{" in script] == []


def test_what_the_action_asks_for(runner: Runner) -> None:
    done = runner.judge(
        TARGET_URL="http://127.0.0.1:8000/a b",
        TARGET_APP="shop.main:app",
        TARGET_SOURCE="$(touch hurt)",
        PROFILE="strict",
        ALLOW_WRITES="true",
        REPORTS="junit:a b.xml\n\nsarif:x.sarif\n",
    )
    assert done.returncode == 0, done.stderr
    assert not (runner.folder / "hurt").exists()
    folder = runner.folder / "reports of a run"
    assert runner.arguments == [
        "check",
        "--compliance-report=github",
        f"--compliance-report=json:{folder}/compliance-result.json",
        f"--compliance-report=html:{folder}/compliance-report.html",
        "--target-url=http://127.0.0.1:8000/a b",
        "--target-app=shop.main:app",
        "--target-source=$(touch hurt)",
        "--compliance-profile=strict",
        "--allow-writes",
        "--compliance-report=junit:a b.xml",
        "--compliance-report=sarif:x.sarif",
    ]
    cli._parser().parse_args(runner.arguments)
    assert {one.partition("=")[0] for one in runner.arguments[1:]} <= set(OPTIONS)


def test_what_is_not_given_is_left_to_the_configuration(runner: Runner) -> None:
    runner.judge()
    assert [one.partition(":")[0] for one in runner.arguments[1:]] == [
        f"--compliance-report={kind}" for kind in ("github", "json", "html")
    ]


@pytest.mark.parametrize(
    ("status", "word", "verdict", "fault"),
    [
        (exits.COMPLIANT, "compliant", "compliant", ""),
        (exits.COMPLIANT, "partial", "partial", ""),
        (exits.COMPLIANT, "not compliant", "not-compliant", ""),  # nothing new against a baseline
        (exits.NOT_COMPLIANT, "not compliant", "not-compliant", "not-compliant"),
        (exits.INCONCLUSIVE, "inconclusive", "inconclusive", "inconclusive"),
        (exits.UNREACHABLE, "inconclusive", "unreachable", "unreachable"),
    ],
)
def test_the_verdict_is_an_output_and_the_job_goes_on(
    status: int, word: str, verdict: str, fault: str, runner: Runner
) -> None:
    done = runner.judge(STATUS=str(status), WORD=word)
    assert done.returncode == 0, done.stderr
    folder = runner.folder / "reports of a run"
    assert runner.outputs == {
        "verdict": verdict,
        "fault": fault,
        "report-path": f"{folder}/compliance-report.html",
        "folder": str(folder),
    }


def test_a_target_that_never_answered_leaves_no_report(runner: Runner) -> None:
    runner.judge()  # a report of before is none of this run
    done = runner.judge(STATUS=str(exits.UNREACHABLE), WORD="")
    assert done.returncode == 0, done.stderr
    assert runner.outputs == {
        "verdict": "unreachable",
        "fault": "unreachable",
        "report-path": "",
        "folder": "",
    }


@pytest.mark.parametrize("status", [exits.USAGE, exits.FAULT, exits.INTERRUPTED])
def test_what_is_no_verdict_ends_the_job(status: int, runner: Runner) -> None:
    assert runner.judge(STATUS=str(status)).returncode == status
    assert runner.outputs == {}


@pytest.mark.parametrize(
    ("fault", "fail_on", "status"),
    [
        ("", ACTION["inputs"]["fail-on"]["default"], 0),
        ("not-compliant", ACTION["inputs"]["fail-on"]["default"], 1),
        ("inconclusive", ACTION["inputs"]["fail-on"]["default"], 1),
        ("unreachable", ACTION["inputs"]["fail-on"]["default"], 1),
        ("inconclusive", "not-compliant", 0),
        ("not-compliant", "inconclusive,not-compliant", 1),
        ("not-compliant", "", 0),
    ],
)
def test_which_verdicts_fail_the_job(fault: str, fail_on: str, status: int, runner: Runner) -> None:
    done = runner.run(STEPS["Conclude"]["run"], FAULT=fault, FAIL_ON=fail_on)
    assert done.returncode == status
    assert runner.run(STEPS["Check"]["run"], FAIL_ON=fail_on).returncode == 0


@pytest.mark.parametrize(("fail_on", "wrong"), [("not compliant", "not"), ("not-compliant, never", "never")])
def test_a_word_that_is_no_verdict_ends_the_job_before_anything_is_done(
    fail_on: str, wrong: str, runner: Runner
) -> None:
    done = runner.run(STEPS["Check"]["run"], FAIL_ON=fail_on)
    assert done.returncode == 2
    assert done.stdout.startswith(f"::error::fail-on: {wrong} is no verdict")
    assert next(iter(STEPS)) == "Check"


@pytest.mark.parametrize(
    ("version", "installed"), [("", "/actions/here"), ("0.1.0", "fastapi-compliance==0.1.0")]
)
def test_what_the_action_installs(version: str, installed: str, runner: Runner) -> None:
    runner.replace("python")
    assert runner.run(STEPS["Install"]["run"], VERSION=version, ACTION="/actions/here").returncode == 0
    assert runner.arguments[:3] == ["-m", "pip", "install"]
    assert runner.arguments[-1] == installed


@pytest.mark.parametrize(("version", "installed"), [("", ""), ("0.1.0", "==0.1.0")])
def test_what_the_template_for_gitlab_runs(version: str, installed: str, runner: Runner) -> None:
    runner.replace("pip")
    job = GITLAB["compliance"]
    install, check = job["script"]
    assert runner.run(install, FASTAPI_COMPLIANCE_VERSION=version).returncode == 0
    assert runner.arguments == ["install", "--quiet", f"fastapi-compliance{installed}"]
    assert runner.run(check).returncode == 0
    written = [
        one.split(":", 1) for one in re.findall(r"--compliance-report=(\S+)", " ".join(runner.arguments))
    ]
    cli._parser().parse_args(runner.arguments)
    kept = job["artifacts"]
    assert sorted(path for _, path in written) == sorted([*kept["paths"], *kept["reports"].values()])
    assert dict(written)["junit"] == kept["reports"]["junit"]
    assert dict(written)["gitlab"] == kept["reports"]["codequality"]
    assert job["retry"]["exit_codes"] == [exits.UNREACHABLE]


def test_every_kind_of_report_that_is_asked_for_is_one() -> None:
    asked = set(re.findall(r"--compliance-report=(\w+)", (ROOT / "action.yml").read_text() + str(GITLAB)))
    assert asked <= set(KINDS)
    assert asked > {"json", "html", "github"}


def test_the_hooks_are_commands_that_look_at_their_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    hooks: dict[str, Any] = {hook["id"]: hook for hook in HOOKS}
    assert list(hooks) == ["compliance-waivers", "compliance-config"]
    for hook in HOOKS:
        assert set(hook) == {"id", "name", "entry", "language", "files", "pass_filenames"}
        assert (
            shlex.split(hook["entry"])[0]
            in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
        )
    config = hooks["compliance-config"]
    assert re.search(config["files"], "compliance.toml")
    assert not re.search(config["files"], "docs/compliance.toml")
    for text, status in (('profile = "strict"', 0), ("profile = 3", exits.USAGE)):
        (tmp_path / "compliance.toml").write_text(text)
        assert cli.main(shlex.split(config["entry"])[1:]) == status
    assert "profile" in capsys.readouterr().err


def test_the_image_is_small_and_nobody_in_it_is_root() -> None:
    lines = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text()).splitlines()
    said = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    bases = [rest for word, rest in said if word == "FROM"]
    assert all(re.match(r"python:3\.\d+-slim( AS build)?$", base) for base in bases)
    last = said[max(place for place, (word, _) in enumerate(said) if word == "FROM") :]
    assert [rest for word, rest in last if word == "USER"] == ["judge"]
    assert last[-2:] == [["ENTRYPOINT", '["compliance"]'], ["CMD", '["--help"]']]
    assert [word for word, _ in said].index("USER") > [word for word, _ in said].index("RUN")
    assert all("--no-cache-dir" in rest for word, rest in said if word == "RUN" and "pip" in rest)
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {
        name for word, rest in said if word == "COPY" and "--from" not in rest for name in rest.split()[:-1]
    }
    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)
