"""Starts copies of the reference fast: `python -m tests.nursery` imports what they share once, then forks for each.

It reads one JSON object a line, {"sources", "place", "environment"}, and answers each with the new process's id.
When its input ends, because whoever asked has gone, it ends every copy and itself.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

#: Never the reference itself: each copy brings its own.
SHARED = (
    *("aiosqlite", "alembic.command", "alembic.autogenerate", "email_validator", "fastapi", "jwt"),
    *(
        "pwdlib.hashers.argon2",
        "pydantic_settings",
        "python_multipart",
        "sqlalchemy.ext.asyncio",
        "structlog",
    ),
    *("sqlalchemy.dialects.sqlite.aiosqlite", "uvicorn.lifespan.on", "uvicorn.main", "uvicorn.loops.auto"),
    *("uvicorn.protocols.http.auto", "uvicorn.protocols.websockets.auto"),
)


def main() -> None:
    """Serve until the input ends."""
    for name in SHARED:
        importlib.import_module(name)
    # Copies that end leave nothing to be waited for.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        wanted = json.loads(line)
        child = os.fork()
        if not child:
            _become(**wanted)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
    # A session of its own holds this process and what it started, and nothing else.
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)


def _become(sources: str, place: str, environment: dict[str, Any]) -> None:
    """Turn this process into the service; never returns."""
    try:
        with (Path(place) / "log").open("wb") as log, Path(os.devnull).open("rb") as nothing:
            for ours, descriptor in ((nothing, 0), (log, 1), (log, 2)):
                os.dup2(ours.fileno(), descriptor)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.chdir(place)
        os.environ.clear()
        os.environ.update(environment)
        sys.path.insert(0, sources)
        sys.dont_write_bytecode = True
        import uvicorn

        uvicorn.run("reference_app.main:app", port=0, access_log=False, use_colors=False)
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(1)


if __name__ == "__main__":
    main()
