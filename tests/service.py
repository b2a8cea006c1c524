"""Serving the reference, or a copy of it with a fault, in a process of its own, and judging what is served.

Every copy has a database of its own, made from one that was migrated once and holds nothing but a superuser.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from compliance.catalogue import Catalogue
from compliance.result import Run
from compliance.run import Examination, judge
from compliance.target.document import fetch_document
from compliance.target.reach import Grants

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "reference_app"

SIGNING_KEY = "a key that signs tokens in tests only"
ADMIN = ("admin@example.com", "the-password-of-the-admin")
#: Seconds that a copy may take to start on a machine that is busy.
PATIENCE = 60.0
_RUNNING = re.compile(r"Uvicorn running on (http://\S+)")

Outcomes = dict[tuple[str, str], str]


class NotServed(Exception):
    """A service that should have started did not; the message holds what it wrote."""


def copy_of_reference(folder: Path) -> Path:
    """A copy of the reference's sources below the folder, which is what PYTHONPATH then names."""
    shutil.copytree(REFERENCE, folder / "reference_app", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@contextlib.contextmanager
def serve_reference(sources: Path = ROOT) -> Iterator[str]:
    """Serve the reference whose package lies in `sources` while the context lasts, and yield its base URL."""
    with tempfile.TemporaryDirectory(prefix="served-") as folder:
        place = Path(folder)
        shutil.copyfile(_database(), place / "service.db")
        log = place / "log"
        command = [sys.executable, "-m", "uvicorn", "reference_app.main:app", "--port", "0"]
        command += ["--log-level", "info", "--no-access-log", "--no-use-colors"]
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, cwd=place, env=_environment(sources, place), stdout=output, stderr=output
            )
        try:
            yield _await_start(process, log)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def grants() -> Grants:
    """Every capability that a run from outside can have."""
    return Grants(writes=True, destructive=True, signing_key=SIGNING_KEY, credentials={"admin": ADMIN})


def judge_reference(
    catalogue: Catalogue, base_url: str, choose: Callable[[Examination], bool] = lambda _: True
) -> Run:
    """Judge a served reference, by its own document and with every capability granted."""
    return judge(catalogue, fetch_document(base_url), base_url, grants(), choose=choose)


def outcomes(run: Run) -> Outcomes:
    """The outcome of every rule on every subject."""
    return {(result.rule.id, result.subject): str(result.outcome) for result in run.results}


def _await_start(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        ended = process.poll() is not None
        written = log.read_text(encoding="utf-8", errors="replace")
        running = _RUNNING.search(written)
        if running:
            return running[1]
        if ended:
            raise NotServed(f"the service ended with status {process.returncode}:\n{written}")
        time.sleep(0.02)
    raise NotServed(f"the service did not start within {PATIENCE:.0f} seconds:\n{written}")


@functools.cache
def _database() -> Path:
    """A migrated database with a superuser, made once by the reference's own command."""
    folder = tempfile.TemporaryDirectory(prefix="template-")
    _KEPT.append(folder)
    place = Path(folder.name)
    command = [sys.executable, "-m", "reference_app.cli", "create-superuser", "--email", ADMIN[0]]
    environment = _environment(ROOT, place) | {"REFERENCE_SUPERUSER_PASSWORD": ADMIN[1]}
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotServed(f"no superuser could be created:\n{done.stdout}{done.stderr}")
    return place / "service.db"


#: Folders that last as long as this process.
_KEPT: list[tempfile.TemporaryDirectory[str]] = []


def _environment(sources: Path, place: Path) -> Mapping[str, Any]:
    """What a served copy sees: nothing of the surroundings but where programs lie."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": str(sources),
        "PYTHONDONTWRITEBYTECODE": "1",
        "DATABASE_URL": f"sqlite+aiosqlite:///{place / 'service.db'}",
        "SECRET_KEY": SIGNING_KEY,
        "LOG_LEVEL": "CRITICAL",
        "ARGON2_MEMORY_KIB": "8",
        "ARGON2_TIME_COST": "1",
        "ARGON2_PARALLELISM": "1",
    }
