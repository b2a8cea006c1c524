"""Rows of others that are only referred to: looked for in their list, and looked for once."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from compliance.catalogue import Untested
from compliance.contract import understand
from compliance.target.client import Client
from compliance.target.connection import Connection
from compliance.target.reach import Grants, Target
from compliance.target.tape import Tape
from tests.contract.documents import answers, document, obj, query

PARTS: dict[str, Any] = {"type": "array", "items": obj("id", "name")}
#: Tags that nobody creates here.
DOCUMENT = document(
    {
        "/tags": {"get": {"parameters": query("limit", "offset"), "responses": answers(PARTS)}},
        "/tags/{tag_id}": {"get": {"parameters": [], "responses": answers(obj("id", "name"))}},
    }
)


def test_a_list_that_cannot_be_read_is_not_asked_for_rows_again():
    asked: list[str] = []

    def broken(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(500)

    client = Client(
        Connection("http://press.example"),
        Tape(),
        sleep=lambda _: None,
        transport=httpx.MockTransport(broken),
    )
    target = Target(understand(DOCUMENT), client, Grants(writes=True))
    (tags,) = (one for one in target.contract.resources if one.collection == "/tags")

    for _ in range(3):
        with pytest.raises(Untested, match="no row of /tags"):
            target.rows.key_of(tags, target.anonymous)

    assert len(asked) == len(set(asked)) > 0
