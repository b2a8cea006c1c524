"""A tree that has not changed is not judged again, and any change of what was read makes it new."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from compliance.catalogue import Catalogue, load
from compliance.result import Result
from compliance.run import judge_source
from compliance.source import read_source, remembering, tree

FAULT = "def f(x: list[int] = []) -> int:\n    return len(x)\n"
CATALOGUE = load()


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(remembering.CACHE_HOME, str(tmp_path / "cache"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "app").mkdir(parents=True)
    (folder / "app" / "__init__.py").write_text("", encoding="utf-8")
    (folder / "app" / "helpers.py").write_text(FAULT, encoding="utf-8")
    return folder


def judged(root: Path, catalogue: Catalogue = CATALOGUE) -> list[Result]:
    run = judge_source(catalogue, read_source(root), lambda one: one.rule.depth == "source")
    return [result for result in run.results if result.rule.depth == "source"]


def told(results: list[Result]) -> list[tuple[object, ...]]:
    return [
        (r.rule.id, r.subject, r.outcome, r.cause, r.expected, r.observed, r.reason, r.places)
        for r in results
    ]


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that were parsed."""
    seen: list[str] = []
    parse: Callable[[str], object] = tree.parse

    def watched(text: str) -> object:
        seen.append(text)
        return parse(text)

    monkeypatch.setattr(tree, "parse", watched)
    return seen


def test_a_second_run_finds_the_same_and_parses_nothing(root: Path, parsed: list[str]) -> None:
    first = judged(root)
    read = len(parsed)
    second = judged(root)

    assert read == 2
    assert len(parsed) == read
    assert told(second) == told(first)
    assert any(result.places for result in second)


@pytest.mark.parametrize("path", ["app/helpers.py", "app/new.py", "pyproject.toml", "tests/test_it.py"])
def test_a_change_of_what_is_read_is_seen(root: Path, parsed: list[str], path: str) -> None:
    judged(root)
    parsed.clear()
    (root / path).parent.mkdir(exist_ok=True)
    (root / path).write_text("# new\n", encoding="utf-8")
    results = judged(root)

    assert parsed
    assert any(result.places for result in results) == (path != "app/helpers.py")


def test_what_could_not_be_read_is_told_again(root: Path) -> None:
    (root / "app" / "newer.py").write_text("def f(:\n", encoding="utf-8")
    notes = [judge_source(CATALOGUE, read_source(root)).notes for _ in range(2)]

    assert notes[0] == notes[1]
    assert any("app/newer.py" in note for note in notes[0])


def test_a_part_of_the_rules_is_not_taken_for_all(root: Path) -> None:
    judge_source(CATALOGUE, read_source(root), lambda one: one.rule.depth == "outside")

    assert not list(remembering.folder().glob("*.json"))


def test_a_place_that_cannot_be_written_is_no_reason_to_fail(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv(remembering.CACHE_HOME, str(tmp_path / "file"))

    assert told(judged(root)) == told(judged(root))


def test_a_spoilt_memory_is_none(root: Path) -> None:
    first = told(judged(root))
    (kept,) = remembering.folder().glob("*.json")
    kept.write_text('{"found": {"COD-001@source": [["app"]]}}', encoding="utf-8")

    assert told(judged(root)) == first
