"""A newer Python than the kit's, read all the same."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from compliance.source.older import as_older
from compliance.source.parsing import parse
from tests.source.projects import project

#: A newer form, and what it is read as.
FORMS = [
    ("type Ids = list[int]", "Ids = list[int]"),
    ("type Pair[T] = tuple[T, T]", "Pair = tuple[T, T]"),
    ("def first[T](items: list[T]) -> T: ...", "def first(items: list[T]) -> T: ..."),
    ("async def first[T: (int, str), **P](x: T) -> T: ...", "async def first(x: T) -> T: ..."),
    ("class Box[T]: ...", "class Box: ..."),
    ("class Box[T: dict[str, int] = dict[str, int]](Base[T]): ...", "class Box(Base[T]): ..."),
    ("class Box[\n    T,\n](Base):\n    x: T", "class Box(Base):\n    x: T"),
    ("class Box[\n    T,\n]:\n    x: T", "class Box():\n    x: T"),
    ("def first[\n    T,\n](\n    x: T,\n) -> T: ...", "def first(x: T) -> T: ..."),
    ("try: ...\nexcept KeyError, ValueError: ...", "try: ...\nexcept (KeyError, ValueError): ..."),
]


@pytest.mark.parametrize(("newer", "older"), FORMS)
def test_newer_syntax_is_read_as_older(newer: str, older: str):
    read = ast.parse(as_older(newer)) if "except" not in newer else parse(newer)
    assert ast.dump(read) == ast.dump(ast.parse(older))


@pytest.mark.parametrize(("newer", "_"), FORMS)
def test_every_line_stays_where_it_is(newer: str, _: str):
    assert as_older(newer).count("\n") == newer.count("\n")


@pytest.mark.parametrize(
    "text",
    [
        "type = 5",
        "type(x)",
        "type == 5",
        "x = type[int]",
        "class Box(Base[T]): ...",
        "def f(x: list[int]) -> dict[str, int]: ...",
        "print(type)",
    ],
)
def test_what_is_no_newer_syntax_stays(text: str):
    assert as_older(text) == text


def test_what_is_never_closed_is_no_reason_to_fail():
    assert as_older("def f[T(x)") == "def f[T(x)"


def test_a_module_of_a_newer_python_is_judged(tmp_path: Path):
    files = {
        "app/__init__.py": "",
        "app/main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
        "app/box.py": "type Ids = list[int]\n\nclass Box[T]:\n    def get[S](self, x: S) -> T: ...\n",
    }
    source = project(tmp_path, files)

    assert source.unread == {}
    assert ast.unparse(source.index.modules["app.box"].names["Ids"]) == "list[int]"
    assert source.index.classes["app.box.Box"].methods["get"].node.lineno == 4
