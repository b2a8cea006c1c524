"""Nothing of the watch stays in the process, however the run ends; and what is not asked for is not begun."""

from __future__ import annotations

import logging
import sys
import threading

import pytest
from fastapi import FastAPI
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import Pool
from starlette.middleware.exceptions import ExceptionMiddleware

from compliance.inside import Watch
from tests.inside.serving import watched


def application() -> FastAPI:
    app = FastAPI()

    @app.get("/things")
    async def things() -> list[int]:
        return [1]

    return app


def state() -> list[object]:
    threads = {thread.name for thread in threading.enumerate() if thread.name.startswith("compliance")}
    return [threads, [*logging.root.handlers], sys.stdout, sys.stderr, ExceptionMiddleware.__call__]


@pytest.mark.parametrize("ending", [KeyboardInterrupt, SystemExit, RuntimeError])
def test_an_interrupted_run_leaves_nothing(ending: type[BaseException]):
    before = state()
    watches: list[Watch] = []

    def interrupted() -> None:
        with watched(application()) as (client, watch):
            watches.append(watch)
            assert client.get("/things").status_code == 200
            assert state() != before
            raise ending

    with pytest.raises(ending):
        interrupted()

    assert state() == before
    (watch,) = watches
    assert not event.contains(Engine, "before_cursor_execute", watch.statements._before)
    assert not event.contains(Pool, "checkout", watch.statements._taken_out)


def test_an_application_that_is_served_again_is_watched_anew():
    app = application()
    for _ in range(2):
        with watched(app) as (client, watch):
            client.get("/things")
            assert [served.label for served in watch.requests] == ["GET /things"]


def test_what_comes_before_and_after_is_nobodys():
    watch = Watch(application(), __name__)
    logging.getLogger("shop").warning("nobody's")

    assert (watch.requests, watch.words.sayings) == ([], [])
