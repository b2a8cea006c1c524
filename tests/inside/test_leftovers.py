"""What requests leave behind, and what only takes a moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from compliance.catalogue import Violation
from compliance.contract.model import Service
from compliance.rules.runtime.afterwards import nothing_is_left_behind
from tests.inside.serving import watched


async def forever() -> None:
    await asyncio.sleep(3600)


async def shortly() -> None:
    await asyncio.sleep(0.5)


def application(folder: Path) -> FastAPI:
    engine = create_async_engine(f"sqlite+aiosqlite:///{folder / 'kept.db'}")
    tasks: list[asyncio.Task[None]] = []
    connections: list[AsyncConnection] = []

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        workers = [asyncio.create_task(forever()) for _ in range(5)]
        yield
        for task in (*workers, *tasks):
            task.cancel()
        for connection in connections:
            await connection.close()
        await engine.dispose()

    app = FastAPI(lifespan=life)
    _begin_tasks(app, tasks)

    @app.get("/held")
    async def held() -> None:
        connection = await engine.connect()
        await connection.execute(text("SELECT 1"))
        connections.append(connection)

    @app.get("/given-back")
    async def given_back() -> None:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    @app.get("/streamed")
    async def streamed() -> StreamingResponse:
        async def parts() -> AsyncIterator[str]:
            for part in ("one", "two"):
                await asyncio.sleep(0.05)
                yield part

        return StreamingResponse(parts())

    return app


def _begin_tasks(app: FastAPI, tasks: list[asyncio.Task[None]]) -> None:
    @app.get("/forever")
    async def begin() -> None:
        tasks.append(asyncio.create_task(forever()))

    @app.get("/shortly")
    async def begin_shortly() -> None:
        tasks.append(asyncio.create_task(shortly()))

    @app.get("/once")
    async def begin_once() -> None:
        if not tasks:
            tasks.append(asyncio.create_task(forever()))


@pytest.mark.parametrize(("path", "what"), [("/forever", "4 tasks"), ("/held", "4 connections")])
def test_what_stays_behind_is_found_at_its_place(tmp_path: Path, path: str, what: str):
    with watched(application(tmp_path)) as (client, watch):
        for _ in range(4):
            assert client.get(path).status_code == 200
        with pytest.raises(Violation) as found:
            nothing_is_left_behind(watch, Service())

    assert found.value.observed.startswith(what)
    assert str(found.value.proof[0]).startswith("tests/inside/test_leftovers.py:")


@pytest.mark.parametrize("path", ["/shortly", "/once", "/given-back", "/streamed"])
def test_what_ends_and_what_serves_all_is_none(tmp_path: Path, path: str):
    with watched(application(tmp_path)) as (client, watch):
        for _ in range(4):
            assert client.get(path).status_code == 200
        nothing_is_left_behind(watch, Service())
