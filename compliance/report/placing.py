"""Where in the repository the things that are judged over HTTP are stated, so that a platform can point at a line.

An operation stands in the OpenAPI document that the repository holds. Without one, everything stands where the
configuration names the target, and without a configuration on the first line of the README.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from compliance.result import Place

#: The subject that stands for all that has no place of its own.
ANYTHING = "service"
METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"})
_SPACE = re.compile(r"[ \t\r\n]*")
_TARGET = re.compile(r"^\s*(target|app|folder)\s*=")
_TABLE = re.compile(r"^\s*\[tool\.compliance\b")
READMES = ("README.md", "README.rst", "README.txt", "README", "pyproject.toml")


def repository(folder: Path) -> Path:
    """The nearest folder that holds `.git`, or the folder itself."""
    whole = folder.resolve()
    return next((place for place in (whole, *whole.parents) if (place / ".git").exists()), whole)


def inside(path: Path, root: Path) -> str | None:
    """The path from the root, with slashes; None where it lies elsewhere."""
    try:
        return path.resolve().relative_to(root).as_posix()
    except (OSError, ValueError):
        return None


def places(
    subjects: Iterable[str], root: Path, *, openapi: Path | None = None, configuration: Path | None = None
) -> dict[str, Place]:
    """Subject -> where the repository states it. Of a subject that is not among them the place is ANYTHING's."""
    if openapi and openapi.is_file() and (name := inside(openapi, root)):
        lines = _lines(openapi)
        found = {subject: line for subject in subjects if (line := _line(subject, lines))}
        return {ANYTHING: Place(name, 1), **{subject: Place(name, line) for subject, line in found.items()}}
    if configuration and configuration.is_file() and (name := inside(configuration, root)):
        return {ANYTHING: Place(name, _line_of_target(configuration))}
    readme = next((name for name in READMES if (root / name).is_file()), None)
    return {ANYTHING: Place(readme, 1)} if readme else {}


def _line(subject: str, lines: dict[str, int]) -> int | None:
    """The line of `GET /api/v1/users`, or of the path alone, also where the document has `/users` under a base path."""
    if subject in lines:
        return lines[subject]
    method, _, path = subject.rpartition(" ")
    alike = [
        key for key in lines if key.rpartition(" ")[0] == method and path.endswith(key.rpartition(" ")[2])
    ]
    return lines[max(alike, key=len)] if path.startswith("/") and alike else None


def _lines(file: Path) -> dict[str, int]:
    """`GET /users` and `/users` -> the line, from 1; nothing of a document that cannot be read."""
    import yaml

    try:
        text = file.read_text("utf-8-sig")
        is_json = text.lstrip()[:1] == "{"
        return dict(_of_json(text) if is_json else _of_yaml(text))
    except (OSError, ValueError, RecursionError, yaml.YAMLError):
        return {}


def _of_json(text: str) -> Iterator[tuple[str, int]]:
    counted, line = 0, 1
    for key, _at, value in _members(text, _past(text, 0)):
        if key != "paths":
            continue
        for path, path_at, operations in _members(text, value):
            for name, name_at in ((path, path_at), *_methods(text, path, operations)):
                line += text.count("\n", counted, name_at)
                counted = name_at
                yield name, line


def _methods(text: str, path: str, begin: int) -> list[tuple[str, int]]:
    return [(f"{key.upper()} {path}", at) for key, at, _ in _members(text, begin) if key in METHODS]


def _members(text: str, begin: int) -> Iterator[tuple[str, int, int]]:
    """The members of the object that begins there: key, where the key stands, where its value begins."""
    if text[begin : begin + 1] != "{":
        return
    skip = json.JSONDecoder().raw_decode
    at = _past(text, begin + 1)
    while text[at : at + 1] == '"':
        key, end = skip(text, at)
        value = _past(text, _past(text, end) + 1)
        yield key, at, value
        end = _past(text, skip(text, value)[1])
        at = _past(text, end + 1) if text[end : end + 1] == "," else end


def _past(text: str, at: int) -> int:
    """Past white space."""
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _of_yaml(text: str) -> Iterator[tuple[str, int]]:
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document = yaml.compose(text, Loader=loader)
    for key, paths in _pairs(document):
        if key.value == "paths":
            for path, operations in _pairs(paths):
                yield path.value, path.start_mark.line + 1
                for method, _ in _pairs(operations):
                    if method.value in METHODS:
                        yield f"{method.value.upper()} {path.value}", method.start_mark.line + 1


def _pairs(node: Any) -> list[tuple[Any, Any]]:
    """The members of a mapping whose keys are texts."""
    pairs = node.value if node is not None and node.id == "mapping" else []
    return [(key, value) for key, value in pairs if key.id == "scalar"]


def _line_of_target(file: Path) -> int:
    """Where the file names the target, else where its table begins, else the first line."""
    table, in_table = 1, file.name != "pyproject.toml"
    for number, text in enumerate(file.read_text("utf-8", "replace").splitlines(), 1):
        if not in_table and _TABLE.match(text):
            table, in_table = number, True
        elif in_table and _TARGET.match(text):
            return number
    return table
