"""A signal while a row below others is made: what was made for it by then is deleted."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest

from compliance.run import Runner, read_contract
from compliance.session import interruptible
from compliance.target.connection import Connection
from compliance.target.document import fetch_document
from compliance.target.reach import Grants
from compliance.target.serving import serve
from tests.serial import Serial
from tests.target import nested
from tests.target.nested import Service
from tests.target.test_nesting import CARDS, CATALOGUE, resource


@pytest.mark.parametrize("last", ["boards", "cards"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda one: one.name)
def test_what_was_made_for_a_nested_row_is_deleted(number: signal.Signals, last: str) -> None:
    service = Service(frozenset())
    app = service.app(nested.boards)
    stopped: list[str] = []

    @app.middleware("http")
    async def stop(request: Any, go_on: Any) -> Any:
        if request.method == "POST" and request.url.path.endswith(f"/{last}") and not stopped:
            stopped.append(request.url.path)
            os.kill(os.getpid(), number)
        return await go_on(request)

    with serve(Serial(app), "boards") as url:
        runner = Runner(CATALOGUE, read_contract(fetch_document(url)), Connection(url), Grants(writes=True))
        runner.start()
        target = runner.target
        with pytest.raises(KeyboardInterrupt), interruptible(target):
            target.create(resource(target, CARDS), target.alice)
        made = [row.resource.collection.rpartition("/")[2] for row in target.ledger.rows if not row.account]
        assert made == ["boards", "cards"][: 1 + (last == "cards")]
        assert runner.finish().leftovers == []
    assert stopped
    assert service.rows == 0
