"""Annotations of functions and handlers, and comments that switch their checking off."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliance.rules.code.annotations import (
    functions_are_annotated,
    handlers_are_annotated,
    ignores_are_specific,
)
from tests.source.projects import places, project, verdict

ROUTER = "from fastapi import APIRouter, FastAPI\nrouter = APIRouter()\napp = FastAPI()\n"


def judged(rule, folder: Path, text: str) -> list[str]:
    return places(rule, project(folder, {"app/__init__.py": "", "app/main.py": ROUTER + text}))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("def find(email) -> None: ...", id="parameter"),
        pytest.param("def find(*emails) -> None: ...", id="parameters"),
        pytest.param("def find(**options) -> None: ...", id="options"),
        pytest.param("def find(email: str): ...", id="result"),
        pytest.param("def _find(email: str): ...", id="result of a private function"),
        pytest.param("class A:\n    def find(self): ...", id="method"),
        pytest.param("class A:\n    def __len__(self): ...", id="method of the language"),
        pytest.param("class A:\n    @classmethod\n    def make(cls): ...", id="method of the class"),
        pytest.param("class A:\n    @staticmethod\n    def make(): ...", id="static method"),
        pytest.param("def f() -> None:\n    def g(x) -> None: ...", id="function within a function"),
        pytest.param("@router.get('')\nasync def find(email) -> str: ...", id="parameter of a handler"),
    ],
)
def test_what_is_not_annotated_is_found(tmp_path: Path, text: str):
    assert len(judged(functions_are_annotated, tmp_path, text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("from typing import Any\ndef find(x: Any) -> Any: ...", id="any"),
        pytest.param("class A:\n    def __init__(self, x: int): ...", id="init"),
        pytest.param("def find(_, __: int = 1) -> None: ...", id="what is not used"),
        pytest.param("@router.get('')\nasync def find(x: int): ...", id="the result of a handler"),
        pytest.param("@router.websocket('/ws')\nasync def talk(x: int): ...", id="the result of a websocket"),
        pytest.param("@app.exception_handler(Exception)\nasync def fail(x: int): ...", id="of an exception"),
        pytest.param("x = lambda a: a", id="lambda"),
    ],
)
def test_what_needs_no_annotation_passes(tmp_path: Path, text: str):
    assert judged(functions_are_annotated, tmp_path, text) == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("@router.get('', response_model=str)\nasync def find(): ...", id="response model"),
        pytest.param("@app.post('/a')\ndef find(): ...", id="application"),
        pytest.param("@router.websocket('/ws')\nasync def talk(socket: int): ...", id="websocket"),
        pytest.param("@app.middleware('http')\nasync def around(r: int, n: int): ...", id="middleware"),
        pytest.param(
            "def make(app: FastAPI) -> None:\n    @app.exception_handler(Exception)\n    async def fail(r: int): ...",
            id="exception handler within a factory",
        ),
    ],
)
def test_a_handler_without_a_result_is_found(tmp_path: Path, text: str):
    assert len(judged(handlers_are_annotated, tmp_path, text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("@router.get('')\nasync def find() -> str: ...", id="annotated"),
        pytest.param("@router.delete('')\nasync def find() -> None: ...", id="nothing"),
        pytest.param(
            "@router.get('')\nasync def find() -> str: ...\ndef helper(): ...", id="another function"
        ),
    ],
)
def test_a_handler_that_says_what_it_returns_passes(tmp_path: Path, text: str):
    assert judged(handlers_are_annotated, tmp_path, text) == []


def test_without_handlers_there_is_nothing_to_judge(tmp_path: Path):
    assert verdict(
        handlers_are_annotated, project(tmp_path, {"app/__init__.py": "", "app/main.py": ROUTER})
    ) == ("no function is decorated as the handler of an operation")


@pytest.mark.parametrize("comment", ["# type: ignore", "# pyright: ignore"])
def test_a_bare_comment_is_found(tmp_path: Path, comment: str):
    assert judged(ignores_are_specific, tmp_path, f"x: int = ''  {comment}") == ["app/main.py:4"]


@pytest.mark.parametrize("comment", ["# type: ignore[assignment]", "# noqa: F401", "# a type to ignore"])
def test_other_comments_pass(tmp_path: Path, comment: str):
    assert judged(ignores_are_specific, tmp_path, f"x: int = ''  {comment}") == []
