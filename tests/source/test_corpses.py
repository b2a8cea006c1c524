"""Folders that are no proper project: what is said of them is clear, and nothing passes that nobody could read."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from compliance.catalogue import Catalogue, load
from compliance.result import Run
from compliance.run import judge_source
from compliance.source import SourceError, read_source
from compliance.source.subjects import whole
from compliance.verdict import Word, decide
from tests.source.projects import project

#: Rules that may pass although a file could not be read, because what was seen decides them.
DECIDED = {
    "PRJ-003@source": "the environment was seen to be read",
    "PRJ-006@source": "the two files are there",
    "PRJ-007@source": "no file of variables is code",
    "PRJ-009@source": "the tables and their migrations were seen",
    "PRJ-010@source": "a client was seen in the tests",
    "PRJ-014@source": "what the project declares is no code",
}
MAIN = """
from fastapi import FastAPI
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    name: str = "app"


app = FastAPI()


@app.get("/items")
async def get_items() -> list[int]:
    return []
"""
SOUND = {
    "app/__init__.py": "",
    "app/main.py": MAIN,
    "tests/test_items.py": 'from httpx import AsyncClient\nfrom app.main import app\nPATH = "/items"\n',
    "pyproject.toml": '[project]\nname = "app"\nrequires-python = ">=3.12"\n',
    ".gitignore": ".env\n",
    ".env.example": "NAME=\n",
}
BYTES = {
    "not-utf-8": b'NAME = "\xe9t\xe9"\n',
    "nul": b"NAME = 1\0\n",
    "unknown-encoding": b"# -*- coding: klingon -*-\n",
    "newer-python": b"class Box[T, **P, *Q:\n    pass\n",
    "no-python": b"<html>it works</html>\n",
    "too-deep": b"x = " + b"(" * 5_000 + b")" * 5_000 + b"\n",
    "too-long-a-sum": b"x = " + b" + ".join([b"1"] * 50_000) + b"\n",
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


Judge = Callable[[Path], Run]


@pytest.fixture
def judge(catalogue: Catalogue) -> Judge:
    return lambda folder: judge_source(catalogue, read_source(folder))


def errors(run: Run) -> list[str]:
    return [f"{result.rule.id}: {result.reason}" for result in run.results if result.outcome == "error"]


class TestNothing:
    @pytest.mark.parametrize(
        ("files", "words"),
        [
            pytest.param({}, "holds no Python of a service", id="empty"),
            pytest.param(
                {"README.md": "# Hello", "main.go": "package main"}, "holds no Python", id="no Python"
            ),
            pytest.param({"tests/test_app.py": MAIN}, "nothing but tests", id="only tests"),
            pytest.param(
                {"alembic/versions/1.py": "x = 1", "scripts/run.py": MAIN}, "migrations", id="beside"
            ),
            pytest.param(
                {"one/__init__.py": "", "one/a.py": MAIN, "two/__init__.py": "", "two/a.py": MAIN},
                "one, two: say which with --target-package=NAME",
                id="two services",
            ),
        ],
    )
    def test_where_there_is_nothing_to_judge_one_sentence_says_so(self, tmp_path, files, words):
        with pytest.raises(SourceError, match=words) as caught:
            project(tmp_path, files)

        assert "\n" not in str(caught.value)

    def test_a_file_is_no_folder(self, tmp_path):
        (tmp_path / "main.py").write_text(MAIN)

        with pytest.raises(SourceError, match=r"main\.py is no folder"):
            read_source(tmp_path / "main.py")

    def test_a_folder_that_is_not_there_is_none(self, tmp_path):
        with pytest.raises(SourceError, match="is no folder"):
            read_source(tmp_path / "nowhere")

    def test_empty_modules_are_judged_and_come_to_nothing(self, tmp_path, judge: Judge):
        project(tmp_path, {"app/__init__.py": "", "app/main.py": "\n"})

        assert errors(judge(tmp_path)) == []


class TestUnread:
    @pytest.mark.parametrize("content", BYTES.values(), ids=BYTES.keys())
    def test_no_rule_of_the_whole_passes_where_a_file_was_not_read(
        self, tmp_path, judge: Judge, content: bytes
    ):
        project(tmp_path, SOUND)
        (tmp_path / "app" / "odd.py").write_bytes(content)

        run = judge(tmp_path)
        passed = {r.rule.id for r in run.results if r.rule.subjects is whole and r.outcome == "pass"}

        assert [note.partition(":")[0] for note in run.notes] == ["app/odd.py"]
        assert errors(run) == []
        assert passed <= set(DECIDED)
        assert decide(run).word is not Word.COMPLIANT

    @pytest.mark.parametrize("content", BYTES.values(), ids=BYTES.keys())
    def test_a_project_of_which_nothing_can_be_read_passes_nothing(
        self, tmp_path, judge: Judge, content: bytes
    ):
        (tmp_path / "app").mkdir()
        (tmp_path / "app" / "main.py").write_bytes(content)

        run = judge(tmp_path)

        assert errors(run) == []
        assert {result.rule.id for result in run.results if result.outcome == "pass"} <= set(DECIDED)

    @pytest.mark.parametrize("content", BYTES.values(), ids=BYTES.keys())
    def test_a_test_that_cannot_be_read_proves_nothing_against_the_service(
        self, tmp_path, judge: Judge, content: bytes
    ):
        project(tmp_path, SOUND | {"tests/test_items.py": ""})
        (tmp_path / "tests" / "test_odd.py").write_bytes(content)

        run = judge(tmp_path)
        about_tests = {
            r.rule.clause: r.outcome for r in run.results if r.rule.clause in ("PRJ-010", "PRJ-012")
        }

        assert about_tests == {"PRJ-010": "untested", "PRJ-012": "untested"}

    def test_what_was_seen_stays_a_violation(self, tmp_path, judge: Judge):
        project(tmp_path, SOUND | {"app/shared.py": "def add(to: list[int] = []) -> None: ...\n"})
        (tmp_path / "app" / "odd.py").write_bytes(BYTES["nul"])

        outcomes = {result.rule.id: str(result.outcome) for result in judge(tmp_path).results}

        assert outcomes["COD-001@source"] == "violation"

    @pytest.mark.skipif(sys.version_info >= (3, 14), reason="this Python reads it")
    def test_the_syntax_of_a_newer_python_is_named_with_its_line(self, tmp_path):
        source = project(tmp_path, SOUND | {"app/box.py": "x = 1\ngreeting = t'{x}'\n"})

        assert source.unread == {
            "app/box.py": "invalid syntax, line 2: it may be of a newer Python than this one"
        }

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is closed to root")
    def test_a_closed_folder_and_a_closed_file_are_not_taken_for_read(self, tmp_path):
        project(tmp_path, SOUND | {"app/closed/__init__.py": "", "app/secret.py": ""})
        closed = [tmp_path / "app" / "closed", tmp_path / "app" / "secret.py"]
        for path in closed:
            path.chmod(0)
        try:
            assert set(read_source(tmp_path).unread) == {"app/closed", "app/secret.py"}
        finally:
            for path in closed:
                path.chmod(0o700)

    def test_a_folder_that_cannot_be_listed_is_not_taken_for_read(self, tmp_path, monkeypatch):
        project(tmp_path, SOUND | {"app/closed/__init__.py": ""})
        really = os.scandir

        def refuse(path):
            if str(path).endswith("closed"):
                raise PermissionError(13, "Permission denied", str(path))
            return really(path)

        monkeypatch.setattr(os, "scandir", refuse)

        assert read_source(tmp_path).unread == {"app/closed": "the folder cannot be opened"}


class TestOddButSound:
    @pytest.mark.parametrize(
        "content",
        [
            pytest.param(MAIN.replace("\n", "\r\n").encode(), id="CRLF"),
            pytest.param(MAIN.replace("\n", "\r").encode(), id="CR"),
            pytest.param(b"\xef\xbb\xbf" + MAIN.encode(), id="BOM"),
            pytest.param(
                b"# -*- coding: latin-1 -*-\nNAME = '\xe9'\n" + MAIN.encode(), id="Latin-1, declared"
            ),
            pytest.param(MAIN.rstrip().encode(), id="no newline at the end"),
            pytest.param(MAIN.encode() + b"\x0c\n", id="form feed"),
        ],
    )
    def test_a_file_that_python_reads_is_read(self, tmp_path, content: bytes):
        project(tmp_path, SOUND)
        (tmp_path / "app" / "main.py").write_bytes(content)

        source = read_source(tmp_path)

        assert source.unread == {}
        assert [route.path for route in source.routes] == ["/items"]

    def test_a_loop_of_links_ends(self, tmp_path, judge: Judge):
        project(tmp_path, SOUND)
        (tmp_path / "app" / "again").symlink_to(tmp_path / "app", target_is_directory=True)
        (tmp_path / "app" / "self.py").symlink_to(tmp_path / "app" / "self.py")
        (tmp_path / ".env").symlink_to(tmp_path / ".env")

        source = read_source(tmp_path)

        assert {module.file for module in source.modules} == {"app/__init__.py", "app/main.py"}
        assert errors(judge(tmp_path)) == []

    def test_folders_and_links_that_are_called_like_files_are_passed_over(self, tmp_path, judge: Judge):
        project(tmp_path, SOUND | {"app/odd.py/inner.txt": ""})
        for name in ("requirements.txt", "setup.cfg", ".env"):
            (tmp_path / name).mkdir()
        (tmp_path / "app" / "gone.py").symlink_to(tmp_path / "nowhere.py")

        assert errors(judge(tmp_path)) == []

    @pytest.mark.parametrize(
        "text", ["[project", "project = 3", "[tool]\npoetry = []", "[project]\ndependencies = {}"]
    )
    def test_declarations_that_are_none_break_nothing(self, tmp_path, judge: Judge, text: str):
        project(tmp_path, SOUND | {"pyproject.toml": text, "setup.cfg": "no section", "Pipfile": text})

        assert errors(judge(tmp_path)) == []

    def test_a_huge_generated_file_is_read(self, tmp_path, judge: Judge):
        rows = "\n".join(f"    {{'id': {number}, 'name': 'row {number}'}}," for number in range(20_000))
        project(tmp_path, SOUND | {"app/table.py": f"ROWS = [\n{rows}\n]\n"})

        begun = time.monotonic()
        run = judge(tmp_path)

        assert run.notes == []
        assert errors(run) == []
        assert time.monotonic() - begun < 60

    def test_ten_thousand_files_are_read(self, tmp_path, judge: Judge):
        project(tmp_path, SOUND)
        for folder in range(100):
            place = tmp_path / "app" / f"part_{folder}"
            place.mkdir()
            for number in range(100):
                (place / f"module_{number}.py").write_text(f"VALUE = {number}\n")

        begun = time.monotonic()
        run = judge(tmp_path)

        assert errors(run) == []
        assert time.monotonic() - begun < 120

    def test_a_name_that_is_no_text_is_no_obstacle(self, tmp_path, judge: Judge):
        project(tmp_path, SOUND)
        try:
            Path(os.fsdecode(os.fsencode(tmp_path) + b"/app/od\xffd.py")).write_text("X = 1\n")
        except OSError:
            pytest.skip("this file system knows texts only")

        assert errors(judge(tmp_path)) == []
