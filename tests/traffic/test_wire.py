"""A connection that breaks: what is safe is sent once more, the rest is not; a busy service is waited for."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
import requests

from compliance.target.connection import Connection
from compliance.target.tape import Exchange
from compliance.traffic.wire import Aim, Refused, Session, Unanswered, Wire

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: 1\r\nX-A: 2\r\n\r\nok"
CRASH = b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"
BUSY = b"HTTP/1.1 429 Wait\r\nContent-Length: 0\r\nRetry-After: 0\r\n\r\n"
NOTHING = b""


class Server:
    """Gives one answer a connection, then closes it without a word."""

    def __init__(self, listener: socket.socket, answers: list[bytes]) -> None:
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        self.listener = listener
        self.answers = answers
        self.requests: list[bytes] = []

    def run(self) -> None:
        for answer in self.answers:
            connection, _ = self.listener.accept()
            with connection:
                self.requests.append(whole(connection))
                connection.sendall(answer)


def whole(connection: socket.socket) -> bytes:
    """A request to its end, however many segments it came in."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    length = re.search(rb"content-length: (\d+)", received, re.IGNORECASE)
    end = received.index(b"\r\n\r\n") + 4 + (int(length[1]) if length else 0)
    while len(received) < end:
        received += connection.recv(65536)
    return received


@contextmanager
def answering(*answers: bytes) -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(listener, list(answers))
        thread = Thread(target=server.run, daemon=True)
        thread.start()
        yield server
        thread.join(5)
        assert not thread.is_alive(), "fewer requests than expected"


@contextmanager
def wired(url: str, *, permitted: bool = True) -> Iterator[tuple[Session, list[Exchange]]]:
    seen: list[Exchange] = []
    wire = Wire(Connection(url), lambda: {"Authorization": "mine"}, lambda *request: permitted, seen.append)
    try:
        yield wire.session(), seen
    finally:
        wire.close()


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_safe_request_is_sent_once_more(method: str) -> None:
    answer = OK if method != "HEAD" else OK.removesuffix(b"ok")
    with answering(NOTHING, answer) as server, wired(server.url) as (session, seen):
        assert session.request(method, server.url).status_code == 200
    assert len(server.requests) == 2
    assert [exchange.status for exchange in seen] == [200]


def test_an_unsafe_request_is_not_sent_again() -> None:
    with answering(NOTHING) as server, wired(server.url) as (session, seen), pytest.raises(Unanswered):
        session.post(server.url, data=b"x")
    assert len(server.requests) == 1
    assert seen == []


def test_twice_without_an_answer_is_enough() -> None:
    with (
        answering(NOTHING, NOTHING) as server,
        wired(server.url) as (session, _),
        pytest.raises(requests.ConnectionError),
    ):
        session.get(server.url)


def test_after_a_crash_the_next_request_has_its_own_connection() -> None:
    with answering(CRASH, CRASH, OK) as server, wired(server.url) as (session, _):
        assert [session.post(server.url).status_code for _ in range(3)] == [500, 500, 200]


def test_a_busy_service_is_waited_for_once() -> None:
    closing = BUSY.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    with answering(closing, closing) as server, wired(server.url) as (session, seen):
        assert session.post(server.url).status_code == 429
    assert [exchange.busy for exchange in seen] == [True, True]


def test_the_exchange_is_the_one_on_the_wire() -> None:
    with answering(OK) as server, wired(server.url) as (session, seen):
        session.post(server.url, data=b"\xff\x00", headers={"X-Mine": "1"})
    (exchange,) = seen
    assert exchange.request_body == b"\xff\x00"
    assert server.requests[0].endswith(b"\r\n\r\n\xff\x00")
    assert ("Authorization", "mine") in exchange.request_headers
    assert ("X-Mine", "1") in exchange.request_headers
    assert [value for name, value in exchange.headers if name == "X-A"] == ["1", "2"]


def test_what_was_not_asked_about_is_refused_at_the_last_gate() -> None:
    with wired("http://127.0.0.1:9", permitted=False) as (session, seen), pytest.raises(Refused):
        session.get("http://127.0.0.1:9")
    assert seen == []


def test_the_wire_carries_the_name_of_the_actor_and_keeps_the_pace() -> None:
    seen: list[Exchange] = []
    paced: list[int] = []
    with answering(OK, OK) as server:
        wire = Wire(
            Connection(server.url),
            dict,
            lambda *_: True,
            seen.append,
            actor="alice",
            pace=lambda: paced.append(len(seen)),
        )
        for _ in range(2):
            wire.session().get(server.url)
            wire.session().drop_connections()
        wire.close()
    assert [exchange.actor for exchange in seen] == ["alice", "alice"]
    assert paced == [0, 1]


def test_an_approval_holds_for_exactly_that_request() -> None:
    asked: list[tuple[str, str, str, bytes]] = []

    def first_only(*request: object) -> bool:
        asked.append(request)  # type: ignore[arg-type]
        return len(asked) == 1

    wire = Wire(Connection("http://127.0.0.1:9"), dict, first_only, lambda exchange: None)
    approved = requests.Request("POST", "http://127.0.0.1:9/a", data=b"1").prepare()
    other = requests.Request("POST", "http://127.0.0.1:9/a", data=b"2").prepare()
    assert wire.take(Aim(operation="POST /a"), approved)
    wire.check(approved)
    with pytest.raises(Refused):
        wire.check(other)
    assert [body for *_, body in asked] == [b"1", b"2"]
