"""`python -m benchmarks.slowed MODULE:FACTORY MILLISECONDS`: an application whose every answer comes so much later.

A factory is called; anything else is the application. Says where it listens, as uvicorn does.
"""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import Sequence

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send


class Slowed:
    """An application behind a long way."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._seconds:
            await asyncio.sleep(self._seconds)
        await self._app(scope, receive, send)


def main(arguments: Sequence[str]) -> None:
    module, _, name = arguments[0].partition(":")
    found = getattr(importlib.import_module(module), name)
    app = found() if name.startswith("create_") else found
    slowed = Slowed(app, float(arguments[1]) / 1000)
    uvicorn.run(slowed, port=0, access_log=False, use_colors=False, lifespan="on")


if __name__ == "__main__":
    main(sys.argv[1:])
