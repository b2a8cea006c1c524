"""Around the application: every request is known by name to whatever is done for it, and nothing else is changed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, Protocol

from compliance.inside.served import BODY_CAP, CURRENT, SENT_CAP, Served


class Keeper(Protocol):
    """Who is told of requests."""

    def meet(self, loop: asyncio.AbstractEventLoop) -> None:
        """The application runs in this loop, which may be met again and again."""

    def begin(self, served: Served) -> None:
        """A request has come."""

    def failed(self, served: Served, failure: Exception) -> None:
        """An exception came out of the application."""

    def end(self, served: Served) -> None:
        """The application has done with it."""


class Doorway:
    """ASGI middleware around the whole application."""

    def __init__(self, app: Callable[..., Any], keeper: Keeper) -> None:
        self._app = app
        self._keeper = keeper

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self._keeper.meet(asyncio.get_running_loop())
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        served = _served(scope)
        self._keeper.begin(served)
        token = CURRENT.set(served)
        try:
            await self._app(scope, _receiving(served, receive), _sending(served, send))
        except Exception as failure:
            self._keeper.failed(served, failure)
            raise
        finally:
            CURRENT.reset(token)
            served.ended = time.monotonic()
            self._keeper.end(served)


def _served(scope: Any) -> Served:
    query = scope.get("query_string", b"").decode("latin-1")
    path = (scope.get("raw_path") or scope["path"].encode("utf-8", "replace")).decode("latin-1")
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
    return Served(scope["method"], f"{path}?{query}" if query else path, headers)


def _receiving(served: Served, receive: Any) -> Any:
    async def receiving() -> Any:
        message = await receive()
        if message["type"] == "http.disconnect":
            served.left = served.left or not served.answered
        elif len(served.sent) < SENT_CAP:
            served.sent += message.get("body", b"")[:SENT_CAP]
        return message

    return receiving


def _sending(served: Served, send: Any) -> Any:
    keeps = False

    async def sending(message: Any) -> None:
        nonlocal keeps
        if message["type"] == "http.response.start":
            served.status = message["status"]
            keeps = served.method == "GET" and served.ok and _is_json(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            if keeps and len(served.body) < BODY_CAP:
                served.body += bytes(message.get("body", b""))
            served.answered = not message.get("more_body", False)
        await send(message)

    return sending


def _is_json(headers: Any) -> bool:
    return any(bytes(name).lower() == b"content-type" and b"json" in bytes(value) for name, value in headers)
