"""The standard as text: one chapter a family, one heading a clause, read into plain values.

Any folder of the same form will do, so a package with a standard of its own is read through the same door.
Its chapters bring their own prefix: the family of a chapter is whatever its headings say.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable
    from pathlib import Path

_HEADING = re.compile(r"## (?P<family>[A-Z]+)-(?P<number>\d{3}) \((?P<level>MUST|SHOULD)\) (?P<title>\S.*)")
_TABLE = re.compile(r"\[([^\]]+)\]")


@dataclass(frozen=True)
class Clause:
    """One fault that a service can have, stated as the fact that it has it not."""

    id: str
    family: str
    level: Literal["MUST", "SHOULD"]
    title: str
    origin: str
    text: str


@dataclass(frozen=True)
class Chapter:
    """The clauses of one family, with the introduction that stands before them."""

    family: str
    title: str
    file: str
    clauses: tuple[Clause, ...]
    introduction: str = ""


@dataclass(frozen=True)
class Standard:
    """The whole text, and the clauses that nothing examines yet, each with its reason."""

    chapters: tuple[Chapter, ...]
    unruled: dict[str, str]


def read(folder: Traversable | Path | None = None) -> Standard:
    """Read a standard; without a folder the kit's own."""
    place = folder or files(__name__)
    return Standard(chapters(place), unruled(place))


def chapters(folder: Traversable | Path) -> tuple[Chapter, ...]:
    """Read every chapter of a folder, in the order of the file names.

    Raises ValueError, with file and line, where the text has not the agreed form.
    """
    found: list[Chapter] = []
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".md"):
            chapter = _chapter(file.name, file.read_text(encoding="utf-8"))
            for earlier in found:
                if earlier.family == chapter.family:
                    raise ValueError(f"{file.name}:1: {chapter.family} has a chapter in {earlier.file}")
            found.append(chapter)
    return tuple(found)


def unruled(folder: Traversable | Path) -> dict[str, str]:
    """Read the clauses without a rule and their reasons; a folder without unruled.toml has none."""
    file = folder / "unruled.toml"
    if not file.is_file():
        return {}
    text = file.read_text(encoding="utf-8")
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise ValueError(f"unruled.toml:{line[1] if line else text.count(chr(10)) + 1}: {error}") from error
    lines = {found[1]: n for n, line in enumerate(text.splitlines(), 1) if (found := _TABLE.match(line))}
    reasons: dict[str, str] = {}
    for name, table in tables.items():
        reason = table.get("reason") if isinstance(table, dict) and set(table) == {"reason"} else None
        if not isinstance(reason, str) or not reason.strip():
            raise ValueError(f"unruled.toml:{lines.get(name, 1)}: {name} needs a reason and nothing else")
        reasons[name] = reason
    return reasons


def _chapter(name: str, text: str) -> Chapter:
    lines = text.splitlines()
    if not lines or not lines[0].startswith("# ") or not lines[0][2:].strip():
        raise ValueError(f"{name}:1: a chapter begins with its title, `# Title`")
    sections = list(_sections(lines))
    clauses: list[Clause] = []
    for start, end in sections:
        clause = _clause(name, start, lines[start:end])
        place = f"{name}:{start + 1}"
        if clauses and clause.family != clauses[0].family:
            raise ValueError(f"{place}: {clause.id} in the chapter of the family {clauses[0].family}")
        if clause.id in {earlier.id for earlier in clauses}:
            raise ValueError(f"{place}: {clause.id} stands twice")
        expected = f"{clause.family}-{len(clauses) + 1:03}"
        if clause.id != expected:
            raise ValueError(f"{place}: {clause.id} where {expected} comes next")
        clauses.append(clause)
    if not clauses:
        raise ValueError(f"{name}:{len(lines)}: a chapter without clauses")
    introduction = _joined(lines[1 : sections[0][0]])
    return Chapter(clauses[0].family, lines[0][2:].strip(), name, tuple(clauses), introduction)


def _sections(lines: list[str]) -> Iterator[tuple[int, int]]:
    """First and past-the-end line of every section; headings other than the first line each open one."""
    starts = [number for number, line in enumerate(lines) if number and line.startswith("#")]
    yield from pairwise([*starts, len(lines)])


def _clause(name: str, start: int, lines: list[str]) -> Clause:
    heading = _HEADING.fullmatch(lines[0].rstrip())
    if heading is None:
        raise ValueError(f"{name}:{start + 1}: not `## ABC-001 (MUST or SHOULD) Title`: {lines[0]}")
    identifier = f"{heading['family']}-{heading['number']}"
    origins = [number for number, line in enumerate(lines) if line.startswith("Origin:")]
    if len(origins) != 1 or not lines[origins[0]].removeprefix("Origin:").strip():
        raise ValueError(f"{name}:{start + 1}: {identifier} needs one line `Origin: …`")
    if any(line.strip() for line in lines[1 : origins[0]]):
        raise ValueError(f"{name}:{start + 1}: the origin of {identifier} comes before its text")
    text = _joined(lines[origins[0] + 1 :])
    if not text:
        raise ValueError(f"{name}:{start + 1}: {identifier} has no text")
    level = cast('Literal["MUST", "SHOULD"]', heading["level"])
    origin = lines[origins[0]].removeprefix("Origin:").strip()
    return Clause(identifier, heading["family"], level, heading["title"], origin, text)


def _joined(lines: list[str]) -> str:
    return "\n".join(lines).strip()
