"""The client: patient with a busy service, careful with what must not be sent twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from compliance.catalogue import Untested
from compliance.target import client as module
from compliance.target.client import WAITING_BUDGET, Client
from compliance.target.connection import Connection, is_loopback
from compliance.target.errors import TargetGone
from compliance.target.tape import BODY_CAP, Tape
from compliance.target.wire import Request
from tests.target.web import Pieces

Answer = httpx.Response | Exception
GET, POST = Request("GET", "/things"), Request("POST", "/things", json={"a": 1})


class Wire:
    """A service that gives these answers, one a request, and the last one for ever."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


def ok(status: int = 200, **headers: str) -> httpx.Response:
    return httpx.Response(status, headers={k.replace("_", "-"): v for k, v in headers.items()}, content=b"{}")


def lost() -> Exception:
    return httpx.RemoteProtocolError("closed")


@pytest.fixture
def naps() -> list[float]:
    return []


@pytest.fixture
def connect(naps: list[float]) -> Iterator[Callable[..., tuple[Client, Wire]]]:
    clients: list[Client] = []

    def make(*answers: Answer, **options: Any) -> tuple[Client, Wire]:
        wire = Wire(*answers)
        client = Client(
            Connection("http://127.0.0.1:1/", **options),
            Tape(),
            sleep=naps.append,
            transport=httpx.MockTransport(wire),
        )
        clients.append(client)
        return client, wire

    yield make
    for client in clients:
        client.close()


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://127.8.9.1", True),
        ("http://[::1]:8000/x", True),
        ("http://localhost", True),
        ("http://api.localhost:1", True),
        ("http://LOCALHOST", True),
        ("http://localhost.example.org", False),
        ("http://192.168.0.1", False),
        ("http://0.0.0.0", False),
        ("http://127.0.0.1.example.org", False),
        ("http://127.0.0.1@example.org", False),
        ("", False),
    ],
)
def test_this_machine_is_told_from_others_without_resolving_names(url: str, here: bool) -> None:
    assert is_loopback(url) is here


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:80", "https://127.0.0.1:443/", "http://127.0.0.1:80/base/", "http://127.0.0.1:8"],
)
def test_a_request_is_repeated_at_the_same_url(url: str) -> None:
    wire = Wire(ok())
    client = Client(Connection(url), Tape(), transport=httpx.MockTransport(wire))
    first = client.send(Request("GET", "/things", params={"q": "a b/c"}))
    assert client.repeat(first).url == first.url
    client.close()


@pytest.mark.parametrize(
    "request_",
    [Request("GET", "/a\x00b"), Request("POST", "/login", form={"name": "\ud800"})],
    ids=["no URL", "no text"],
)
def test_what_cannot_be_written_is_untested(connect, request_: Request) -> None:
    client, _ = connect(ok())
    with pytest.raises(Untested, match="cannot be sent"):
        client.send(request_)
    with pytest.raises(Untested, match="got no answer among others"):
        client.together([request_])


def test_half_a_surrogate_pair_is_written_as_json_can(connect) -> None:
    client, wire = connect(ok())
    client.send(Request("POST", "/login", json={"name": "\ud800"}))
    (sent,) = wire.requests
    assert (sent.content, sent.headers["content-type"]) == (b'{"name": "\\ud800"}', "application/json")


def test_a_read_that_lost_its_connection_is_sent_again(connect) -> None:
    client, wire = connect(lost(), ok())
    assert client.send(GET).status == 200
    assert len(wire.requests) == 2
    assert len(client.tape) == 1


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_write_that_got_no_answer_is_not_sent_again(connect, method: str) -> None:
    client, wire = connect(lost(), ok())
    with pytest.raises(Untested, match=f"{method} /things got no answer"):
        client.send(Request(method, "/things"))
    assert len(wire.requests) == 1


def test_three_failures_in_a_row_end_the_run(connect) -> None:
    client, _ = connect(lost())
    for _ in range(2):
        with pytest.raises(Untested):
            client.send(GET)
    with pytest.raises(TargetGone, match="stopped answering"):
        client.send(GET)


def test_an_answer_between_them_makes_failures_be_forgotten(connect) -> None:
    client, _ = connect(lost(), lost(), ok(), lost())
    for _ in range(2):
        with pytest.raises(Untested):
            client.send(POST)
    client.send(POST)
    with pytest.raises(Untested):
        client.send(POST)


@pytest.mark.parametrize(
    ("answer", "nap"),
    [
        (ok(429, retry_after="7"), 7.0),
        (ok(503, retry_after="2"), 2.0),
        (ok(429), 1.0),
        (ok(429, retry_after="Wed, 21 Oct 2015 07:28:00 GMT"), 1.0),
        (ok(429, retry_after="-5"), 1.0),
        (ok(429, retry_after="0"), 0.0),
    ],
)
def test_a_busy_service_is_waited_for_even_with_a_write(connect, naps, answer, nap) -> None:
    client, wire = connect(answer, ok(201))
    assert client.send(POST).status == 201
    assert naps == [nap]
    assert wire.requests[0].content == wire.requests[1].content


def test_a_service_that_stays_busy_is_no_evidence(connect, naps) -> None:
    client, wire = connect(ok(429, retry_after="1"))
    with pytest.raises(Untested, match="keeps asking to wait"):
        client.send(GET)
    assert len(wire.requests) == 4


def test_what_stays_busy_is_not_waited_for_again_until_it_answers(connect, naps) -> None:
    client, wire = connect(*[ok(503, retry_after="1")] * 5, ok(201), ok(503, retry_after="1"), ok(201))
    for _ in range(2):
        with pytest.raises(Untested, match="keeps asking to wait"):
            client.send(POST)
    assert len(wire.requests) == 5
    assert len(naps) == 4
    assert client.send(POST).status == 201
    assert client.send(POST).status == 201
    assert len(naps) == 5


def test_a_run_waits_no_longer_than_its_budget(connect, naps) -> None:
    client, _ = connect(ok(429, retry_after="86400"))
    with pytest.raises(Untested, match="longer than a run waits"):
        client.send(GET)
    assert sum(naps) <= WAITING_BUDGET


def test_an_unavailable_service_that_names_no_time_is_an_answer(connect, naps) -> None:
    client, _ = connect(ok(503))
    assert client.send(GET).status == 503
    assert naps == []


def test_the_rate_is_kept(connect, naps, monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([100.0, 100.0, 100.05])
    monkeypatch.setattr("compliance.target.pace.time", SimpleNamespace(monotonic=lambda: next(now)))
    client, _ = connect(ok(), rate=10)
    for _ in range(3):
        client.send(GET)
    assert naps == [pytest.approx(0.1), pytest.approx(0.15)]


def test_a_redirect_is_an_answer_and_never_followed(connect) -> None:
    client, wire = connect(ok(307, location="http://elsewhere.example.org/"))
    request = Request("GET", "/things", headers=(("Authorization", "Bearer x"),))
    assert client.send(request).status == 307
    assert [str(one.url) for one in wire.requests] == ["http://127.0.0.1:1/things"]


def test_an_exchange_is_recorded_as_it_was(connect) -> None:
    client, _ = connect(httpx.Response(200, headers=[(b"X-Odd", b"\xe4")], content=b"x" * (BODY_CAP + 1)))
    request = Request(
        "POST",
        "/things",
        params={"q": "a b&c"},
        headers=(("X-A", "1"), ("X-A", "2")),
        form={"k": "ü"},
        actor="alice",
        operation="op",
    )
    exchange = client.send(request)
    assert list(client.tape) == [exchange]
    assert (exchange.actor, exchange.operation, exchange.method) == ("alice", "op", "POST")
    assert exchange.url.replace("%20", "+") == "http://127.0.0.1:1/things?q=a+b%26c"
    assert exchange.header("x-odd") == "ä"
    assert exchange.request_body == b"k=%C3%BC"
    assert [value for name, value in exchange.request_headers if name == "X-A"] == ["1", "2"]
    assert len(exchange.body) == BODY_CAP


def test_json_null_and_false_are_bodies_too(connect) -> None:
    client, wire = connect(ok())
    client.send(Request("POST", "/", json=False))
    assert wire.requests[0].content == b"false"


def test_an_exchange_is_repeated_byte_for_byte(connect) -> None:
    client, wire = connect(ok())
    first = client.send(
        Request(
            "POST",
            "/a",
            params={"q": "%20"},
            content=b'{"broken"',
            headers=(("Content-Type", "application/json"),),
        )
    )
    client.repeat(first)
    before, after = wire.requests
    assert (before.method, before.url, before.content) == (after.method, after.url, after.content)
    assert before.headers["content-type"] == after.headers["content-type"]


def test_requests_sent_together_are_answered_in_their_order(connect) -> None:
    client, _ = connect(ok())
    paths = [f"/{number}" for number in range(8)]
    answers = client.together([Request("GET", path) for path in paths])
    assert [answer.url.removeprefix(client.base_url) for answer in answers] == paths
    assert len(client.tape) == 8


def test_a_lost_connection_among_requests_sent_together_is_no_crash(connect) -> None:
    client, _ = connect(ok(), lost())
    with pytest.raises(Untested):
        client.together([GET, GET])


def test_no_cookie_of_one_actor_goes_out_for_another(connect) -> None:
    client, wire = connect(httpx.Response(200, headers={"Set-Cookie": "session=alice; Path=/"}), ok())
    client.send(GET)
    client.send(GET)
    assert "cookie" not in wire.requests[1].headers


def test_the_tape_keeps_what_a_signature_added(connect) -> None:
    client, _ = connect(ok())
    exchange = client.send(Request("GET", "/things", auth=httpx.BasicAuth("a", "b")))
    assert any(name.lower() == "authorization" for name, _ in exchange.request_headers)


def test_no_more_of_a_body_is_read_than_the_tape_keeps() -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while True:
            sent += 100_000
            yield b"x" * 100_000

    def wire(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Pieces(endless))

    client = Client(Connection("http://127.0.0.1:1"), Tape(), transport=httpx.MockTransport(wire))
    assert len(client.send(GET).body) == BODY_CAP
    assert sent < BODY_CAP + 200_000
    client.close()


def test_a_body_that_drips_and_one_that_never_ends_hold_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0

    def drip() -> Iterator[bytes]:
        nonlocal now
        while True:
            now += 7
            yield b"x" * (1 << 16)

    def wire(request: httpx.Request) -> httpx.Response:
        kind = "text/event-stream" if request.url.path == "/events" else "text/plain"
        return httpx.Response(200, headers={"content-type": kind}, stream=Pieces(drip))

    monkeypatch.setattr(module.time, "monotonic", lambda: now)
    client = Client(Connection("http://127.0.0.1:1", timeout=10), Tape(), transport=httpx.MockTransport(wire))
    assert client.send(Request("GET", "/events")).body == b""
    assert now == 0
    with pytest.raises(Untested, match="did not end within 20 seconds"):
        client.send(GET)
    client.close()


class TestDrops:
    def test_a_dropped_request_is_kept_for_whoever_judges_it(
        self, connect: Callable[..., tuple[Client, Wire]]
    ):
        client, _ = connect(lost(), ok())
        with pytest.raises(Untested):
            client.send(POST)

        assert [(sent.method, sent.status, sent.request_body) for sent in client.dropped] == [
            ("POST", 0, b'{"a":1}')
        ]

    def test_one_that_is_slow_or_never_left_is_not(self, connect: Callable[..., tuple[Client, Wire]]):
        client, _ = connect(httpx.ReadTimeout("slow"), httpx.ConnectError("refused"), ok())
        for _ in range(2):
            with pytest.raises(Untested):
                client.send(POST)

        assert client.dropped == []

    def test_it_is_sent_again_as_it_was(self, connect: Callable[..., tuple[Client, Wire]]):
        client, wire = connect(lost(), lost(), ok(500), httpx.ReadTimeout("slow"))
        with pytest.raises(Untested):
            client.send(POST)
        sent = client.dropped[0]

        assert client.drops(sent) is True
        assert client.drops(sent) is False
        with pytest.raises(Untested):
            client.drops(sent)
        assert {request.content for request in wire.requests} == {b'{"a":1}'}
