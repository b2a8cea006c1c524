"""Exceptions that no handler of the application takes, seen where Starlette lets go of them.

Middleware further out may turn them into an answer, so that nobody outside of the application sees them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from compliance.inside.places import Code
from compliance.inside.served import CURRENT, Failure, Served, innermost

#: The client left, which is no fault of anybody's.
_GONE = ("ClientDisconnect", "WebSocketDisconnect", "EndOfStream", "BrokenResourceError")


class Failures:
    """Notes what comes out of the innermost of Starlette's middleware, and out of the application."""

    def __init__(self, code: Code) -> None:
        self._code = code
        self._kind: Any = None
        self._before: Callable[..., Any] | None = None
        self._ours: Callable[..., Any] | None = None

    def listen(self) -> None:
        """Begin, if Starlette is there and this was not done before."""
        module = sys.modules.get("starlette.middleware.exceptions")
        if self._kind is not None or module is None:
            return
        self._kind, before = module.ExceptionMiddleware, module.ExceptionMiddleware.__call__
        note = self.note

        async def noting(middleware: Any, scope: Any, receive: Any, send: Any) -> None:
            try:
                await before(middleware, scope, receive, send)
            except Exception as failure:
                served = CURRENT.get()
                if served is not None and scope["type"] == "http":
                    note(served, failure)
                raise

        self._before, self._ours = before, noting
        self._kind.__call__ = noting

    def stop(self) -> None:
        if self._kind is not None and self._kind.__call__ is self._ours:
            self._kind.__call__ = self._before
        self._kind = None

    def note(self, served: Served, failure: Exception) -> None:
        kind = type(failure).__name__
        if id(failure) in served.passed or served.left or kind in _GONE:
            return
        served.passed.add(id(failure))
        served.failures.append(Failure(kind, self._code.raised(innermost(failure)), served.answered))
