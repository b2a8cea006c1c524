"""The number that an expression of the target comes to, where the text tells it: a literal, a constant, a setting's default."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from compliance.source.modules import Class, called, dotted, last

if TYPE_CHECKING:
    from compliance.source.index import Index
    from compliance.source.modules import Module

_DEPTH = 6


def number(index: Index, module: Module, node: ast.AST | None, depth: int = 0) -> float | None:
    """The number, or None."""
    match node:
        case None:
            return None
        case ast.Constant() if isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
            return node.value
        case ast.UnaryOp() if isinstance(node.op, ast.USub):
            inner = number(index, module, node.operand, depth + 1)
            return None if inner is None else -inner
        case ast.BinOp():
            return _reckoned(index, module, node, depth)
        case ast.Name() | ast.Attribute() if depth < _DEPTH:
            return _named(index, module, dotted(node), depth)
        case ast.Call() if last(called(node)) == "Field" and depth < _DEPTH:
            given = (
                node.args[0]
                if node.args
                else next((k.value for k in node.keywords if k.arg == "default"), None)
            )
            return number(index, module, given, depth + 1)
    return None


def _reckoned(index: Index, module: Module, node: ast.BinOp, depth: int) -> float | None:
    left = number(index, module, node.left, depth + 1)
    right = number(index, module, node.right, depth + 1)
    if left is None or right is None:
        return None
    match node.op:
        case ast.Mult():
            return left * right
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
    return None


def _named(index: Index, module: Module, name: str, depth: int) -> float | None:
    """A constant of a module or of a class, or `settings.MAXIMUM` of an object that a module makes of a class."""
    meaning = index.meaning(module, name)
    if isinstance(meaning.definition, ast.expr):
        return number(index, meaning.module or module, meaning.definition, depth + 1)
    owner, _, attribute = name.rpartition(".")
    one = _class_of(index, module, owner) if owner else None
    if one is None:
        return None
    for place in (one, *index.ancestors(one)):
        if attribute in place.values:
            return number(index, place.module, place.values[attribute], depth + 1)
    return None


def _class_of(index: Index, module: Module, name: str) -> Class | None:
    meaning = index.meaning(module, name)
    if isinstance(meaning.definition, Class):
        return meaning.definition
    if not isinstance(meaning.definition, ast.Call):
        return None
    made = index.of(meaning.module or module, meaning.definition)
    if isinstance(made.definition, Class):
        return made.definition
    function = getattr(made.definition, "node", None)
    returned = getattr(function, "returns", None)
    if made.module is None or returned is None:
        return None
    definition = index.meaning(made.module, dotted(returned)).definition
    return definition if isinstance(definition, Class) else None
