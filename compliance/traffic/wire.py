"""The wire of the engine: every request passes here, so that nothing leaves unasked or returns unrecorded."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeAlias, TypeVar

import httpx
import requests
from requests.exceptions import ConnectionError as LostConnection

from compliance.target.connection import Connection
from compliance.target.tape import BODY_CAP, Exchange
from compliance.target.wire import SAFE_METHODS
from compliance.traffic.trial import MaySend, Missed

#: The engine's own mark on a request: random, and none of the service's business.
MARK = "X-Schemathesis-TestCaseId"
#: Seconds that a busy service is waited for, once a request.
PATIENCE = 10.0

#: What requests takes as an option of sending.
Option: TypeAlias = Any

P = ParamSpec("P")
R = TypeVar("R")


class Refused(Exception):
    """A request that `may_send` does not permit was about to leave by a way that nobody asked about."""


class Unanswered(Exception):
    """An unsafe request got no answer. Nobody knows whether it was executed, so it is not sent again."""


class Halt(KeyboardInterrupt):
    """Ends the engine because something that the run gave us raised; the wire keeps what."""


@dataclass
class Aim:
    """What the request about to be sent is for."""

    case: str = ""
    operation: str = ""
    authorised: bool = True
    approved: tuple[str, str, bytes] | None = None


class Wire:
    """Asks before a request is sent, lends it the actor's headers, hands over its exchange."""

    def __init__(
        self,
        connection: Connection,
        headers: Callable[[], Mapping[str, str]],
        may_send: MaySend,
        observe: Callable[[Exchange], None],
        *,
        actor: str = "carol",
        pace: Callable[[], None] = lambda: None,
        auth: httpx.Auth | None = None,
        missed: Missed = lambda *_: None,
    ) -> None:
        #: how a request is sent, as the rules' own client does it
        self.way: Mapping[str, Option] = {
            "verify": connection.trusted or True,
            "proxies": {"all": connection.proxy} if connection.proxy else {},
        }
        self.actor = actor
        #: waits until the next request may leave
        self.pace = pace
        self.raised: BaseException | None = None
        #: the exchange of each generated case, until it is asked for
        self.exchanges: dict[str, Exchange] = {}
        self._headers = headers
        self._auth = auth
        self._may_send = may_send
        self._observe = observe
        self._missed = missed
        self._thread = _Thread()
        self._sessions: list[Session] = []

    def session(self) -> Session:
        """The session of this thread."""
        if self._thread.session is None:
            self._thread.session = Session(self)
            self._sessions.append(self._thread.session)
        return self._thread.session

    def close(self) -> None:
        for session in self._sessions:
            session.close()

    @property
    def aim(self) -> Aim:
        return self._thread.aim

    def point(self, aim: Aim) -> None:
        """Aim at a case, keeping what is known of it if it is the one aimed at."""
        if aim.case != self.aim.case:
            self._thread.aim = aim

    def take(self, aim: Aim, request: requests.PreparedRequest) -> bool:
        """Aim at a case whose request is known; False when it may not be sent."""
        self._thread.aim = aim
        seen = fingerprint(request)
        if not self._permits(seen):
            return False
        aim.approved = seen
        return True

    def check(self, request: requests.PreparedRequest) -> None:
        """The last gate. Raises Refused unless exactly this request was approved, or is permitted now."""
        seen = fingerprint(request)
        if seen != self.aim.approved and not self._permits(seen):
            raise Refused(f"{seen[0]} {seen[1]} was not sent: it is not permitted")

    def _permits(self, seen: tuple[str, str, bytes]) -> bool:
        method, url, body = seen
        return self._guarded(self._may_send, method, self.aim.operation, url, body)

    def credentials(self) -> Mapping[str, str]:
        """The headers that make a request the actor's, none where wrong ones are its very point."""
        return self._guarded(self._headers) if self.aim.authorised else {}

    def sign(self, request: requests.PreparedRequest) -> None:
        """Have the actor's own way of signing add its headers; what it would learn from an answer first is left out."""
        if self._auth is None or not self.aim.authorised:
            return
        method, url, body = fingerprint(request)
        plain = httpx.Request(
            method, url, headers={text(k): text(v) for k, v in request.headers.items()}, content=body
        )
        before = {name: plain.headers[name] for name in plain.headers}
        flow = self._auth.sync_auth_flow(plain)
        signed = self._guarded(next, flow)
        flow.close()
        if signed.url == plain.url:
            added = {name: value for name, value in signed.headers.items() if before.get(name) != value}
            request.headers.update(added)

    def record(self, exchange: Exchange) -> None:
        if self.aim.case:
            self.exchanges[self.aim.case] = exchange
        self._guarded(self._observe, exchange)

    def miss(self, request: requests.PreparedRequest, lost: LostConnection) -> None:
        """Tell of a request that got no answer."""
        method, url, sent = fingerprint(request)
        headers = tuple((text(name), text(value)) for name, value in request.headers.items())
        exchange = Exchange(self.actor, self.aim.operation, method, url, headers, sent[:BODY_CAP], 0, (), b"")
        self._guarded(self._missed, exchange, lost, never_left(lost))

    def _guarded(self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call what the run gave us; whatever it raises ends the engine, and `engine.run` raises it again."""
        try:
            return call(*args, **kwargs)
        except BaseException as raised:
            self.raised = self.raised or raised
            raise Halt from raised


class _Thread(threading.local):
    """What every thread has for itself."""

    def __init__(self) -> None:
        self.aim = Aim()
        self.session: Session | None = None


class Session(requests.Session):
    """The HTTP session that the engine is given."""

    def __init__(self, wire: Wire) -> None:
        super().__init__()
        self.wire = wire
        self.headers.clear()
        # What the environment says was read already; a netrc would make an anonymous request somebody's.
        self.trust_env = False

    def send(self, request: requests.PreparedRequest, **kwargs: Option) -> requests.Response:
        request.headers.pop(MARK, None)
        request.headers.update(self.wire.credentials())
        self.wire.sign(request)
        self.wire.check(request)
        response = self._deliver(request, kwargs)
        pause = retry_after(response)
        if pause is not None:
            threading.Event().wait(pause)
            response = self._deliver(request, kwargs)
        # The next case is another visitor.
        self.cookies.clear()
        return response

    def _deliver(self, request: requests.PreparedRequest, options: Mapping[str, Option]) -> requests.Response:
        try:
            response = self._exchange(request, options)
        except LostConnection as lost:
            self.drop_connections()
            self.wire.miss(request, lost)
            if never_left(lost):
                raise
            if request.method not in SAFE_METHODS:
                raise Unanswered(f"{request.method} {request.url} got no answer ({lost})") from lost
            try:
                response = self._exchange(request, options)
            except LostConnection as again:
                self.wire.miss(request, again)
                raise
        if response.status_code >= 500:
            # Uvicorn closes the connection after an unhandled exception without saying so.
            self.drop_connections()
        return response

    def _exchange(
        self, request: requests.PreparedRequest, options: Mapping[str, Option]
    ) -> requests.Response:
        self.wire.pace()
        response = super().send(request, **{**options, **self.wire.way})
        body = b"" if is_stream(response) else response.content
        self.wire.record(to_exchange(self.wire.actor, self.wire.aim.operation, request, response, body))
        return response

    def drop_connections(self) -> None:
        for adapter in self.adapters.values():
            adapter.close()


def to_exchange(
    actor: str,
    operation: str,
    request: requests.PreparedRequest,
    response: requests.Response,
    body: bytes,
) -> Exchange:
    method, url, sent = fingerprint(request)
    return Exchange(
        actor=actor,
        operation=operation,
        method=method,
        url=url,
        request_headers=tuple((text(name), text(value)) for name, value in request.headers.items()),
        request_body=sent[:BODY_CAP],
        status=response.status_code,
        headers=tuple((text(name), text(value)) for name, value in response.raw.headers.iteritems()),
        body=body[:BODY_CAP],
    )


def fingerprint(request: requests.PreparedRequest) -> tuple[str, str, bytes]:
    """Method, URL and body, which is all that tells one request from another."""
    body = request.body or b""
    content = body.encode() if isinstance(body, str) else body
    return str(request.method), str(request.url), content if isinstance(content, bytes) else b""


def text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def is_stream(response: requests.Response) -> bool:
    """An event stream may never end; the engine reads a part of it itself."""
    return response.headers.get("content-type", "").lower().startswith("text/event-stream")


def retry_after(response: requests.Response) -> float | None:
    """How long a busy service asks to be left alone, None when it does not."""
    asked = response.headers.get("retry-after")
    if response.status_code not in (429, 503) or asked is None:
        return None
    return min(float(asked), PATIENCE) if asked.isdigit() else 1.0


def never_left(lost: LostConnection) -> bool:
    """There was nobody to take the request."""
    return "NewConnectionError" in repr(lost) or isinstance(lost, requests.exceptions.ConnectTimeout)
