"""`python -m benchmarks.workers [--runs N] [--busy N] [--workers N]`: the reference on PostgreSQL, by several processes.

Each run has a fresh database and a fresh service with everything granted, as `uvicorn --workers 3` serves it. Prints the
verdict, the findings, and the subjects whose outcomes differ between runs; the exit status is 0 where every run is
compliant and all are alike. `--busy` keeps so many processors busy meanwhile. PostgreSQL's own programs are needed.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from compliance.catalogue import Outcome, load
from compliance.result import Run
from tests.reference_app.postgres import create_database, postgres_cluster
from tests.service import ADMIN, ROOT, SIGNING_KEY, NotServedError, Outcomes, judge_reference, outcomes

#: Seconds that the service may take to start.
PATIENCE = 60.0
_RUNNING = re.compile(r"Uvicorn running on (http://\S+)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge it so many times. The exit status: 0 where every run is compliant and all are alike."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.workers", description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--busy", type=int, default=0)
    given = parser.parse_args(arguments)
    with postgres_cluster() as server, busy(given.busy):
        runs = [judged(create_database(server), given.workers) for _ in range(given.runs)]
    for run in runs:
        print(f"{run.requests} requests, {run.seconds:.1f} s")  # noqa: T201
        for line in troubles(run):
            print(f"  {line}")  # noqa: T201
    unlike = differences([outcomes(run) for run in runs])
    for line in unlike:
        print(f"differs: {line}")  # noqa: T201
    return int(bool(unlike) or any(troubles(run) for run in runs))


def troubles(run: Run) -> list[str]:
    """What stands between a run and `compliant`, and what it left behind."""
    bad = (Outcome.VIOLATION, Outcome.ERROR)
    found = [
        f"{one.rule.id} [{one.subject}] {one.outcome}: {one.cause or one.reason}; {one.observed}"
        for one in run.results
        if one.outcome in bad
    ]
    return found + run.leftovers + run.missing


def differences(several: Sequence[Outcomes]) -> list[str]:
    """The rules and subjects whose outcomes are not the same in all runs."""
    keys = sorted(set().union(*several))
    told = {key: [one.get(key, "-") for one in several] for key in keys}
    return [
        f"{rule} [{subject}]: {', '.join(said)}"
        for (rule, subject), said in told.items()
        if len(set(said)) > 1
    ]


def judged(database: str, workers: int) -> Run:
    with serving(database, workers) as url:
        return judge_reference(load(), url)


@contextlib.contextmanager
def serving(database: str, workers: int) -> Iterator[str]:
    """The reference with a migrated database, a superuser and so many processes, while the context lasts."""
    with tempfile.TemporaryDirectory(prefix="workers-") as folder:
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": database,
            "SECRET_KEY": SIGNING_KEY,
            "REFERENCE_SUPERUSER_PASSWORD": ADMIN[1],
        }
        for words in (["migrate"], ["create-superuser", "--email", ADMIN[0]]):
            command = [sys.executable, "-m", "reference_app.cli", *words]
            subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)  # noqa: S603
        command = [sys.executable, "-m", "uvicorn", "reference_app.main:app", f"--workers={workers}"]
        command += ["--port=0"] if workers == 1 else [f"--port={_free_port()}"]
        log = Path(folder) / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603
                command, cwd=folder, env=environment, stdout=output, stderr=output, start_new_session=True
            )
        try:
            yield _await_start(process, log, workers)
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_start(process: subprocess.Popen[bytes], log: Path, workers: int) -> str:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        written = log.read_text(encoding="utf-8", errors="replace")
        running = _RUNNING.search(written)
        if running and written.count("Application startup complete") >= workers:
            return running[1]
        time.sleep(0.05)
    raise NotServedError(f"the service did not start:\n{log.read_text(errors='replace')}")


@contextlib.contextmanager
def busy(processors: int) -> Iterator[None]:
    """So many processes that do nothing but work, while the context lasts."""
    made = [multiprocessing.Process(target=_work, daemon=True) for _ in range(processors)]
    for one in made:
        one.start()
    try:
        yield
    finally:
        for one in made:
            one.terminate()
            one.join()


def _work() -> None:
    while True:
        pass


if __name__ == "__main__":
    sys.exit(main())
