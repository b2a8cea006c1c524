"""What happens to every request around its routing. Pure ASGI, so that nothing is buffered."""

import re
import time
from collections.abc import Iterable
from http import HTTPStatus
from uuid import uuid4

import structlog
from fastapi.responses import JSONResponse
from fastapi.routing import RouteContext
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reference_app.utils.logger import get_logger

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

# Enough for any length, and few enough for int().
MAX_LENGTH_DIGITS = 20

logger = get_logger(__name__)


class RequestContext:
    """Gives each request an id, logs it, and answers 500 where the application failed.

    The id is the caller's `X-Request-ID` if that is harmless, else a new one; the response carries it too.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if REQUEST_ID.fullmatch(given) else uuid4().hex
        status: int | None = None
        started = time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, send_with_id)
            except Exception:
                logger.exception("unhandled_exception")
                if status is not None:
                    raise
                error = JSONResponse({"detail": "Internal server error"}, HTTPStatus.INTERNAL_SERVER_ERROR)
                await error(scope, receive, send_with_id)
            finally:
                milliseconds = round((time.perf_counter() - started) * 1000, 1)
                logger.info(
                    "request",
                    method=scope["method"],
                    path=scope["path"],
                    status=status,
                    milliseconds=milliseconds,
                )


class BodyLimit:
    """Answers 413 to a body that is too large, whether its length is announced or turns out."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self.app = app
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced[:MAX_LENGTH_DIGITS]) > self.max_bytes:
            error = JSONResponse({"detail": "Content too large"}, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            await error(scope, receive, send)
            return

        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.max_bytes:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Content too large")
            return message

        await self.app(scope, receive_counted, send)


class Paths:
    """Treats `/users/` as `/users`, and answers 405 with all the methods that a path allows.

    Routes come one an operation, so that none of them knows its path's other methods.
    """

    def __init__(self, app: ASGIApp, routes: Iterable[RouteContext]) -> None:
        self.app = app
        methods: dict[str, set[str]] = {}
        for route in routes:
            if route.path_format and route.methods:
                methods.setdefault(route.path_format, set()).update(route.methods)
        # /users/me before /users/{user_id}: a literal path is no user's id.
        self.paths = [
            (compile_path(path)[0], methods[path]) for path in sorted(methods, key=lambda path: "{" in path)
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] == "http":
            if scope["path"] != "/":
                scope["path"] = scope["path"].removesuffix("/")
            allowed = next((methods for path, methods in self.paths if path.match(scope["path"])), None)
            if allowed is not None and scope["method"] not in allowed:
                error = JSONResponse(
                    {"detail": "Method Not Allowed"},
                    HTTPStatus.METHOD_NOT_ALLOWED,
                    {"Allow": ", ".join(sorted(allowed))},
                )
                await error(scope, receive, send)
                return
        await self.app(scope, receive, send)
