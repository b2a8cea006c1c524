"""A request as a rule states it, what becomes of it on the wire, and what is recorded of both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from compliance.target.tape import BODY_CAP, Exchange

if TYPE_CHECKING:
    import httpx

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


@dataclass(frozen=True)
class Request:
    """A request as a rule states it; `path` starts at the root of the target, `operation` is a label or empty."""

    method: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    headers: tuple[tuple[str, str], ...] = ()
    json: Any = None
    form: Mapping[str, str] | None = None
    content: bytes | None = None
    actor: str = "anonymous"
    operation: str = ""
    #: signs the request on its way out, for actors whose credentials are no header
    auth: httpx.Auth | None = field(default=None, repr=False)


def built(request: Request, http: httpx.Client, base_url: str) -> httpx.Request:
    """The request as the library sends it."""
    extra, headers = _json(request.json)
    return http.build_request(
        request.method,
        base_url + request.path,
        params=request.params or None,
        # As bytes, for the library writes no more than ASCII.
        headers=[
            (name.encode("latin-1"), value.encode("latin-1")) for name, value in (*request.headers, *headers)
        ],
        data=dict(request.form) if request.form is not None else None,
        **({"content": request.content} | extra),
    )


def recorded(
    request: Request,
    built: httpx.Request,
    status: int,
    headers: tuple[tuple[str, str], ...],
    body: bytes,
    *,
    seconds: float = 0.0,
    crowded: bool = False,
) -> Exchange:
    """A request with what was answered, as the tape keeps it; status 0 where nothing was."""
    return Exchange(
        actor=request.actor,
        operation=request.operation,
        method=request.method,
        url=str(built.url),
        request_headers=pairs(built.headers),
        request_body=built.content[:BODY_CAP],
        status=status,
        headers=headers,
        body=body,
        crowded=crowded,
        seconds=seconds,
    )


def pairs(headers: httpx.Headers) -> tuple[tuple[str, str], ...]:
    """Names and values in the order and spelling of the wire."""
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers.raw)


def _json(value: Any) -> tuple[dict[str, Any], tuple[tuple[str, str], ...]]:
    """The keyword arguments and headers by which a value is sent as JSON; half of a surrogate pair is written as an escape."""
    if value is None:
        return {}, ()
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return {"content": json.dumps(value).encode()}, (("Content-Type", "application/json"),)
    return {"json": value}, ()
