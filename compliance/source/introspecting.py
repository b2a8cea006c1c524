"""What FastAPI itself knows of the target's application: asked for in a process of its own, where a person allowed it.

Importing an application runs it: it may read the environment, open files, and end the process. So it is never imported
here, but by the interpreter that the person named, with no network and a limit of time.
"""

from __future__ import annotations

import ast
import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from compliance.source.modules import Function, called, dotted, last

if TYPE_CHECKING:
    from compliance.source.index import Index
    from compliance.source.modules import Module

#: Seconds that importing the application may take.
PATIENCE = 120.0
_APPLICATIONS = frozenset({"fastapi.FastAPI", "fastapi.applications.FastAPI"})
#: Characters of an error that a note shows.
_SHOWN = 300


class IntrospectionError(Exception):
    """The application could not be imported; the message says why."""


@dataclass(frozen=True)
class App:
    """What was told."""

    name: str
    fastapi: str
    python: str
    #: full name of the function and method -> what FastAPI knows of the operation
    operations: Mapping[tuple[str, str], Mapping[str, Any]]


def introspect(root: Path, python: str, name: str, folders: tuple[str, ...] = ()) -> App:
    """Have an interpreter import `MODULE:APP`. Raises IntrospectionError.

    folders: where its modules lie, from the root.
    """
    script = (files("compliance.source") / "introspect.py").read_text("utf-8")
    places = [str((root / folder).resolve()) for folder in folders]
    command = [python, "-c", script, name, *places]
    try:
        done = subprocess.run(  # noqa: S603 - the interpreter that the person named
            command, cwd=root, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        raise IntrospectionError(f"{name} was not imported within {PATIENCE:.0f} seconds") from None
    except OSError as failure:
        raise IntrospectionError(f"{python} does not run: {failure.strerror or failure}") from None
    try:
        told = json.loads(done.stdout)
        error = told.get("error")
        if error:
            raise IntrospectionError(f"{name}: {str(error)[:_SHOWN]}")
        return App(name, told["fastapi"], told["python"], _by_function(told["operations"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        said = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise IntrospectionError(
            f"{name}: it ended without an answer, {said[:_SHOWN] or 'saying nothing'}"
        ) from None


def _by_function(operations: list[dict[str, Any]]) -> dict[tuple[str, str], Mapping[str, Any]]:
    return {(plain(one["name"]), method): one for one in operations for method in one["methods"]}


def plain(name: str) -> str:
    """The name of a function that stands within another one as the text's reader gives it: by the module alone."""
    before, inside, short = name.rpartition(".<locals>.")
    if not inside:
        return name
    return f"{before}.{short}"


def application(index: Index) -> str:
    """Where the application is made, as `MODULE:APP`; empty where nothing tells it, or several may be meant."""
    made = [f"{module.name}:{name}" for module in index.modules.values() for name in _made_in(index, module)]
    factories = [
        f"{module.name}:{one.short}"
        for module in index.modules.values()
        for one in module.names.values()
        if isinstance(one, Function) and _makes(index, one)
    ]
    for found in (made, factories):
        likely = [one for one in found if last(one.partition(":")[0]) in ("main", "app", "asgi", "server")]
        if len(found) == 1 or len(likely) == 1:
            return (likely if len(likely) == 1 else found)[0]
    return ""


def _made_in(index: Index, module: Module) -> list[str]:
    """The names of a module that stand for an application."""
    found = []
    for name, value in module.names.items():
        if not isinstance(value, ast.Call):
            continue
        meaning = index.of(module, value)
        if meaning.name in _APPLICATIONS or (
            isinstance(meaning.definition, Function) and _makes(index, meaning.definition)
        ):
            found.append(name)
    return found


def _makes(index: Index, function: Function) -> bool:
    """Whether a function without required arguments makes and returns an application."""
    required = [one for one in function.parameters if one.arg not in function.defaults]
    returns = dotted(function.node.returns)
    says = bool(returns) and index.meaning(function.module, returns).name in _APPLICATIONS
    if required or not (says or function.node.returns is None):
        return False
    calls = (index.meaning(function.module, called(call)).name for call in function.nodes(ast.Call))
    return any(name in _APPLICATIONS for name in calls) and bool(function.nodes(ast.Return))


def folders_of(modules: Mapping[str, Module]) -> tuple[str, ...]:
    """The folders from which the modules are imported by their names."""
    found: dict[str, None] = {}
    for module in modules.values():
        parts = PurePosixPath(module.file).with_suffix("").parts
        if module.is_package:
            parts = parts[:-1]
        depth = len(module.name.split("."))
        found.setdefault("/".join(parts[: len(parts) - depth]) or ".")
    return tuple(found)
