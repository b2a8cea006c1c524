"""Modules beside the service: command lines and workers, and what nothing but these imports. No event loop waits for them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from compliance.source.layers import dependencies
from compliance.source.modules import called, last

if TYPE_CHECKING:
    from compliance.source.index import Index
    from compliance.source.modules import Module

#: What a program imports to read its command line, and what runs jobs in processes of their own.
_PROGRAMS = frozenset(["argparse", "click", "typer", "fire", "celery", "dramatiq", "rq", "huey"])
#: Decorators that make a job of a function.
_JOBS = frozenset(["shared_task", "task", "periodic_task"])
_NAMES = frozenset(["cli", "__main__", "manage", "commands", "celery", "celery_app", "worker", "workers"])


def programs(index: Index) -> frozenset[str]:
    """The names of the modules that run beside the service."""
    importers: dict[str, set[str]] = {}
    for one in dependencies(index):
        importers.setdefault(one.imported.name, set()).add(one.importer.name)
    found = {name for name, module in index.modules.items() if _is_program(module)} | scripts(index)
    waiting = list(index.modules)
    while waiting:
        more = [
            name
            for name in waiting
            if name not in found and importers.get(name) and importers[name] <= found
            if not _serves(index.modules[name])
        ]
        found |= set(more)
        waiting = [name for name in waiting if name not in found] if more else []
    return frozenset(found)


def scripts(index: Index) -> frozenset[str]:
    """The names of the modules that somebody starts and nobody imports: with what they do when they are loaded."""
    imported = {one.imported.name for one in dependencies(index)}
    return frozenset(
        name
        for name, module in index.modules.items()
        if name not in imported and not _serves(module) and _does_something(module)
    )


def _does_something(module: Module) -> bool:
    """Whether it has a part for `python module.py`, or asks, repeats and prints at its own level."""
    for node in module.tree.body:
        if isinstance(node, ast.If) and "__main__" in ast.unparse(node.test):
            return True
        if isinstance(node, ast.While) or (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and called(node.value) == "print"
        ):
            return True
    return False


def _is_program(module: Module) -> bool:
    if _serves(module):
        return False
    named = bool(_NAMES & set(module.name.split(".")[1:]))
    jobs = any(last(name) in _JOBS for function in module.functions for name in function.decorators)
    return named or jobs or any(one.name.partition(".")[0] in _PROGRAMS for one in module.imported)


def _serves(module: Module) -> bool:
    """Whether it has a part in the service itself, whatever else it is."""
    return bool(module.routes) or any(one.name == "fastapi.FastAPI" for one in module.imported)
