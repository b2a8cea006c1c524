"""Serving an application that the kit imports, on a loopback port from a thread: outside rules hold unchanged."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from compliance.target.connection import is_loopback
from compliance.target.errors import TargetError

#: Seconds an application may take to start and to stop.
PATIENCE = 30.0


def load_app(spec: str, folder: str) -> Any:
    """The ASGI application named `module:attribute` or `module:factory()`. Raises TargetError with what went wrong."""
    module_name, colon, attribute = spec.partition(":")
    if not colon or not module_name or not attribute:
        raise TargetError(f"--target-app={spec} is not of the form module:app or module:create_app()")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        module = importlib.import_module(module_name)
    except (Exception, SystemExit) as failure:
        raise TargetError(
            f"--target-app={spec}: {module_name} does not import ({type(failure).__name__}: {failure})"
        ) from None
    name, called = attribute.removesuffix("()"), attribute.endswith("()")
    try:
        app = getattr(module, name)
        app = app() if called else app
    except AttributeError:
        raise TargetError(f"--target-app={spec}: {module_name} has no {name}") from None
    except (Exception, SystemExit) as failure:
        raise TargetError(
            f"--target-app={spec}: {name}() failed ({type(failure).__name__}: {failure})"
        ) from None
    if not callable(app):
        raise TargetError(f"--target-app={spec}: {name} is a {type(app).__name__}, not an ASGI application")
    return app


def remote_database() -> str | None:
    """The name of an environment variable that points at a database of another host, None when there is none."""
    for name, value in os.environ.items():
        named = "DATABASE" in name or name.startswith(("DB_", "POSTGRES"))
        if named and "://" in value and urlsplit(value).hostname and not is_loopback(value):
            return name
    return None


@contextlib.contextmanager
def serve(app: Any, spec: str) -> Iterator[str]:
    """Serve the application while the context lasts; yields its base URL. Raises TargetError if it does not start."""
    import uvicorn

    # uvicorn binds the port itself: connections of a socket that it is given come without TCP_NODELAY.
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="critical", access_log=False, lifespan="auto"
    )
    config.load()
    lifespan = config.loaded_app = _Lifespan(config.loaded_app)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=_run, args=(server,), name="compliance-target", daemon=True)
    thread.start()
    try:
        _await_start(server, thread, spec, lifespan)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)


@dataclass
class _Lifespan:
    """An application that keeps why it did not start: its server only logs that, and its log is silent here."""

    app: Any
    why: str = ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await self.app(scope, receive, send)
            return

        async def heard(message: Any) -> None:
            if message["type"] == "lifespan.startup.failed":
                self.why = message.get("message", "")
            await send(message)

        try:
            await self.app(scope, receive, heard)
        except BaseException as failure:
            self.why = f"{type(failure).__name__}: {failure}"  # the message is its whole traceback
            raise


def _run(server: Any) -> None:
    """The server's life; a lifespan that fails ends it by SystemExit, which belongs to a process and not to a thread."""
    with contextlib.suppress(SystemExit):
        server.run()


def _await_start(server: Any, thread: threading.Thread, spec: str, lifespan: _Lifespan) -> None:
    waiting = threading.Event()
    for _ in range(int(PATIENCE * 50)):
        if server.started:
            return
        if not thread.is_alive():
            why = f" ({lifespan.why})" if lifespan.why else "; its own log says why"
            raise TargetError(f"--target-app={spec}: the application did not start{why}")
        waiting.wait(0.02)
    raise TargetError(f"--target-app={spec}: the application did not start within {PATIENCE:.0f} seconds")
