"""Exceptions that nobody handles, before the answer and after it."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import BackgroundTasks, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from starlette.middleware.exceptions import ExceptionMiddleware

from compliance.catalogue import Violation
from compliance.contract.model import Service
from compliance.rules.errors.unhandled import exceptions_are_handled
from compliance.rules.runtime.afterwards import afterwards_nothing_fails
from tests.inside.serving import settled, watched


class OwnError(Exception):
    """One that the application handles."""


class Catching:
    """Middleware that answers for whatever fails, so that nothing comes out of the application."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await self.app(scope, receive, send)
        except OwnError:
            await JSONResponse({"detail": "no"}, 409)(scope, receive, send)
        except LookupError:
            await JSONResponse({"detail": "sorry"}, 500)(scope, receive, send)


def announce(fails: bool) -> None:
    if fails:
        raise ConnectionError


def application() -> FastAPI:
    app = FastAPI()

    @app.exception_handler(ZeroDivisionError)
    async def rendered(_request: Request, _error: Exception) -> JSONResponse:
        return JSONResponse({"detail": "not by nought"}, 422)

    @app.get("/fails")
    async def fails() -> None:
        raise LookupError

    @app.get("/escapes")
    def escapes() -> None:
        raise ValueError

    @app.get("/unreadable")
    async def unreadable() -> int:
        return "none"  # type: ignore[return-value]

    @app.get("/refused")
    async def refused() -> None:
        raise HTTPException(404)

    @app.get("/handled")
    async def handled() -> float:
        return 1 / 0

    @app.get("/translated")
    async def translated() -> None:
        raise OwnError

    @app.get("/later")
    async def later(tasks: BackgroundTasks, fails: bool = False) -> None:
        tasks.add_task(announce, fails)

    app.add_middleware(Catching)
    return app


@pytest.mark.parametrize("path", ["/fails", "/escapes"])
def test_an_exception_that_nobody_expected_is_found_at_its_place(path: str):
    with watched(application()) as (client, watch):
        assert client.get(path).status_code == 500
        with pytest.raises(Violation) as found:
            exceptions_are_handled(watch, Service())

    assert str(found.value.proof[0]).startswith("tests/inside/test_failures.py:")


def test_the_exception_that_is_told_is_the_one_at_the_first_place_and_the_others_are_named():
    with watched(application()) as (client, watch):
        client.get("/unreadable", headers={"Connection": "close"})
        client.get("/escapes")
        with pytest.raises(Violation) as found:
            exceptions_are_handled(watch, Service())

    assert found.value.cause == "ValueError is not handled"
    assert (
        found.value.observed == "ValueError in GET /escapes, answered 500; elsewhere ResponseValidationError"
    )


@pytest.mark.parametrize("path", ["/refused", "/handled", "/translated", "/later", "/nowhere"])
def test_an_exception_that_is_answered_is_none(path: str):
    with watched(application()) as (client, watch):
        assert client.get(path).status_code < 500
        settled(watch)
        exceptions_are_handled(watch, Service())
        afterwards_nothing_fails(watch, Service())


def test_what_fails_after_the_answer_is_told_apart():
    with watched(application()) as (client, watch):
        assert client.get("/later?fails=true").status_code == 200
        settled(watch)
        exceptions_are_handled(watch, Service())
        with pytest.raises(Violation, match="ConnectionError after the answer 200"):
            afterwards_nothing_fails(watch, Service())


def test_the_framework_is_as_it_was_afterwards():
    before = ExceptionMiddleware.__call__
    with watched(application()) as (client, _):
        client.get("/handled")
        assert ExceptionMiddleware.__call__ is not before

    assert ExceptionMiddleware.__call__ is before
