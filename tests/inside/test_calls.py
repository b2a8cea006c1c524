"""Calls that wait without `await`: those that are told, whatever they took, and those that keep nobody."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiosqlite
import httpx
import pytest
from fastapi import BackgroundTasks, FastAPI
from sqlalchemy import create_engine, text

from compliance.catalogue import Violation
from compliance.contract.model import Service
from compliance.rules.runtime.blocking import loop_turns
from tests.inside.serving import watched


def a_socket_pair() -> None:
    one, other = socket.socketpair()
    with one, other:
        one.sendall(b"x")
        other.recv(1)


@asynccontextmanager
async def starting(_app: FastAPI) -> AsyncIterator[None]:
    time.sleep(0.001)  # noqa: ASYNC251
    a_socket_pair()
    yield


def faulty() -> FastAPI:
    app = FastAPI(lifespan=starting)

    @app.get("/naps")
    async def naps() -> None:
        time.sleep(0.001)  # noqa: ASYNC251

    @app.get("/sockets")
    async def sockets() -> None:
        a_socket_pair()

    @app.get("/sqlite")
    async def its_own_sqlite() -> None:
        with sqlite3.connect(":memory:") as connection:
            connection.execute("SELECT 1")

    @app.get("/task")
    async def later(tasks: BackgroundTasks) -> None:
        async def nap() -> None:
            time.sleep(0.001)  # noqa: ASYNC251

        tasks.add_task(nap)

    return app


def conformant() -> FastAPI:
    app = FastAPI(lifespan=starting)
    engine = create_engine("sqlite://")

    @app.get("/plain")
    def plain() -> None:
        time.sleep(0.001)
        a_socket_pair()

    @app.get("/thread")
    async def in_a_thread() -> None:
        await asyncio.to_thread(a_socket_pair)

    @app.get("/datagram")
    async def datagram() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.sendto(b"x", ("127.0.0.1", 9))

    @app.get("/awaits")
    async def awaits() -> None:
        await asyncio.sleep(0.001)
        async with aiosqlite.connect(":memory:") as connection:
            await connection.execute("SELECT 1")
        async with httpx.AsyncClient(trust_env=False) as client:
            with pytest.raises(httpx.ConnectError):
                await client.get("http://127.0.0.1:9")

    @app.get("/engine")
    async def synchronous_engine() -> None:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    return app


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/naps", "naps called time.sleep 3 times"),
        ("/sockets", "a_socket_pair called socket.socket.sendall"),
        ("/sqlite", "its_own_sqlite called sqlite3.Connection.execute 3 times"),
        ("/task", "nap called time.sleep 3 times"),
    ],
)
def test_what_waits_in_the_loop_is_told_however_short_it_was(path: str, said: str) -> None:
    with watched(faulty()) as (client, watch):
        for _ in range(3):
            assert client.get(path).status_code == 200

        with pytest.raises(Violation) as found:
            loop_turns(watch, Service())

    assert said in found.value.observed
    (place,) = found.value.proof
    assert str(place).startswith("tests/inside/test_calls.py:")


@pytest.mark.parametrize("path", ["/plain", "/thread", "/datagram", "/awaits", "/engine"])
def test_what_keeps_nobody_is_not(path: str) -> None:
    with watched(conformant()) as (client, watch):
        for _ in range(3):
            assert client.get(path).status_code == 200

        assert watch.calls.calls == []
        loop_turns(watch, Service())


def test_once_is_not_often() -> None:
    with watched(faulty()) as (client, watch):
        client.get("/naps")
        assert [call.name for call in watch.calls.calls] == ["time.sleep"]
        loop_turns(watch, Service())


def test_nothing_of_it_is_left() -> None:
    before = (time.sleep, sqlite3.Cursor.execute)
    with watched(faulty()) as (client, _watch):
        client.get("/naps")
        assert (time.sleep, sqlite3.Cursor.execute) != before
    assert (time.sleep, sqlite3.Cursor.execute) == before
