"""What is said in the log, and what of it is a secret."""

from __future__ import annotations

import logging
import sys
from typing import Any

import pytest
from fastapi import FastAPI, Request

from compliance.catalogue import NotApplicable, Violation
from compliance.contract.model import Service
from compliance.inside import Watch
from compliance.rules.runtime.log import log_holds_no_secret
from tests.inside.serving import watched

SECRET = "Zk9!correct-horse-battery"
logger = logging.getLogger("shop.orders")
alone = logging.getLogger("shop.alone")


def application() -> FastAPI:
    app = FastAPI()

    @app.post("/message")
    async def message(request: Request) -> None:
        logger.warning("got %s", await request.body())

    @app.post("/extra")
    async def extra(request: Request) -> None:
        logger.warning("got it", extra={"form": await request.json()})

    @app.post("/traceback")
    async def traceback(request: Request) -> None:
        try:
            raise ValueError((await request.json())["password"])
        except ValueError:
            logger.exception("failed")

    @app.post("/alone")
    async def by_itself(request: Request) -> None:
        alone.warning("got %s", await request.body())

    @app.post("/printed")
    async def printed(request: Request) -> None:
        print(await request.json())  # noqa: T201

    @app.post("/silent")
    async def silent() -> None:
        pass

    @app.post("/careful")
    async def careful(request: Request) -> None:
        logger.warning("got %s", list(await request.json()))

    return app


@pytest.fixture(autouse=True)
def _alone() -> Any:
    alone.propagate = False
    yield
    alone.propagate = True


def asked(path: str, body: Any) -> Watch:
    with watched(application()) as (client, watch):
        watch.passwords = lambda: {"alice": SECRET}
        client.post(path, json=body)
        return watch


@pytest.mark.parametrize("path", ["/message", "/extra", "/traceback", "/alone", "/printed"])
def test_a_password_that_is_logged_is_found_and_not_told(path: str):
    with pytest.raises(Violation) as found:
        log_holds_no_secret(asked(path, {"password": SECRET}), Service())

    assert str(found.value.proof[0]).startswith("tests/inside/test_words.py:")
    assert SECRET not in str(found.value)
    assert "alice" in found.value.observed


def test_a_log_without_secrets_is_none():
    log_holds_no_secret(asked("/careful", {"password": SECRET}), Service())


@pytest.mark.parametrize(
    ("path", "body"), [("/message", {"name": SECRET}), (f"/message?q={SECRET}", {"name": "x"})]
)
def test_a_secret_where_none_belongs_is_not_held_against_the_service(path: str, body: Any):
    log_holds_no_secret(asked(path, body), Service())


def test_who_says_nothing_is_not_concerned():
    with pytest.raises(NotApplicable):
        log_holds_no_secret(asked("/silent", {"password": SECRET}), Service())


def test_loggers_and_streams_are_as_they_were_afterwards():
    before = [*logging.root.handlers], [*alone.handlers], sys.stdout, sys.stderr
    with watched(application()) as (client, _):
        client.post("/silent")
        assert sys.stdout is not before[2]

    assert ([*logging.root.handlers], [*alone.handlers], sys.stdout, sys.stderr) == before
