"""Fetching documents: from one origin, a bounded number of them, each of a bounded size, in a bounded time."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import httpx

from compliance.target.connection import Connection, origin, printable, root
from compliance.target.errors import TargetError, Unreachable
from compliance.target.failures import explained
from compliance.target.pace import Pace
from compliance.target.reading import LARGEST

#: JSON first: YAML takes fifty times as long to read. One encoding only, because a bomb in a bomb has no bound.
HEADERS = {
    "Accept": "application/json, application/vnd.oai.openapi+json, application/openapi+json, */*;q=0.1",
    "Accept-Encoding": "gzip",
}
REDIRECTS = 5
#: Seconds that the search for a document and the reading of it may take in all.
PATIENCE = 120.0


@dataclass(frozen=True)
class Page:
    """An answer to a GET: `url` is where it came from in the end, after redirects."""

    url: str
    status: int
    kind: str
    body: bytes = field(repr=False)
    #: where a redirect leads that is not followed, because it leaves the origin
    elsewhere: str = ""

    @property
    def found(self) -> bool:
        return self.status == 200

    @property
    def denied(self) -> bool:
        return self.status in (401, 403)

    @property
    def html(self) -> bool:
        return "html" in self.kind or self.body[:200].lstrip().lower().startswith(
            (b"<!doctype html", b"<html")
        )

    def __str__(self) -> str:
        if self.elsewhere:
            return f"{self.status} to {printable(root(self.elsewhere))}"
        return f"{self.status} {self.kind}" if self.found else str(self.status)


class Downloads:
    """A context that GETs from the origin of a connection and from nowhere else. Each page is fetched once."""

    def __init__(
        self,
        connection: Connection,
        *,
        headers: Mapping[str, str] | None = None,
        auth: httpx.Auth | None = None,
        limit: int = 200,
    ) -> None:
        self.connection = connection
        self._headers = {**HEADERS, **(headers or {})}
        self._auth = auth
        self._end = time.monotonic() + PATIENCE
        self._left = limit
        self._pace = Pace(connection.rate, time.sleep)
        self._known: dict[str, Page] = {}

    def __enter__(self) -> Self:
        self._http = self.connection.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def get(self, url: str) -> Page:
        """The page at that URL. Raises Unreachable where nothing answers, TargetError where the answer is too much."""
        url = url.partition("#")[0]
        if url not in self._known:
            self._known[url] = self._follow(url)
        return self._known[url]

    def _follow(self, url: str) -> Page:
        seen = url
        for _ in range(REDIRECTS + 1):
            page, leads = self._once(seen)
            if not leads:
                return page
            if origin(leads) != origin(self.connection.base_url):
                return replace(page, elsewhere=leads)
            seen = leads
        return page

    def _once(self, url: str) -> tuple[Page, str]:
        if origin(url) != origin(self.connection.base_url):
            raise TargetError(
                f"{printable(url)} was not asked for: it is not at {printable(self.connection.base_url)}"
            )
        if self._left <= 0:
            raise TargetError(
                f"the search for the document at {printable(self.connection.base_url)} took too many requests"
            )
        self._left -= 1
        self._check_time(url)
        self._pace.keep()
        try:
            try:
                return self._read(url)
            except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
                # The service may have closed the connection of the last request in this very moment.
                return self._read(url)
        except httpx.HTTPError as failure:
            raise Unreachable(explained(failure, url, self.connection)) from None
        except (httpx.InvalidURL, ValueError) as failure:
            raise TargetError(f"{printable(url)} is no URL: {failure}") from None

    def _read(self, url: str) -> tuple[Page, str]:
        with self._http.stream("GET", url, headers=self._headers, auth=self._auth) as answer:
            self._http.cookies.clear()
            kind = str(answer.headers.get("content-type", "without a content type")).partition(";")[0].strip()
            leads = urljoin(url, answer.headers["location"]) if answer.has_redirect_location else ""
            body = b"".join(self._bounded(answer, url)) if _worth_reading(answer, kind) else b""
            return Page(url, answer.status_code, kind, body), leads

    def _bounded(self, answer: httpx.Response, url: str) -> Iterator[bytes]:
        """The content, unpacked step by step, so that what is too much is never held."""
        left = LARGEST
        for piece in _unpacked(answer, url):
            left -= len(piece)
            if left < 0:
                raise TargetError(
                    f"the document at {printable(url)} has more than {LARGEST:,} bytes, which is what the kit reads at most"
                )
            self._check_time(url)
            yield piece

    def _check_time(self, url: str) -> None:
        if time.monotonic() > self._end:
            raise TargetError(
                f"the document was not to be had within {PATIENCE:.0f} seconds; {printable(url)} was the last that was asked. "
                "Give a saved copy: --openapi=FILE"
            )


def _worth_reading(answer: httpx.Response, kind: str) -> bool:
    """An event stream may never end. Of other answers so much is read that the connection can be used again."""
    if answer.status_code == 200:
        return kind != "text/event-stream"
    left = 1 << 16
    for piece in answer.iter_raw():
        left -= len(piece)
        if left < 0:
            break
    return False


def _unpacked(answer: httpx.Response, url: str) -> Iterator[bytes]:
    encoding = answer.headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("", "identity"):
        yield from answer.iter_raw()
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise TargetError(
            f"the document at {printable(url)} comes as {encoding}, and the kit asked for gzip or nothing"
        )
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)
    step = 1 << 20
    try:
        for piece in answer.iter_raw():
            rest = piece
            while rest:
                yield unpacker.decompress(rest, step)
                rest = unpacker.unconsumed_tail
        yield unpacker.flush(step)
    except zlib.error as failure:
        raise TargetError(f"the document at {printable(url)} comes as broken {encoding}: {failure}") from None
