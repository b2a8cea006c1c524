"""What no scene is made for, and why."""

from __future__ import annotations

import httpx
import pytest

from compliance.catalogue import Untested
from compliance.target.staging import stage
from tests.target.test_addressing import OK, needing, target_of


def test_a_deed_on_a_row_that_nothing_deletes_is_not_called_one_on_no_row() -> None:
    key = [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}]
    paths = {**needing("orders"), "/orders/{id}/cancellation": {"post": {"parameters": key, "responses": OK}}}
    target = target_of(paths, httpx.MockTransport(lambda _: httpx.Response(404)))
    (cancel,) = [one for one in target.contract.operations if one.path.endswith("cancellation")]
    with pytest.raises(Untested, match="acts on a row that nothing deletes, so that what it does would stay"):
        stage(target, cancel)
    assert len(target.tape) == 0
