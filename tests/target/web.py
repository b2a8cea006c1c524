"""A web of pages in memory, for whoever fetches documents."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from compliance.target import connection as module

BASE = "http://127.0.0.1:1"
SMALL = {"openapi": "3.1.0", "info": {}, "paths": {"/things": {"get": {}}}}
#: a body with its type; a number stands for a status
Page = Any


def as_json(content: Any) -> Page:
    return json.dumps(content).encode(), "application/json"


def as_html(text: str) -> Page:
    return text.encode(), "text/html; charset=utf-8"


class Web:
    """Answers by path and query, 404 elsewhere; whoever comes without the right header is refused where one is set."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[str] = []
        self.requests: list[httpx.Request] = []
        self.key = ""
        #: answers to everything that has no page
        self.otherwise: Page = 404

    def __call__(self, request: httpx.Request) -> httpx.Response:
        url = str(request.url)
        self.asked.append(url)
        self.requests.append(request)
        if self.key and request.headers.get("authorization") != self.key:
            return _response(401)
        place = request.url.raw_path.decode()
        return _response(self.pages.get(url, self.pages.get(place, self.otherwise)))

    @property
    def paths(self) -> list[str]:
        return [request.url.raw_path.decode() for request in self.requests]


def _response(page: Page) -> httpx.Response:
    if isinstance(page, Exception):
        raise page
    if isinstance(page, int):
        page = (b'{"detail": "no"}', "application/json", page)
    if isinstance(page, str):
        return httpx.Response(307, headers={"location": page}, stream=httpx.ByteStream(b""))
    body, kind, *status = page
    headers = kind if isinstance(kind, dict) else {"content-type": kind}
    stream = httpx.ByteStream(body) if isinstance(body, bytes) else Pieces(body)
    return httpx.Response(status[0] if status else 200, headers=headers, stream=stream)


class Pieces(httpx.SyncByteStream):
    """A body that is made while it is read."""

    def __init__(self, pieces: Callable[[], Iterator[bytes]]) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces()


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Web:
    """Every connection leads into this web, whatever its host."""
    site, real = Web(), httpx.Client

    def client(**how: Any) -> httpx.Client:
        return real(**(how | {"transport": httpx.MockTransport(site), "proxy": None}))

    monkeypatch.setattr(module.httpx, "Client", client)
    return site
