"""Where a node stands: in which function, in which class, under which condition."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compliance.source.modules import AnyFunction, Function, Module

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def around(module: Module, node: ast.AST) -> Iterator[ast.AST]:
    """What a node stands in, the nearest first."""
    above = module.parents.get(node)
    while above is not None:
        yield above
        above = module.parents.get(above)


def function_node(module: Module, node: ast.AST) -> AnyFunction | None:
    """The innermost function that a node stands in, None at the level of the module or a class."""
    return next((one for one in around(module, node) if isinstance(one, _FUNCTIONS)), None)


def function_of(module: Module, node: ast.AST) -> Function | None:
    """The function or method of the module that a node stands in, of one within another the outer one."""
    above = {id(one) for one in around(module, node)}
    return next((one for one in module.functions if id(one.node) in above), None)


def is_started_alone(module: Module, node: ast.AST) -> bool:
    """Whether a node stands under `if __name__ == "__main__":`."""
    return any(
        isinstance(one, ast.If) and "__main__" in ast.unparse(one.test) for one in around(module, node)
    )


def is_made_once(module: Module, node: ast.AST) -> bool:
    """Whether a node is evaluated when its module is: in an annotation or a default too, but in the body of no function."""
    below = node
    for one in around(module, node):
        if isinstance(one, (*_FUNCTIONS, ast.Lambda)):
            body = one.body if isinstance(one.body, list) else [one.body]
            if any(below is statement for statement in body):
                return False
        below = one
    return True
