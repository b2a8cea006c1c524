"""Names of constants."""

from __future__ import annotations

import ast
from collections import Counter
from typing import TYPE_CHECKING

from compliance.catalogue import Level, Phase, rule
from compliance.source import Source
from compliance.source.modules import last
from compliance.source.subjects import whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance.source.modules import Module

#: Modules whose names a program reads as its settings: gunicorn, celery, uvicorn, hypercorn, sphinx.
_READ_BY_PROGRAMS = (
    "gunicorn",
    "celeryconfig",
    "celery_config",
    "hypercorn",
    "uvicorn",
    "conf",
    "conftest",
    "setup",
)


@rule(
    "COD-005",
    "Constants are named in SCREAMING_SNAKE_CASE",
    level=Level.SHOULD,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def constants_are_in_capitals(source: Source, _: Source) -> None:
    """
    Why: the reader of a function sees that the name is a constant of the module and will not change.

    Breaks: `max_attempts = 5` at the level of the module, or `max_attempts: Final = 5`

    Conforms: `MAX_ATTEMPTS = 5`
    """
    elsewhere = _set_elsewhere(source)
    places = [
        module.place(node, name)
        for module in source.written
        if not last(module.name).startswith(_READ_BY_PROGRAMS)
        for name, node in _constants(module)
        if name != name.upper() and (module.name, name) not in elsewhere
    ]
    source.none_of(places, "a constant is not named in capitals", "SCREAMING_SNAKE_CASE: MAX_ATTEMPTS")


def _set_elsewhere(source: Source) -> set[tuple[str, str]]:
    """Module and name, of the names that another module gives a value to."""
    return {
        (module.imports.get(node.value.id, ""), node.attr)
        for module in source.modules
        for node in module.nodes(ast.Attribute)
        if isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name)
    }


def _constants(module: Module) -> Iterator[tuple[str, ast.stmt]]:
    """Names of the module that hold a plain value and are given none but that, or are said to be final."""
    changed = _bindings(module)
    for node in module.tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, final = node.targets[0], False
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            annotation = ast.unparse(node.annotation)
            target, final = node.target, "Final" in annotation
            if "TypeAlias" in annotation:
                continue
        else:
            continue
        if not isinstance(target, ast.Name) or target.id.startswith("__"):
            continue
        plain = node.value is not None and _is_plain(node.value)
        if final or (plain and changed[target.id] == 1):
            yield target.id, node


def _bindings(module: Module) -> Counter[str]:
    """How often a name is given a value anywhere in the module; a parameter or a `global` counts as one more."""
    found = Counter(node.id for node in module.nodes(ast.Name) if not isinstance(node.ctx, ast.Load))
    found.update(name for node in module.nodes(ast.Global) for name in node.names)
    return found


def _is_plain(value: ast.expr) -> bool:
    """Whether a value is a number or a text, or a tuple or a frozenset of them."""
    match value:
        case ast.Constant():
            return value.value is not None and not isinstance(value.value, bool)
        case ast.Tuple():
            return all(_is_plain(one) for one in value.elts)
        case ast.UnaryOp() | ast.BinOp():
            parts = [value.operand] if isinstance(value, ast.UnaryOp) else [value.left, value.right]
            return all(_is_plain(one) for one in parts)
        case ast.Call(func=ast.Name(id="frozenset"), args=[ast.Set(elts=within) | ast.List(elts=within)]):
            return all(_is_plain(one) for one in within)
    return False
