"""The files of a project: its Python as version control knows it, its tests apart, nothing that is not its own."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

#: Folders with code of others, or with what tools have made.
_OTHERS = frozenset(
    [
        ".git",
        ".hg",
        ".venv",
        "venv",
        "env",
        ".env",
        "node_modules",
        "__pycache__",
        ".mypy_cache",
        ".ruff_cache",
        ".tox",
        ".nox",
        "build",
        "dist",
        "site-packages",
        ".eggs",
    ]
)
#: Folders whose code is no part of the running service.
_BESIDE = frozenset(
    [
        "alembic",
        "migrations",
        "versions",
        "revisions",
        "docs",
        "doc",
        "scripts",
        "examples",
        "benchmarks",
        "load_tests",
        "performance",
        "dev",
    ]
)
_TESTS = frozenset(["tests", "test", "testing"])
#: Seconds that git may take to list the files.
_PATIENCE = 30


@dataclass(frozen=True)
class Files:
    """Paths from the root, with slashes, in order: the service's own Python, that of its tests, migrations and scripts."""

    root: Path
    own: tuple[str, ...]
    tests: tuple[str, ...]
    beside: tuple[str, ...] = ()
    #: folders that nobody lets us look into
    closed: tuple[str, ...] = ()

    def has(self, *names: str) -> str:
        """The first of these paths that is there, empty where none is."""
        return next((name for name in names if (self.root / name).exists()), "")


def files_of(root: Path) -> Files:
    """List a project. Symbolic links are not followed, so that a loop of them ends."""
    closed: list[str] = []
    paths = listed(root, closed)
    python = [path for path in paths if path.endswith(".py") and _is_file(root / path)]
    tests = [path for path in python if _is_test(PurePosixPath(path))]
    beside = set(tests) | {path for path in python if _BESIDE & set(PurePosixPath(path).parts[:-1])}
    return Files(
        root,
        tuple(path for path in python if path not in beside),
        tuple(tests),
        tuple(sorted(beside - set(tests))),
        tuple(closed),
    )


def listed(root: Path, closed: list[str] | None = None) -> list[str]:
    """All files, of any kind, in order; folders that may not be looked into are put to `closed`."""
    return sorted(_tracked(root) or _walked(root, [] if closed is None else closed))


def is_tracked(root: Path, path: str) -> bool:
    """Whether version control keeps the file; False where there is none."""
    return bool(_git(root, "ls-files", "--error-unmatch", "--", path))


def _tracked(root: Path) -> list[str]:
    """What git keeps and what is new and not ignored; empty where the folder is in no repository."""
    said = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    paths = {path for path in said.split("\0") if path}
    return [path for path in paths if not _OTHERS & set(PurePosixPath(path).parts)]


def _git(root: Path, *words: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603
            ["git", "-C", str(root), *words],  # noqa: S607
            capture_output=True,
            text=True,
            errors="surrogateescape",
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def _walked(root: Path, closed: list[str]) -> list[str]:
    def note(failure: OSError) -> None:
        closed.append(Path(os.path.relpath(failure.filename, root)).as_posix())

    found = []
    for folder, below, names in os.walk(root, onerror=note):
        below[:] = [name for name in below if name not in _OTHERS and not name.startswith(".")]
        here = Path(folder).relative_to(root)
        found += [(here / name).as_posix() for name in names]
    return found


def _is_file(path: Path) -> bool:
    try:
        return path.is_file() and not path.is_symlink()
    except OSError:  # whoever reads it will say why
        return True


def _is_test(path: PurePosixPath) -> bool:
    named = path.name.startswith("test_") or path.name.endswith("_test.py") or path.name == "conftest.py"
    return named or bool(_TESTS & set(path.parts[:-1]))
