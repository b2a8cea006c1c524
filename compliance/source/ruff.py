"""What ruff finds, by its own codes, in one run for all rules: for clauses that a linter decides as well as anybody."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

#: Seconds that it may take for all files.
_PATIENCE = 120
#: Files of one command line.
_AT_ONCE = 2000
#: What all rules together ask ruff for, in one run: codes by the rule modules that declare them.
ASKED: set[str] = set()
#: What ruff is told beside the codes.
SETTINGS: dict[str, object] = {
    "lint.flake8-annotations.mypy-init-return": True,
    "lint.flake8-annotations.suppress-dummy-args": True,
}

T = TypeVar("T")


@dataclass(frozen=True)
class Remark:
    """One finding of ruff: `file` as it was given, `code` its rule."""

    code: str
    file: str
    line: int
    message: str


class RuffError(Exception):
    """Ruff could not be run; the message says why."""


def asks_ruff(*codes: str) -> Callable[[T], T]:
    """Says of a rule's check which codes it asks for, so that one run of ruff answers all rules."""

    def remember(check: T) -> T:
        ASKED.update(codes)
        return check

    return remember


def remarks(
    root: Path,
    files: Sequence[str],
    codes: Iterable[str],
    settings: Mapping[str, object] | None = None,
    version: str = "py311",
) -> list[Remark]:
    """Findings of these codes in these files, whatever the project's own configuration and comments say.

    settings: of ruff's configuration, by dotted name. Raises RuffError.
    """
    chosen = ",".join(sorted(codes))
    words = ["check", "--isolated", "--no-cache", "--exit-zero", "--ignore-noqa", "--output-format=json"]
    words += [
        f"--select={chosen}",
        f"--target-version={version}",
        "--force-exclude",
        "--no-respect-gitignore",
    ]
    words += [
        part
        for name, value in (settings or {}).items()
        for part in ("--config", f"{name}={json.dumps(value)}")
    ]
    found: list[Remark] = []
    for start in range(0, len(files), _AT_ONCE):
        found += _run(root, [sys.executable, "-m", "ruff", *words, "--", *files[start : start + _AT_ONCE]])
    return sorted(found, key=lambda one: (one.file, one.line, one.code))


def _run(root: Path, command: list[str]) -> list[Remark]:
    try:
        done = subprocess.run(  # noqa: S603
            command, cwd=root, capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as failure:
        raise RuffError(f"ruff did not run: {failure}") from None
    if done.returncode:
        raise RuffError(
            f"ruff did not run: {done.stderr.strip()[:300] or f'it ended with {done.returncode}'}"
        )
    return [
        Remark(
            str(one["code"]),
            Path(one["filename"]).relative_to(root.resolve()).as_posix(),
            int(one["location"]["row"]),
            str(one["message"]),
        )
        for one in json.loads(done.stdout or "[]")
        if one["code"]
    ]
