"""Defaults that a function shares with all of its calls."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliance.rules.code.defaults import defaults_are_immutable
from tests.source.projects import places, project

MAIN = "from fastapi import FastAPI\napp = FastAPI()\n"


def judged(folder: Path, text: str) -> list[str]:
    files = {"app/__init__.py": "", "app/main.py": MAIN, "app/jobs.py": text}
    return places(defaults_are_immutable, project(folder, files))


@pytest.mark.parametrize(
    "text",
    [
        "def f(x: list[str] = []) -> None: ...",
        "def f(*, x: dict[str, str] = {}) -> None: ...",
        "async def f(x: set[str] = set()) -> None: ...",
        "def f(x: list[str] = []) -> None: ...  # noqa: B006",
        "from contextvars import ContextVar\nx = ContextVar('x', default={})",
        "from contextvars import ContextVar\nx = ContextVar('x', default=dict(a=1))",
    ],
)
def test_a_default_that_can_change_is_found(tmp_path: Path, text: str):
    assert len(judged(tmp_path, text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "def f(x: tuple[str, ...] = ()) -> None: ...",
        "def f(x: list[str] | None = None) -> None: ...",
        "from fastapi import Depends, Query\ndef f(x: int = Depends(len), y: int = Query(1)) -> None: ...",
        "import uuid\nfrom contextvars import ContextVar\nx = ContextVar(\n    'x', default=uuid.UUID(int=0)\n)",
        "from pydantic import BaseModel\nclass A(BaseModel):\n    x: list[str] = []",
        "from dataclasses import dataclass, field\n@dataclass\nclass A:\n    x: list[str] = field(default_factory=list)",
    ],
)
def test_other_defaults_pass(tmp_path: Path, text: str):
    assert judged(tmp_path, text) == []
