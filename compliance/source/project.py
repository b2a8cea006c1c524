"""What lies beside the Python of a project: who declares what it needs, on which Python it runs, what is kept out of sight."""

from __future__ import annotations

import configparser
import itertools
import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from compliance.source.files import is_tracked

#: Files that say: here a project begins.
_MARKS = ("pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "Pipfile", "manage.py", ".git")
#: The name of a distribution at the beginning of a requirement, with its extras.
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[([^\]]*)\])?")
#: Characters of a file that are read; what is longer is no declaration that a person wrote.
_LONGEST = 1_000_000


@dataclass(frozen=True)
class Statement:
    """What a file says at a line."""

    file: str
    line: int
    text: str


@dataclass(frozen=True)
class Requirement:
    """One library that the project says it needs; the name in small letters with dashes."""

    name: str
    extras: frozenset[str]
    file: str


class Project:
    """The folder of the service's code and those above it, as far as the repository goes.

    code: where that folder is, from the root: a project may hold more than the service.
    """

    def __init__(self, root: Path, code: str = "") -> None:
        self.root = root.resolve()
        self._code = self.root / code

    @cached_property
    def folders(self) -> tuple[Path, ...]:
        """The nearest first: of the code, the root, and those above it up to the top of the repository, if it lies in one."""
        above = [self.root, *self.root.parents]
        top = next((place for place, one in enumerate(above) if (one / ".git").exists()), 0)
        below = [
            one
            for one in (self._code, *self._code.parents)
            if one.is_relative_to(self.root) and one != self.root
        ]
        return (*below, *above[: top + 1])

    @property
    def is_whole(self) -> bool:
        """Whether a project begins here or above: else its tests and declarations may lie where nobody looked."""
        return any((one / mark).exists() for one in self.folders for mark in _MARKS)

    def has(self, *patterns: str) -> bool:
        """Whether any file of these patterns lies in one of the folders."""
        return any(True for pattern in patterns for one in self.folders for _ in one.glob(pattern))

    def texts(self, *patterns: str) -> Iterator[tuple[str, str]]:
        """The files of these patterns in all of the folders, by their path from the project's root, with what is in them."""
        found = dict.fromkeys(
            path
            for folder in self.folders
            for path in sorted({path for pattern in patterns for path in folder.glob(pattern)})
        )
        for path in found:
            text = _text(path)
            if text is not None:
                yield self.named(path), text

    def named(self, path: Path) -> str:
        """A file as a finding names it: from the root, with `..` for the folders above."""
        return Path(os.path.relpath(path, self.root)).as_posix()

    def is_kept(self, file: str) -> bool | None:
        """Whether version control keeps a file that `texts` named, or would; None where nothing tells it."""
        path = (self.root / file).resolve()
        if (self.folders[-1] / ".git").exists():
            return is_tracked(path.parent, path.name)
        ignoring = _text(self.root / ".gitignore")
        return None if ignoring is None else not _ignores(ignoring, file)

    @cached_property
    def _tables(self) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        found = []
        for file, text in self.texts("pyproject.toml", "Pipfile"):
            try:
                found.append((file, tomllib.loads(text)))
            except tomllib.TOMLDecodeError:
                continue  # whoever builds the project will be told
        return tuple(found)

    @cached_property
    def tables(self) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        """Every pyproject.toml, the nearest first, with the file's name."""
        return tuple((file, table) for file, table in self._tables if file.endswith("pyproject.toml"))

    # -- what it needs -----------------------------------------------------------------------------------------

    @cached_property
    def requirements(self) -> tuple[Requirement, ...]:
        """The libraries that the project says it needs, for running, testing and developing."""
        found = [one for file, table in self._tables for one in _of_table(file, table)]
        for file, text in self.texts(
            "requirements*.txt", "requirements*.in", "requirements/*.txt", "requirements/*.in"
        ):
            lines = (line.partition("#")[0] for line in text.splitlines())
            found += [one for line in lines if not line.startswith("-") for one in _requirement(line, file)]
        for file, text in self.texts("setup.cfg"):
            found += [one for line in _of_setup_cfg(text) for one in _requirement(line, file)]
        return tuple(found)

    @property
    def declares_elsewhere(self) -> str:
        """The file of a kind that is not read here and may say what the project needs; empty where there is none."""
        return next((file for file, _ in self.texts("setup.py", "environment.y*ml", "conda.y*ml")), "")

    # -- on which Python ---------------------------------------------------------------------------------------

    @cached_property
    def pythons(self) -> tuple[Statement, ...]:
        """What says on which Python it runs, the most binding first; of the nearest folder that says it."""
        found = [Statement(file, 1, said) for file, table in self._tables for said in _python_of(table)]
        for file, text in self.texts("setup.cfg", "setup.py"):
            found += [
                Statement(file, 1, said)
                for said in re.findall(r"python_requires\s*=\s*[\"']?([^\"'\n,]+)", text)
            ]
        if not found:
            for file, text in self.texts(".python-version", "runtime.txt"):
                found += [
                    Statement(file, 1, f"=={said}")
                    for said in re.findall(r"(?m)^(?:python-)?(\d+\.\d+)", text)
                ]
        if not found:
            for file, text in self.texts("Dockerfile", "*.Dockerfile", "docker/Dockerfile"):
                found += [
                    Statement(file, 1, f"=={said}")
                    for said in re.findall(r"(?mi)^FROM\s+(?:--\S+\s+)*\S*?python:(\d+\.\d+)", text)
                ]
        nearest = Path(found[0].file).parent if found else Path()
        return tuple(
            Statement(one.file, self._line(one), one.text.strip())
            for one in found
            if Path(one.file).parent == nearest
        )

    def _line(self, one: Statement) -> int:
        """The line that says it."""
        text = _text(self.root / one.file) or ""
        bare = one.text.strip().removeprefix("==")
        lines = text.splitlines()
        about = [number for number, line in enumerate(lines, 1) if bare in line]
        return next(
            (number for number in about if "python" in lines[number - 1].lower()), about[0] if about else 1
        )


def _text(path: Path) -> str | None:
    try:
        if not path.is_file() or path.stat().st_size > _LONGEST:
            return None
        return path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return None


def _ignores(text: str, file: str) -> bool:
    """Whether an ignore file names a file, as far as its lines are plain patterns; the last one that does decides."""
    ignored = False
    for line in text.splitlines():
        pattern = line.strip()
        bare = pattern.removeprefix("!").removeprefix("**/").strip("/")
        if (
            bare
            and not pattern.startswith("#")
            and any(fnmatch(one, bare) for one in (file, Path(file).name))
        ):
            ignored = not pattern.startswith("!")
    return ignored


def _of_table(file: str, table: Mapping[str, Any]) -> Iterator[Requirement]:
    project, tool = _below(table, "project"), _below(table, "tool")
    poetry, uv, pdm = _below(tool, "poetry"), _below(tool, "uv"), _below(tool, "pdm")
    listed: list[Any] = [project.get("dependencies"), uv.get("dev-dependencies")]
    for environment in _below(_below(tool, "hatch"), "envs").values():
        own = environment if isinstance(environment, Mapping) else {}
        listed += [own.get("dependencies"), own.get("extra-dependencies")]
    for groups in (
        project.get("optional-dependencies"),
        table.get("dependency-groups"),
        pdm.get("dev-dependencies"),
    ):
        listed += groups.values() if isinstance(groups, Mapping) else []
    for entries in listed:
        for entry in entries if isinstance(entries, list) else []:
            yield from _requirement(entry, file) if isinstance(entry, str) else ()
    named = [
        poetry.get("dependencies"),
        poetry.get("dev-dependencies"),
        table.get("packages"),
        table.get("dev-packages"),
    ]
    named += [
        _below(one, "dependencies") for one in _below(poetry, "group").values() if isinstance(one, Mapping)
    ]
    for entries in named:
        for name, said in entries.items() if isinstance(entries, Mapping) else ():
            extras = said.get("extras", []) if isinstance(said, Mapping) else []
            yield Requirement(_canonical(name), frozenset(map(str, extras)), file)


def _python_of(table: Mapping[str, Any]) -> Iterator[str]:
    said = (
        _below(table, "project").get("requires-python"),
        _below(_below(_below(table, "tool"), "poetry"), "dependencies").get("python"),
        _below(table, "requires").get("python_version"),
    )
    for one in said:
        if isinstance(one, str):
            yield one if one[:1] in "<>=!~^*" else f"=={one}"


def _below(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The table of that name, an empty one where there is none."""
    found = table.get(name)
    return found if isinstance(found, Mapping) else {}


def _requirement(line: str, file: str) -> Iterator[Requirement]:
    found = _REQUIREMENT.match(line)
    if found:
        extras = frozenset(one.strip() for one in (found[2] or "").split(",") if one.strip())
        yield Requirement(_canonical(found[1]), extras, file)


def _of_setup_cfg(text: str) -> Sequence[str]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return []
    said = [parser.get("options", "install_requires", fallback="")]
    if parser.has_section("options.extras_require"):
        said += [value for _, value in parser.items("options.extras_require")]
    return [line for block in said for line in block.splitlines() if line.strip()]


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def common_folder(files: Iterable[str]) -> str:
    """The innermost folder that holds all of the files."""
    folders = [PurePosixPath(file).parts[:-1] for file in files]
    same = itertools.takewhile(lambda parts: len(set(parts)) == 1, zip(*folders, strict=False))
    return "/".join(parts[0] for parts in same)
