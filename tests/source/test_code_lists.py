"""Functions whose result is a list."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliance.rules.code.lists import lists_are_never_none
from tests.source.projects import places, project

MAIN = "from app import jobs\nfrom fastapi import FastAPI\napp = FastAPI()\n"


def judged(folder: Path, text: str) -> list[str]:
    files = {"app/__init__.py": "", "app/main.py": MAIN, "app/jobs.py": text}
    return places(lists_are_never_none, project(folder, files))


@pytest.mark.parametrize(
    "annotation",
    [
        "list[str] | None",
        "None | list[str]",
        "Optional[List[str]]",
        "typing.Optional[typing.Sequence[str]]",
        "Union[list[str], None]",
        "Union[list[str], list[int], None]",
        "'list[str] | None'",
        "list | None",
    ],
)
@pytest.mark.parametrize("kind", ["def", "async def"])
def test_a_list_that_may_be_none_is_found(tmp_path: Path, annotation: str, kind: str):
    assert judged(tmp_path, f"{kind} find(x: int) -> {annotation}: ...") == ["app/jobs.py:1"]


@pytest.mark.parametrize("given", ["return None", "return", "return x or None", "return x if x else None"])
def test_none_for_a_list_is_found(tmp_path: Path, given: str):
    text = f"class A:\n    def find(self, x: int) -> list[str]:\n        if not x:\n            {given}\n        return ['a']"
    assert judged(tmp_path, text) == ["app/jobs.py:4"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("def find() -> list[str]:\n    return []", id="empty"),
        pytest.param("def find(x) -> list[str]:\n    return x or []", id="or empty"),
        pytest.param("def find() -> list[str | None]:\n    return [None]", id="within"),
        pytest.param("def find() -> dict[str, list[str]] | None:\n    return None", id="a dictionary"),
        pytest.param("def find() -> tuple[list[str], int] | None:\n    return None", id="a pair"),
        pytest.param("def find() -> list[str] | str | None:\n    return None", id="any JSON"),
        pytest.param("def find() -> str | None:\n    return None", id="a text"),
        pytest.param("def find():\n    return None", id="no annotation"),
        pytest.param(
            "def find() -> list[str]:\n    def f() -> None:\n        return None\n    return []", id="inner"
        ),
        pytest.param("def find(x: list[str] | None) -> list[str] | None:\n    return x", id="passed on"),
        pytest.param(
            "from pydantic import BaseModel, field_validator\nclass A(BaseModel):\n    tags: list[str] | None = None\n"
            "    @field_validator('tags')\n    @classmethod\n    def check(cls, v: object) -> list[str] | None:\n"
            "        return None",
            id="validator",
        ),
        pytest.param(
            "from pydantic import BaseModel, validator\nclass A(BaseModel):\n    tags: str\n"
            "    @validator('tags')\n    def check(cls, v: object) -> list[str] | None: ...",
            id="validator of pydantic 1",
        ),
        pytest.param("def find() -> 'list[':\n    return None", id="no annotation that can be read"),
    ],
)
def test_what_is_no_list_or_never_none_passes(tmp_path: Path, text: str):
    assert judged(tmp_path, text) == []
