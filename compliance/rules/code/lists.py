"""Functions whose result is a list."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from compliance.catalogue import Level, Phase, rule
from compliance.source import Source
from compliance.source.modules import Function, dotted, last
from compliance.source.subjects import whole

if TYPE_CHECKING:
    from collections.abc import Iterator

_LISTS = frozenset({"list", "List", "Sequence", "MutableSequence"})
#: Functions that a library calls with what a field holds, which may be None before and after.
_OF_A_FIELD = frozenset(
    [
        "field_validator",
        "validator",
        "model_validator",
        "root_validator",
        "field_serializer",
        "model_serializer",
        "computed_field",
        "overload",
    ]
)


@rule(
    "COD-019",
    "A list is never None",
    level=Level.MUST,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def lists_are_never_none(source: Source, _: Source) -> None:
    """
    Why: whoever forgets to ask for None fails in the first loop, and an empty list says the same.

    Breaks: `def find(…) -> list[User] | None:`

    Conforms: `def find(…) -> list[User]:` and `return []`
    """
    places = [
        module.place(node, note)
        for module in source.written
        for one in module.functions
        for node, note in _nones(one)
    ]
    source.none_of(places, "a function gives None for a list", "an empty list")


def _nones(function: Function) -> Iterator[tuple[ast.AST, str]]:
    """Where a function says or shows that it gives None in place of a list."""
    kinds = _alternatives(function.node.returns)
    lists = [one for one in kinds if not _is_none(one)]
    if not lists or not all(_is_list(one) for one in lists):
        return
    if {last(name) for name in function.decorators} & _OF_A_FIELD or _passes_on(function):
        return
    if len(lists) < len(kinds):
        yield function.node, f"{function.short} may give None"
        return
    if function.nodes(ast.Yield, ast.YieldFrom):
        return
    for node in function.nodes(ast.Return):
        if node.value is None or _may_be_none(node.value):
            yield node, f"{function.short} gives None"


def _passes_on(function: Function) -> bool:
    """Whether a function is given a list that may be None, and so may give back the None that it was given."""
    for one in function.parameters:
        kinds = _alternatives(one.annotation)
        if any(_is_none(kind) for kind in kinds) and any(_is_list(kind) for kind in kinds):
            return True
    return False


def _alternatives(annotation: ast.expr | None) -> list[ast.expr]:
    """What an annotation offers at its top: the parts of a union, else itself."""
    match annotation:
        case None:
            return []
        case ast.Constant(value=str() as text):
            try:
                return _alternatives(ast.parse(text, mode="eval").body)
            except SyntaxError:
                return []
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _alternatives(left) + _alternatives(right)
        case ast.Subscript(value=head, slice=within) if last(dotted(head)) == "Optional":
            return [*_alternatives(within), ast.Constant(None)]
        case ast.Subscript(value=head, slice=ast.Tuple(elts=parts)) if last(dotted(head)) == "Union":
            return [one for part in parts for one in _alternatives(part)]
    return [annotation]


def _is_list(annotation: ast.expr) -> bool:
    head = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return last(dotted(head)) in _LISTS


def _may_be_none(value: ast.expr) -> bool:
    """Whether it is None, or None in one case: `rows or None`, `rows if rows else None`."""
    match value:
        case ast.BoolOp(op=ast.Or(), values=[*_, other]):
            return _may_be_none(other)
        case ast.IfExp():
            return _may_be_none(value.body) or _may_be_none(value.orelse)
    return _is_none(value)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
