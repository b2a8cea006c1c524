"""An application that answers one request after the other, for services that hold their rows in memory.

FastAPI runs plain functions in threads, and a dict that two of them look up and then change is no database: an address
would now and then be given twice, which a rule about races reports with good reason.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any


class Serial:
    """An ASGI application around another that is never inside it twice."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self._turn = asyncio.Lock()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        # The lifespan lasts as long as the service does.
        async with self._turn if scope["type"] == "http" else contextlib.nullcontext():
            await self.app(scope, receive, send)
