"""The reference and its broken sibling: copies in folders of their own, each judged by `compliance check` there.

The kit does not import the reference. It finds its files, and the faults to plant in the copy beside them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from secrets import token_urlsafe

#: What is served, and the file in it that says what is broken in the sibling.
PACKAGE, FAULTS = "reference_app", "faults.toml"
#: The module of a copy that is served: whoever replays its result elsewhere is not to meet the reference by that name.
DOOR = "demo_service"
#: What it needs that the kit does not, by the names in an import.
NEEDED = (
    "aiosqlite",
    "alembic",
    "anyio",
    "email_validator",
    "fastapi",
    "jwt",
    "pwdlib",
    "pydantic",
    "pydantic_core",
    "pydantic_settings",
    "python_multipart",
    "sqlalchemy",
    "starlette",
    "structlog",
)
#: All of the environment that reaches the two: nothing that configures a service, a run or an interpreter.
_KEPT = (
    "PATH",
    "HOME",
    "USERPROFILE",
    "SYSTEMROOT",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "TEMP",
    "TMP",
    "XDG_CACHE_HOME",
)


@dataclass(frozen=True)
class Fault:
    """A fault to plant: what stands once in a file becomes something else; `rules` are all that find it."""

    words: str
    rules: tuple[str, ...]
    file: str
    before: str
    after: str


def missing() -> list[str]:
    """The packages that are needed and not installed."""
    return [name for name in (PACKAGE, *NEEDED) if find_spec(name) is None]


def home() -> Path:
    """The folder of the reference."""
    spec = find_spec(PACKAGE)
    assert spec is not None and spec.origin is not None  # noqa: S101, PT018 - missing() was asked
    return Path(spec.origin).parent


def faults() -> list[Fault]:
    entries = tomllib.loads((home() / FAULTS).read_text("utf-8"))["fault"]
    return [Fault(**{**entry, "rules": tuple(entry["rules"])}) for entry in entries]


def settle(folder: Path, planted: list[Fault]) -> None:
    """Copy the reference to a folder, with these faults. Raises ValueError where one finds no place."""
    shutil.copytree(home(), folder / PACKAGE, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / f"{DOOR}.py").write_text(f"from {PACKAGE}.main import app as app\n", "utf-8")
    (folder / "compliance.toml").touch()  # so that none above is found
    for fault in planted:
        file = folder / PACKAGE / fault.file
        text = file.read_text("utf-8")
        if text.count(fault.before) != 1:
            raise ValueError(f"{fault.file} has no one place for: {fault.words}")
        file.write_text(text.replace(fault.before, fault.after), "utf-8")


def judging(folder: Path, reports: list[str]) -> subprocess.Popen[str]:
    """A `compliance check` of the copy in that folder, on a database of its own."""
    kit = Path(__file__).parents[2]
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ} | {
        "DATABASE_URL": f"sqlite+aiosqlite:///{(folder / 'demo.db').as_posix()}",
        "SECRET_KEY": token_urlsafe(32),
        "LOG_LEVEL": "CRITICAL",
        "PYTHONPATH": str(kit),
        "PYTHONUTF8": "1",
    }
    command = [sys.executable, "-m", "compliance", "check", f"{DOOR}:app"]
    return subprocess.Popen(  # noqa: S603 - ourselves
        [*command, *(f"--report={one}" for one in reports)],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
