"""Python that is newer than the one the kit runs on."""

from __future__ import annotations

import ast

import pytest

from compliance.source.parsing import parse


@pytest.mark.parametrize(
    "text",
    [
        "class Page[T](Base):\n    items: list[T]",
        "class Page[T: dict[str, int]]:\n    pass",
        "async def first[T](of: list[T]) -> T: ...",
        "type Ids[T] = list[T]",
        "try:\n    pass\nexcept ValueError, TypeError:\n    pass",
    ],
)
def test_it_is_read_and_its_lines_stay(text: str):
    tree = parse(f"{text}\nLAST = 1")

    assert tree.body[-1].lineno == text.count("\n") + 2


def test_what_is_no_python_is_refused():
    with pytest.raises(SyntaxError):
        parse("class [")


def test_an_alias_is_a_name_with_a_value():
    (only,) = parse("type Ids = list[int]").body

    assert isinstance(only, ast.Assign | getattr(ast, "TypeAlias", ast.Assign))
