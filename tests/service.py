"""Serving the reference, or a copy of it with a fault, in a process of its own, and judging what is served.

Every copy has a database of its own, made from one that was migrated once and holds nothing but a superuser.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from compliance.catalogue import Catalogue
from compliance.depths import Examination
from compliance.result import Run
from compliance.run import judge
from compliance.source import Source, read_source
from compliance.target.credentials import Credentials
from compliance.target.document import fetch_document
from compliance.target.reach import Grants

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "reference_app"

#: What belongs to the reference as a project.
PROJECT = (
    "reference_app",
    "tests/reference_app",
    "pyproject.toml",
    "requirements.lock",
    "README.md",
    ".env.example",
    ".gitignore",
)

SIGNING_KEY = "a key that signs tokens in tests only"
ADMIN = ("admin@example.com", "the-password-of-the-admin")
#: Seconds that a copy may take to start on a machine that is busy.
PATIENCE = 60.0
_RUNNING = re.compile(r"Uvicorn running on (http://\S+)")

Outcomes = dict[tuple[str, str], str]


class NotServedError(Exception):
    """A service that should have started did not; the message holds what it wrote."""


def copy_of_reference(folder: Path) -> Path:
    """A copy of the reference with its tests below the folder, which is what PYTHONPATH then names."""
    for part in PROJECT:
        place = folder / part
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, place, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(ROOT / part, place)
    return folder


@functools.cache
def source_of_reference(folder: Path = ROOT) -> Source:
    """The source tree of the reference, or of a copy of it."""
    return read_source(folder, REFERENCE.name)


@contextlib.contextmanager
def serve_reference(sources: Path = ROOT) -> Iterator[str]:
    """Serve the reference whose package lies in `sources` while the context lasts, and yield its base URL."""
    with tempfile.TemporaryDirectory(prefix="served-") as folder:
        place = Path(folder)
        copy_of_database(place)
        process = _nursery().start(sources, place)
        try:
            yield _await_start(process, place / "log")
        finally:
            _end(process)


def copy_of_database(place: Path) -> None:
    """A database of its own for what is served from that folder."""
    shutil.copyfile(_database(), place / "service.db")


def grants() -> Grants:
    """Every capability that a run from outside can have."""
    return Grants(
        writes=True,
        destructive=True,
        signing_key=SIGNING_KEY,
        credentials={"admin": Credentials("the tests", *ADMIN)},
    )


def judge_reference(
    catalogue: Catalogue,
    base_url: str,
    choose: Callable[[Examination], bool] = lambda _: True,
    sources: Path = ROOT,
) -> Run:
    """Judge a served reference, by its own document and its source, with every capability granted."""
    source = source_of_reference(sources)
    return judge(catalogue, fetch_document(base_url), base_url, grants(), choose=choose, source=source)


def outcomes(run: Run) -> Outcomes:
    """The outcome of every rule on every subject."""
    return {(result.rule.id, result.subject): str(result.outcome) for result in run.results}


def _await_start(process: int, log: Path) -> str:
    deadline = time.monotonic() + PATIENCE
    written = ""
    while time.monotonic() < deadline:
        ended = not _lives(process)
        written = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        running = _RUNNING.search(written)
        if running:
            return running[1]
        if ended:
            raise NotServedError(f"the service did not start:\n{written}")
        time.sleep(0.01)
    raise NotServedError(f"the service did not start within {PATIENCE:.0f} seconds:\n{written}")


def _end(process: int) -> None:
    """Ask the process to end, and insist where it does not."""
    for how, patience in ((signal.SIGTERM, 10.0), (signal.SIGKILL, 10.0)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, how)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if not _lives(process):
                return
            time.sleep(0.01)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


class Nursery:
    """The process that copies of the reference are forked from, see tests.nursery."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.nursery"]
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def start(self, sources: Path, place: Path) -> int:
        """Start the reference whose package lies in `sources`, with `place` for its folder; its process id."""
        wanted = {"sources": str(sources), "place": str(place), "environment": environment_of(place)}
        if self._process.stdin is None or self._process.stdout is None:
            raise NotServedError("the nursery has no pipes")
        self._process.stdin.write(json.dumps(wanted) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise NotServedError("the nursery has ended")
        return int(answer)

    def close(self) -> None:
        """End it, and every copy that still lives."""
        self._process.communicate(timeout=30)


@functools.cache
def _nursery() -> Nursery:
    nursery = Nursery()
    atexit.register(nursery.close)
    return nursery


@functools.cache
def _database() -> Path:
    """A migrated database with a superuser, made once by the reference's own command."""
    folder = tempfile.TemporaryDirectory(prefix="template-")
    atexit.register(folder.cleanup)
    place = Path(folder.name)
    command = [sys.executable, "-m", "reference_app.cli", "create-superuser", "--email", ADMIN[0]]
    environment = {**environment_of(place), "REFERENCE_SUPERUSER_PASSWORD": ADMIN[1]}
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotServedError(f"no superuser could be created:\n{done.stdout}{done.stderr}")
    return place / "service.db"


def environment_of(place: Path) -> dict[str, str]:
    """What a served copy sees: nothing of the surroundings but where programs lie."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "DATABASE_URL": f"sqlite+aiosqlite:///{place / 'service.db'}",
        "SECRET_KEY": SIGNING_KEY,
        "LOG_LEVEL": "CRITICAL",
        "ARGON2_MEMORY_KIB": "8",
        "ARGON2_TIME_COST": "1",
        "ARGON2_PARALLELISM": "1",
    }
