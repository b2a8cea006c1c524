"""Calls that lead into a layer."""

from __future__ import annotations

import ast

from compliance.source import Source
from compliance.source.modules import Class, Function, Module


def asks(source: Source, function: Function, node: ast.Call, *layers: str) -> bool:
    """Whether a function of these layers is called, or a method of something of theirs; to make one is neither."""
    target = source.types.callee(function, node)
    made = source.index.classes.get(source.types.of(function, node))
    if isinstance(target, Class) or (made and _lies_in(source, made.module, layers)):
        return False
    if target is None and isinstance(node.func, ast.Attribute):
        return _belongs_to(source, function, node.func.value, layers)
    return target is not None and _lies_in(source, target.module, layers)


def _belongs_to(source: Source, function: Function, receiver: ast.expr, layers: tuple[str, ...]) -> bool:
    """Of an object whose method is inherited from a library: whether its class or itself stands in these layers."""
    of = source.index.classes.get(source.types.of(function, receiver))
    if of is not None:
        return _lies_in(source, of.module, layers)
    meaning = source.index.of(function.module, receiver)
    kept = meaning.module if isinstance(meaning.definition, ast.Call) else None
    return kept is not None and _lies_in(source, kept, layers)


def _lies_in(source: Source, module: Module, layers: tuple[str, ...]) -> bool:
    return source.layer(module) in layers
