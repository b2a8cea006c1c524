"""While the kit sends, the libraries that do it for it are silent in people's logs; afterwards they are as they were."""

from __future__ import annotations

import logging

import httpx
import pytest

from compliance.target.hushing import CHATTY, hushed

#: One that somebody set for himself, one that follows, one that is made meanwhile.
LOUD, PLAIN, NEW = (
    logging.getLogger("httpcore.loud"),
    logging.getLogger("urllib3.plain"),
    "schemathesis.new",
)


@pytest.fixture(autouse=True)
def _loud(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, LOUD.name)


def _speak() -> None:
    for logger in (*map(logging.getLogger, CHATTY), LOUD, PLAIN, logging.getLogger(NEW)):
        for level in (logging.DEBUG, logging.CRITICAL):
            logger.log(level, "GET http://127.0.0.1/login?password=hunter22")
    with httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(200))) as client:
        client.get("http://127.0.0.1/login?password=hunter22")


def test_nothing_is_heard_meanwhile_and_all_is_as_before(caplog: pytest.LogCaptureFixture) -> None:
    with hushed():
        with hushed():
            _speak()
        _speak()
    assert caplog.records == []
    _speak()
    assert len(caplog.records) == 2 * (len(CHATTY) + 3) + 1
    assert (LOUD.level, PLAIN.level) == (logging.DEBUG, logging.NOTSET)


def test_other_loggers_are_nobodys_business(caplog: pytest.LogCaptureFixture) -> None:
    with hushed():
        logging.getLogger("httpxray").warning("here")
        logging.getLogger("app").info("there")
    assert [record.message for record in caplog.records] == ["here", "there"]
