"""Sending requests: one HTTP client that records everything, waits for a busy service and is careful with retries."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NoReturn

from compliance.catalogue import Untested
from compliance.target.company import Company
from compliance.target.connection import Connection, printable
from compliance.target.errors import TargetGone
from compliance.target.pace import Pace
from compliance.target.tape import BODY_CAP, Exchange, Tape
from compliance.target.wire import SAFE_METHODS, Request, built, pairs, recorded

if TYPE_CHECKING:
    import httpx
else:
    from compliance.target.deferred import httpx

#: Transport failures in a row after which the run ends.
PATIENCE = 3
#: Seconds that a run waits in all for a service that asks it to.
WAITING_BUDGET = 60.0


class Client:
    """Sends to one origin only, records every exchange, never follows a redirect and keeps no cookie."""

    def __init__(
        self,
        connection: Connection,
        tape: Tape,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.perf_counter,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        # As httpx writes it, which leaves a default port out: recorded URLs begin with it.
        self.base_url = str(httpx.URL(connection.base_url)).rstrip("/")
        self.connection = connection
        self.tape = tape
        self.pace = Pace(connection.rate, sleep)
        self._sleep = sleep
        self._clock = clock
        self._transport = transport
        self._failures = 0
        #: the last request that left since the last answer, and got none itself
        self._unanswered: Exchange | None = None
        #: how it was told that the service is away, None as long as it answers
        self.gone: TargetGone | None = None
        #: requests on which a connection was dropped, in their order; whoever judges it sends them again
        self.dropped: list[Exchange] = []
        self._waited = 0.0
        #: methods and paths that asked to wait until nobody waited any more
        self._tiring: set[tuple[str, str]] = set()
        self._http = self.connect()
        self._company = Company(self)

    def connect(self) -> httpx.Client:
        """A way to the target of its own."""
        return self.connection.open(transport=self._transport)

    def reconnect(self) -> None:
        """Drop every pooled connection: after a 5xx some servers close theirs without saying so."""
        self._http.close()
        self._http = self.connect()

    def close(self) -> None:
        self._http.close()
        self._company.close()

    def below(self, url: str) -> str:
        """Path and query of a URL as a request states them: without what the base of the target has of a path."""
        return _beyond_host(url).removeprefix(_beyond_host(self.base_url))

    def rest(self, seconds: float) -> None:
        """Send nothing for a while."""
        self._sleep(seconds)

    def send(self, request: Request) -> Exchange:
        """Send and record.

        Raises Untested when there was no answer or the service stays busy, TargetGone when it is away.
        """
        place = (request.method, request.path)
        for _ in range(1 if place in self._tiring else 4):
            exchange = self._attempt(request)
            if not exchange.busy:
                self._tiring.discard(place)
                return exchange
            if place not in self._tiring:
                self._wait(exchange)
        self._tiring.add(place)
        raise Untested(
            f"the service keeps asking to wait ({exchange.status} to {request.method} {request.path})"
        )

    def once(self, request: Request) -> Exchange:
        """Send and record, and wait for nothing: that the service asks to wait may be what is looked for.

        Raises Untested when there was no answer, TargetGone when it is away.
        """
        return self._attempt(request)

    def repeat(self, exchange: Exchange) -> Exchange:
        """Send a recorded request again, byte for byte, on a fresh connection."""
        self.reconnect()
        return self.send(self._as_recorded(exchange))

    def _as_recorded(self, exchange: Exchange) -> Request:
        path = self.below(exchange.url)
        dull = ("host", "content-length", "connection")
        headers = tuple((name, value) for name, value in exchange.request_headers if name.lower() not in dull)
        content = exchange.request_body or None
        return Request(
            exchange.method,
            path,
            headers=headers,
            content=content,
            actor=exchange.actor,
            operation=exchange.operation,
        )

    def together(self, requests: Sequence[Request]) -> list[Exchange]:
        """Send all at one moment, see `compliance.target.company`."""
        return self._company.together(requests)

    def several(self, requests: Sequence[Request]) -> list[Exchange | Untested]:
        """Send what may arrive in any order, see `compliance.target.company`."""
        return self._company.several(requests)

    def _attempt(self, request: Request) -> Exchange:
        self.pace.keep()
        try:
            exchange = self.record(request, self._http)
        except (httpx.InvalidURL, UnicodeEncodeError) as failure:  # the latter for half a surrogate pair
            raise Untested(f"{request.method} {request.path} cannot be sent: {failure}") from failure
        except httpx.HTTPError as failure:
            self.reconnect()
            if request.method not in SAFE_METHODS:
                # Nobody knows whether it was executed, so it is not sent again.
                self.missed(self.as_sent(request), failure, is_refused(failure))
            if not is_refused(failure):
                self.lost(self.as_sent(request), failure)
            try:
                exchange = self.record(request, self._http)
            except httpx.HTTPError as again:
                self.missed(self.as_sent(request), again, is_refused(again))
        self.answered()
        if exchange.status >= 500:
            self.reconnect()
        return exchange

    def answered(self) -> None:
        """Take note that the service is there."""
        self._failures, self._unanswered, self.gone = 0, None, None

    def make_sure(self) -> None:
        """Ask until it answers, where it did not answer last. Raises TargetGone where it is away."""
        while self._failures:
            with contextlib.suppress(Untested):
                self.send(Request("GET", "/"))

    def lost(self, sent: Exchange, failure: Exception) -> None:
        """Take note of a request that left and got no answer: if nothing else does, it may be what stopped the service."""
        self._unanswered = sent
        if is_drop(failure):
            self.dropped.append(sent)

    def drops(self, sent: Exchange) -> bool:
        """Whether a recorded request has its connection dropped, sent again on a fresh one by which nothing was sent before.

        Raises Untested where another thing becomes of it, TargetGone where the service is away.
        """
        self.reconnect()
        try:
            self.record(self._as_recorded(sent), self._http)
        except httpx.HTTPError as failure:
            self.reconnect()
            if not is_drop(failure):
                raise Untested(f"{sent.method} {sent.url} got no answer: {failure}") from failure
            return True
        return False

    def missed(self, sent: Exchange, failure: Exception, refused: bool) -> NoReturn:
        """Count a request that got no answer; refused: nobody took the connection, so that it never left.

        Raises Untested, and TargetGone after several in a row.
        """
        self._failures += 1
        if not refused:
            self.lost(sent, failure)
        path = _beyond_host(sent.url).partition("?")[0] or "/"
        words = f"{sent.method} {path} got no answer ({type(failure).__name__}: {failure})"
        if self._failures < PATIENCE:
            raise Untested(words) from failure
        last = self._unanswered or next(reversed(self.tape.exchanges), None)
        after = ""
        if last is not None:
            after = f" after {last.method} {_beyond_host(last.url).partition('?')[0] or '/'} as {last.actor}"
        said = "it takes no connection any more" if refused else "requests get no answer any more"
        self.gone = TargetGone(f"{printable(self.base_url)} stopped answering{after}: {said}", last)
        raise self.gone from failure

    def as_sent(self, request: Request) -> Exchange:
        """A request that got no answer, as it would stand on the tape."""
        return recorded(request, built(request, self._http, self.base_url), 0, (), b"")

    def record(self, request: Request, http: httpx.Client, *, crowded: bool = False) -> Exchange:
        """Send on that way, and record the answer. Raises what httpx raises."""
        exchange = self.exchange(request, http, crowded=crowded)
        self.tape.record(exchange)
        return exchange

    def exchange(self, request: Request, http: httpx.Client, *, crowded: bool = False) -> Exchange:
        """The same, not recorded."""
        ready = built(request, http, self.base_url)
        begun = self._clock()
        answer = http.send(ready, auth=request.auth, stream=True)
        try:
            body = self._read(answer)
        finally:
            answer.close()
            http.cookies.clear()  # one actor's session must not become everybody's
        return recorded(
            request,
            answer.request,
            answer.status_code,
            pairs(answer.headers),
            body,
            seconds=self._clock() - begun,
            crowded=crowded,
        )

    def _read(self, answer: httpx.Response) -> bytes:
        """As much of the body as the tape keeps: an export or an event stream may be endless."""
        if answer.headers.get("content-type", "").lower().startswith("text/event-stream"):
            return b""
        body, end = bytearray(), time.monotonic() + 2 * self.connection.timeout
        for piece in answer.iter_bytes(1 << 16):
            body += piece
            if len(body) >= BODY_CAP:
                break
            if time.monotonic() > end:
                raise httpx.ReadTimeout(
                    f"the body did not end within {2 * self.connection.timeout:g} seconds"
                )
        return bytes(body[:BODY_CAP])

    def _wait(self, exchange: Exchange) -> None:
        asked = exchange.header("retry-after") or "1"
        seconds = min(float(asked) if asked.isdigit() else 1.0, WAITING_BUDGET)
        self._waited += seconds
        if self._waited > WAITING_BUDGET:
            raise Untested("the service asked to wait for longer than a run waits in all")
        self._sleep(seconds)


def is_drop(failure: Exception) -> bool:
    """Whether a connection ended before the answer did: not that it was never there, and not that it was slow."""
    return isinstance(failure, httpx.RemoteProtocolError | httpx.ReadError) or _is_engines_drop(failure)


def is_refused(failure: Exception) -> bool:
    """Whether nobody took the connection, so that the request never left."""
    return isinstance(failure, httpx.ConnectError)


def _is_engines_drop(failure: Exception) -> bool:
    """The same, as the library of the traffic engine says it."""
    words = repr(failure)
    return any(one in words for one in ("RemoteDisconnected", "IncompleteRead", "ConnectionResetError"))


def _beyond_host(url: str) -> str:
    """Path and query of a URL as they stand there, empty where it ends with the host."""
    _, slash, rest = url.partition("://")[2].partition("/")
    return slash + rest
