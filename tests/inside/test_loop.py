"""What keeps the event loop, and what only takes its time."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI

from compliance.catalogue import Violation
from compliance.contract.model import Service
from compliance.rules.runtime.blocking import loop_turns
from tests.inside.serving import watched


@asynccontextmanager
async def slow_start(_app: FastAPI) -> AsyncIterator[None]:
    time.sleep(0.3)  # noqa: ASYNC251
    yield


def compute(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        sum(range(100))


def application() -> FastAPI:
    app = FastAPI(lifespan=slow_start)

    @app.get("/sleeps")
    async def sleeps() -> None:
        time.sleep(0.3)  # noqa: ASYNC251

    @app.get("/computes")
    async def computes() -> None:
        compute(0.8)

    @app.get("/waits")
    async def waits() -> None:
        await asyncio.sleep(0.3)

    @app.get("/in-a-thread")
    def in_a_thread() -> None:
        time.sleep(0.3)

    @app.get("/in-a-thread-of-its-own")
    async def in_a_thread_of_its_own() -> None:
        await asyncio.to_thread(time.sleep, 0.3)

    @app.get("/short")
    async def short() -> None:
        compute(0.03)

    return app


@pytest.mark.parametrize("path", ["/sleeps", "/computes"])
def test_what_keeps_the_loop_twice_is_found_at_its_place(path: str):
    with watched(application()) as (client, watch):
        for _ in range(3):
            client.get(path)
        time.sleep(0.1)

        with pytest.raises(Violation) as found:
            loop_turns(watch, Service())

    (place,) = found.value.proof
    assert str(place).startswith("tests/inside/test_loop.py:")


@pytest.mark.parametrize("path", ["/waits", "/in-a-thread", "/in-a-thread-of-its-own", "/short"])
def test_what_takes_its_time_elsewhere_is_none(path: str):
    with watched(application()) as (client, watch):
        for _ in range(3):
            client.get(path)

        loop_turns(watch, Service())


def test_the_start_is_nobodys_and_once_is_not_often():
    with watched(application()) as (client, watch):
        client.get("/sleeps")

        loop_turns(watch, Service())


def test_many_short_steps_are_no_block():
    with watched(application()) as (client, watch):
        threads = [threading.Thread(target=client.get, args=("/short",)) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        loop_turns(watch, Service())
