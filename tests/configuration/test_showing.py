"""`compliance config`: each value and where it came from, and no secret."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from compliance import cli
from compliance.cli import exits
from compliance.configuration.keys import keys, schema

FILE = """\
target = "https://staging.example.org/"
openapi = "https://staging.example.org/openapi.json?key=hunter22"
rate = 5
[actors.alice]
username = "alice@example.org"
password-env = "SHOP_PASSWORD"
[actors.bob]
token-env = "hunter22"
[roles]
me = ""
"""


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """What the command prints in a folder with that file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "compliance.toml").write_text(FILE)
    for name in [name for name in os.environ if name.startswith("COMPLIANCE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SHOP_PASSWORD", "hunter22")
    monkeypatch.setenv("COMPLIANCE_ADMIN_TOKEN", "hunter22")
    monkeypatch.setenv("COMPLIANCE_TIMEOUT", "60")
    monkeypatch.setenv("COMPLIANCE_PROFIL", "strict")

    def show(*arguments: str) -> str:
        assert cli.main(["config", *arguments]) == 0
        text = capsys.readouterr().out
        assert "hunter22" not in text
        return text

    return show


def test_the_table(shown, tmp_path: Path):
    text = shown("--seed=7")
    rows = {
        line.split("  ")[0]: [cell.strip() for cell in line.split("  ")[1:] if cell]
        for line in text.splitlines()
    }
    assert text.startswith(f"file: {tmp_path}/compliance.toml\n\nkey ")
    assert rows["target"] == ["https://staging.example.org/", "compliance.toml"]
    assert rows["openapi"] == ["https://staging.example.org/openapi.json?key=…", "compliance.toml"]
    assert rows["seed"] == ["7", "--compliance-seed"]
    assert rows["timeout"] == ["60", "$COMPLIANCE_TIMEOUT"]
    assert rows["profile"] == ["standard", "default"]
    assert rows["app"] == ["-", "default"]
    assert rows["roles.me"] == ['""', "compliance.toml"]
    assert rows["actors.alice.username"] == ["alice@example.org", "compliance.toml"]
    assert rows["actors.alice.password-env"] == ["$SHOP_PASSWORD: set", "compliance.toml"]
    assert rows["actors.alice.token-env"] == ["$COMPLIANCE_ALICE_TOKEN: not set", "default"]
    assert rows["actors.bob.token-env"] == ["a variable: not set", "compliance.toml"]
    assert rows["actors.admin.token-env"] == ["$COMPLIANCE_ADMIN_TOKEN: set", "$COMPLIANCE_ADMIN_TOKEN"]
    assert "login.style" not in rows
    assert "note: $COMPLIANCE_PROFIL is no setting; did you mean $COMPLIANCE_PROFILE?" in rows


def test_as_json(shown, tmp_path: Path):
    data = json.loads(shown("--json"))
    assert data["file"] == str(tmp_path / "compliance.toml")
    assert list(data["keys"]) == [key.name for key in keys()]
    assert data["keys"]["rate"] == {
        "value": 5,
        "origin": "compliance.toml",
        "variable": "COMPLIANCE_RATE",
        "option": None,
    }
    assert data["keys"]["actors.alice.password-env"]["set"] is True
    assert data["keys"]["actors.bob.token-env"]["set"] is False


def test_the_schema(shown):
    assert json.loads(shown("--schema")) == schema()


def test_no_file(shown, tmp_path: Path):
    (tmp_path / "compliance.toml").unlink()
    assert shown().startswith(
        "file: none (compliance.toml, or [tool.compliance] in pyproject.toml; looked in "
    )


def test_a_mistake_is_one_line(shown, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "compliance.toml").write_text('[actors.alice]\npassword = "hunter22"')
    assert cli.main(["config"]) == exits.USAGE
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("compliance: compliance.toml: actors.alice.password is a secret")
    assert "hunter22" not in said.err
    assert len(said.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('target = "ftp://shop"', "ftp://shop"),
        ('target = "https://me:hunter22@shop"', "holds a password"),
        ('target = "localhost:8000"', "write the scheme"),
        ('target = "http://shop"\napp = "a:b"', "not both"),
        ('target = "http://shop"\nopenapi = "http://shop:x/openapi.json"', "is not a URL"),
        ('reports = ["pdf:x"]', "no report of the kind 'pdf'"),
        ('reports = ["html:out/"]', "names a folder"),
    ],
)
def test_what_no_run_would_begin_with_is_said_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str, words: str
):
    monkeypatch.chdir(tmp_path)
    secret = '[actors.alice]\nusername = "a@example.org"\npassword-env = "SET_ELSEWHERE"'
    (tmp_path / "compliance.toml").write_text(f"{text}\n{secret}")
    assert cli.main(["config"]) == exits.USAGE
    said = capsys.readouterr()
    assert words in said.err
    assert len(said.err.splitlines()) == 1
    assert "$SET_ELSEWHERE: not set" in said.out
    assert "hunter22" not in said.out + said.err

    (tmp_path / "compliance.toml").write_text(f'target = "http://shop"\n{secret}')
    assert cli.main(["config"]) == 0  # whoever has the secret makes the run


def test_a_folder_is_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    for arguments in (["config", "--config=."], ["waiver", "list", "--waivers=."]):
        assert cli.main(arguments) == exits.USAGE
        assert capsys.readouterr().err.endswith(".: it is a folder\n")
