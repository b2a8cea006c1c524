"""Where the file of the configuration lies, and what it says.

Looked for in the folder of the invocation and those above it, up to the root of the project: the nearest folder that
holds `.git`, else the nearest that holds a pyproject.toml, else the folder itself. The first folder that has one wins.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compliance.configuration.checking import check, named
from compliance.target.errors import TargetError

OWN, SHARED = "compliance.toml", "pyproject.toml"


@dataclass(frozen=True)
class File:
    """A file that configures the kit: where it lies, how messages call it, and its keys."""

    path: Path
    name: str
    table: Mapping[str, Any]

    @property
    def folder(self) -> Path:
        return self.path.parent


def find(folder: Path) -> File | None:
    """The file that holds for that folder, checked against the schema. Raises TargetError."""
    for place in searched(folder):
        own, shared = place / OWN, place / SHARED
        table = _table_of(shared, folder) if shared.is_file() else None
        if own.is_file() and table is not None:
            raise TargetError(
                f"{_shown(own, folder)} and [tool.compliance] in {_shown(shared, folder)} both configure the kit: "
                "keep one of them"
            )
        if own.is_file():
            return _checked(own, _shown(own, folder), _parsed(own, folder))
        if table is not None:
            return _checked(shared, f"{_shown(shared, folder)} [tool.compliance]", table)
    return None


def read(path: Path, folder: Path) -> File:
    """That file, whatever its name: of a pyproject.toml its [tool.compliance]. Raises TargetError."""
    if path.name != SHARED:
        return _checked(path, _shown(path, folder), _parsed(path, folder))
    table = _table_of(path, folder)
    if table is None:
        raise TargetError(f"{_shown(path, folder)} has no table [tool.compliance]")
    return _checked(path, f"{_shown(path, folder)} [tool.compliance]", table)


def searched(folder: Path) -> list[Path]:
    """The folders that are looked in, nearest first."""
    chain = [folder, *folder.parents]
    for mark in (".git", SHARED):
        for number, place in enumerate(chain, 1):
            if (place / mark).exists():
                return chain[:number]
    return [folder]


def _table_of(path: Path, folder: Path) -> Mapping[str, Any] | None:
    tool = _parsed(path, folder).get("tool")
    table = tool.get("compliance") if isinstance(tool, Mapping) else None
    if table is not None and not isinstance(table, Mapping):
        raise TargetError(f"{_shown(path, folder)}: tool.compliance is not a table: write [tool.compliance]")
    return table


def _parsed(path: Path, folder: Path) -> Mapping[str, Any]:
    name = _shown(path, folder)
    try:
        table: Mapping[str, Any] = _plain(tomllib.loads(path.read_text("utf-8-sig")))
    except OSError as failure:
        raise TargetError(f"{name} cannot be read: {failure.strerror}") from None
    except UnicodeDecodeError as failure:
        raise TargetError(f"{name} is not UTF-8: byte {failure.start}") from None
    except (
        ValueError,
        RecursionError,
    ) as failure:  # also a number of thousands of digits, and tables in tables in tables
        raise TargetError(f"{name} is not TOML: {failure}") from None
    return table


def _checked(path: Path, name: str, table: Mapping[str, Any]) -> File:
    check(table, name, lambda way: f"{name}: {named(way, _value_at(table, way))}")
    return File(path, name, table)


def _value_at(table: Any, way: tuple[str | int, ...]) -> Any:
    for step in way:
        table = table[step]
    return table


def _plain(value: Any) -> Any:
    """What TOML has and JSON has not (dates, infinity) as text, so that the schema says what is wrong with it."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    finite = not isinstance(value, float) or value - value == 0
    return value if isinstance(value, str | int | float) and finite else str(value)


def _shown(path: Path, folder: Path) -> str:
    """The way to the file from the folder, where it is a short one."""
    way = Path(os.path.relpath(path, folder))
    return str(path) if way.parts.count("..") > 3 else way.as_posix()
