"""Corpses: services that answer one thing to everything. No rule may take one for a living service.

Each is bare: it answers its one thing to a request for its OpenAPI document too.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from compliance.catalogue import Catalogue, Phase
from compliance.depths import Examination
from compliance.result import Run
from compliance.run import judge
from compliance.target.reach import Grants
from compliance.target.serving import serve
from tests.service import SIGNING_KEY

LOGIN_PAGE = b'<!doctype html><title>Sign in</title><form method="post"><input name="password"></form>'


@dataclass(frozen=True)
class Corpse:
    """An ASGI application whose every answer has this status, type and body."""

    name: str
    status: int
    body: bytes = b""
    kind: bytes = b"application/json"
    location: bytes = b""

    async def __call__(
        self, scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
    ) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        while (await receive()).get("more_body"):
            pass
        headers = [(b"content-type", self.kind)] if self.body else []
        headers += [(b"location", self.location)] if self.location else []
        body = b"" if scope["method"] == "HEAD" else self.body
        if self.status != 204:
            headers.append((b"content-length", str(len(self.body)).encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _live(
        self, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
    ) -> None:
        for phase in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{phase}.complete"})


CORPSES = [
    Corpse("always 500", 500, b'{"detail": "Internal server error"}'),
    Corpse("always 404", 404, b'{"detail": "Not Found"}'),
    Corpse("always 401", 401, b'{"detail": "Not authenticated"}'),
    Corpse("always 422", 422, b'{"detail": [{"loc": ["body"], "msg": "wrong", "type": "wrong"}]}'),
    Corpse("always 200 {}", 200, b"{}"),
    Corpse("always 200 []", 200, b"[]"),
    Corpse("always 201 {}", 201, b"{}"),
    Corpse("always 204", 204),
    Corpse("a login page", 200, LOGIN_PAGE, b"text/html; charset=utf-8"),
    Corpse("a redirect loop", 307, location=b"/"),
]


def judge_corpse(
    corpse: Corpse,
    catalogue: Catalogue,
    document: Mapping[str, Any],
    choose: Callable[[Examination], bool] = lambda _: True,
) -> Run:
    """Serve a corpse and judge it by the document of a living service."""
    with serve(corpse, corpse.name) as base_url:
        # No administrator is given: a corpse refuses the credentials, and the run would not begin.
        given = Grants(writes=True, destructive=True, signing_key=SIGNING_KEY)
        return judge(catalogue, document, base_url, given, choose=choose)


def believers(run: Run) -> dict[str, list[str]]:
    """The rules that pass on a corpse, with the subjects; those that read the document alone may."""
    found: dict[str, list[str]] = {}
    for result in run.results:
        if result.outcome == "pass" and result.rule.phase is not Phase.HANDSHAKE:
            found.setdefault(result.rule.id, []).append(result.subject)
    return found
