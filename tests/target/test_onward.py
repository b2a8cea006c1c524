"""What an answer says of the next page."""

from __future__ import annotations

from typing import Any

import pytest

from compliance.target.onward import signs
from compliance.target.tape import Exchange


def answer(body: bytes, link: str = "") -> Exchange:
    headers = (("content-type", "application/json"), *([("link", link)] if link else []))
    return Exchange("alice", "GET /x", "GET", "http://x/x", (), b"", 200, headers, body)


@pytest.mark.parametrize(
    ("body", "link", "said"),
    [
        (b"[]", "", []),
        (b'{"items": [{"next": "/x"}], "total": 3}', "", []),
        (b'{"items": [], "hasNext": false}', "", [("hasnext", False, {})]),
        (b'{"items": [], "has_more": "no"}', "", []),
        (b'{"items": [], "next_cursor": null}', "", []),
        (b'{"items": [], "next_page": 3}', "", [("nextpage", True, {})]),
        (b'{"items": [], "next_page": null}', "", [("nextpage", False, {})]),
        (
            b'{"items": [], "links": {"next": "?page=2&size="}}',
            "",
            [("next", True, {"page": "2", "size": ""})],
        ),
        (b"[]", '<style.css>; rel="preload"', []),
        (b"[]", '</x?page=1>; rel="first"', [('Link with rel="next"', False, {})]),
        (
            b"[]",
            '</x?page=1>; rel="prev", </x?page=3>; rel=next',
            [('Link with rel="next"', True, {"page": "3"})],
        ),
    ],
)
def test_signs(body: bytes, link: str, said: list[Any]) -> None:
    assert [(one.name, one.follows, one.query) for one in signs(answer(body, link))] == said
