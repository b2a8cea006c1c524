"""`compliance standard`: one text for people and for assistants, written without harm."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from compliance import cli
from compliance.catalogue import load
from compliance.report.advice import section
from compliance.standard import read

CATALOGUE = load()


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert cli.main(["standard", *arguments]) == 0
    return capsys.readouterr().out


def test_the_whole_text(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys)
    assert text.startswith("# The standard\n\n## Access control (ACC)\n\n")
    for chapter in read().chapters:
        assert f"\n## {chapter.title} ({chapter.family})\n\n{chapter.introduction}\n" in text
        for clause in chapter.clauses:
            head = f"\n### {clause.id} ({clause.level}) {clause.title}\n\nOrigin: {clause.origin}\n\n"
            assert f"{head}{clause.text}\n" in text


def test_a_part_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "--family=pag", "--level=SHOULD")
    assert re.findall(r"^## .*\((\w+)\)", text, flags=re.MULTILINE) == ["PAG"]
    assert set(re.findall(r"^### \S+ \((\w+)\)", text, flags=re.MULTILINE)) == {"SHOULD"}


def test_what_assistants_read_is_what_is_examined(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "--for=assistants")
    lines = re.findall(r"^- (.*) \((\S+)\)\.$", text, flags=re.MULTILINE)
    assert sorted(lines) == sorted((clause.title, clause.id) for clause in CATALOGUE.clauses)
    assert "Origin" not in text
    flat = " ".join(text.split())
    for clause in CATALOGUE.clauses:
        shown = [
            " ".join(" ".join(section(rule.documentation, "Conforms")).split())
            for rule in CATALOGUE.rules
            if rule.clause == clause.id
        ]
        assert any(f"({clause.id}). - Right: {one}" in flat for one in shown), clause.id


def test_musts_and_shoulds_stand_apart(capsys: pytest.CaptureFixture[str]) -> None:
    always, _, unless = printed(capsys, "--for=assistants", "--family=PAG").partition(
        "Unless the code says why not:"
    )
    for clause in CATALOGUE.clauses:
        if clause.family == "PAG":
            assert f"({clause.id})" in (always if clause.level == "MUST" else unless)


def test_a_file_is_written_and_written_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    named = ("--for=assistants", "--output=AGENTS.md")
    assert printed(capsys, *named, "--family=PAG") == "AGENTS.md written\n"
    first = (tmp_path / "AGENTS.md").read_text()
    assert first.endswith(printed(capsys, "--for=assistants", "--family=PAG"))
    assert printed(capsys, *named, "--family=PAG") == "AGENTS.md is up to date\n"
    assert printed(capsys, *named, "--family=DAT") == "AGENTS.md written\n"
    assert "PAG-001" not in (tmp_path / "AGENTS.md").read_text()
    assert [file.name for file in tmp_path.iterdir()] == ["AGENTS.md"]


def test_a_link_stays_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "CLAUDE.md").symlink_to("AGENTS.md")
    printed(capsys, "--output=CLAUDE.md", "--family=PAG")
    assert (tmp_path / "CLAUDE.md").is_symlink()
    assert "PAG-001" in (tmp_path / "AGENTS.md").read_text()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_somebody_changed_stays(end: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "AGENTS.md"
    printed(capsys, "--output=AGENTS.md", "--family=PAG")
    written = file.read_bytes().replace(b"\n", end.encode())
    file.write_bytes(written)
    printed(capsys, "--output=AGENTS.md", "--family=DAT")  # the ends of lines are no change
    for changed in (file.read_bytes() + b"Be kind.\n", b"Be kind.\n" + file.read_bytes(), b"Be kind.\n"):
        file.write_bytes(changed)
        assert cli.main(["standard", "--output=AGENTS.md"]) == 2
        said = capsys.readouterr().err
        assert said.startswith("compliance: AGENTS.md was ")
        assert "--output another name, such as compliance-AGENTS.md" in said
        assert file.read_bytes() == changed


def test_where_nothing_can_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["standard", f"--output={tmp_path}/no/such/folder.md"]) == 2
    assert "cannot write" in capsys.readouterr().err
    assert cli.main(["standard", f"--output={tmp_path}"]) == 2
    assert list(tmp_path.iterdir()) == []


def test_a_chapter_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["standard", "--family=XYZ"]) == 2
    assert "--family=XYZ is unknown" in capsys.readouterr().err


def test_a_part_that_is_empty(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("compliance.cli.options.catalogue", lambda _: load(["tests.standards.acme"]))
    assert cli.main(["standard", "--family=ACM", "--level=MUST"]) == 2
    assert capsys.readouterr() == ("", "compliance: no clause is all of --family=ACM --level=MUST\n")


def test_a_file_that_is_written_anew_keeps_its_permissions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = ("--for=assistants", "--output=AGENTS.md")
    printed(capsys, *named, "--family=PAG")
    (tmp_path / "AGENTS.md").chmod(0o640)
    printed(capsys, *named, "--family=DAT")
    assert (tmp_path / "AGENTS.md").stat().st_mode & 0o777 == 0o640
