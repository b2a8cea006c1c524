"""Requests of which a few are under way at one time: each as carefully sent as alone, and nobody's fault for another's."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import httpx
import pytest

from compliance.catalogue import Untested
from compliance.target.client import Client
from compliance.target.company import HANDS
from compliance.target.connection import Connection
from compliance.target.errors import TargetGone
from compliance.target.tape import Tape
from compliance.target.wire import Request

Handler = Callable[[httpx.Request], httpx.Response]


def connected(handler: Handler, **options: float) -> Client:
    return Client(
        Connection("http://127.0.0.1:1/", **options),
        Tape(),
        sleep=lambda _: None,
        transport=httpx.MockTransport(handler),
    )


def requests(method: str = "GET", count: int = 12) -> list[Request]:
    return [Request(method, f"/{number}") for number in range(count)]


def paths(client: Client) -> list[str]:
    return [client.below(exchange.url) for exchange in client.tape]


def test_answers_and_the_tape_keep_the_order_of_the_requests() -> None:
    def late_first(request: httpx.Request) -> httpx.Response:
        time.sleep(0.02 if request.url.path == "/0" else 0)
        return httpx.Response(200, content=request.url.path)

    client = connected(late_first)
    answers = client.several(requests())
    assert [one.text for one in answers if not isinstance(one, Untested)] == paths(client)
    assert paths(client) == [f"/{number}" for number in range(12)]
    assert not any(one.crowded for one in client.tape)


def test_no_more_are_under_way_than_there_are_hands() -> None:
    here, most, lock = 0, 0, threading.Lock()

    def count(_: httpx.Request) -> httpx.Response:
        nonlocal here, most
        with lock:
            here += 1
            most = max(most, here)
        time.sleep(0.005)
        with lock:
            here -= 1
        return httpx.Response(200)

    connected(count).several(requests(count=30))
    assert 1 < most <= HANDS


def test_a_rate_that_is_kept_sends_one_after_another() -> None:
    here: list[int] = []

    def alone(_: httpx.Request) -> httpx.Response:
        here.append(threading.get_ident())
        return httpx.Response(200)

    connected(alone, rate=10_000).several(requests(count=4))
    assert set(here) == {threading.get_ident()}


@pytest.mark.parametrize("status", [500, 429])
def test_what_fails_in_company_is_asked_again_alone(status: int) -> None:
    def fails_beside_others(_: httpx.Request) -> httpx.Response:
        alone = threading.current_thread() is threading.main_thread()
        return httpx.Response(201 if alone else status, headers={"Retry-After": "1"} if status == 429 else {})

    client = connected(fails_beside_others)
    answers = client.several(requests("POST", 3))
    assert [one.status for one in answers if not isinstance(one, Untested)] == [201, 201, 201]
    assert [(one.status, one.crowded) for one in client.tape] == [(status, True)] * 3 + [(201, False)] * 3


def test_what_fails_alone_as_well_is_told() -> None:
    answers = connected(lambda _: httpx.Response(500)).several(requests("POST", 2))
    assert [(one.status, one.crowded) for one in answers if not isinstance(one, Untested)] == [
        (500, False)
    ] * 2


def test_a_write_that_got_no_answer_is_not_sent_again_and_the_others_are_heard() -> None:
    seen: list[str] = []

    def drops_one(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.path)
        if request.url.path == "/1":
            raise httpx.RemoteProtocolError("closed")
        return httpx.Response(201)

    client = connected(drops_one)
    answers = client.several(requests("POST", 3))
    assert [isinstance(one, Untested) for one in answers] == [False, True, False]
    assert sorted(seen) == ["/0", "/1", "/2"]
    assert [client.below(one.url) for one in client.dropped] == ["/1"]


def test_reads_that_lost_their_connection_are_sent_again() -> None:
    lost: set[str] = set()

    def drops_each_once(request: httpx.Request) -> httpx.Response:
        if request.url.path not in lost:
            lost.add(request.url.path)
            raise httpx.RemoteProtocolError("closed")
        return httpx.Response(200)

    assert not any(isinstance(one, Untested) for one in connected(drops_each_once).several(requests()))


def test_writes_lost_at_one_time_count_once() -> None:
    def drops_all(_: httpx.Request) -> httpx.Response:
        raise httpx.RemoteProtocolError("closed")

    answers = connected(drops_all).several(requests("POST"))
    assert all(isinstance(one, Untested) for one in answers)


def test_a_service_that_is_away_ends_the_run() -> None:
    def away(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(TargetGone):
        connected(away).several(requests("POST"))


def test_no_cookie_of_one_goes_out_for_another() -> None:
    sent: list[str | None] = []

    def gives_a_cookie(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers.get("cookie"))
        return httpx.Response(200, headers={"Set-Cookie": "session=alice; Path=/"})

    client = connected(gives_a_cookie)
    client.several(requests(count=20))
    client.several(requests(count=20))
    assert sent == [None] * 40
    client.close()


def test_what_cannot_be_written_is_told_of_that_one_alone() -> None:
    client = connected(lambda _: httpx.Response(200))
    bad = Request("GET", "/\ud800")
    good, bad_answer = client.several([Request("GET", "/"), bad])
    assert not isinstance(good, Untested)
    assert isinstance(bad_answer, Untested)
    assert "cannot be sent" in str(bad_answer)
