"""What a page says of itself is found by the names of its fields, wherever in the envelope they stand."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from compliance.target.figures import figures, number
from compliance.target.listing import Page
from compliance.target.tape import Exchange


def page(body: Any) -> Page:
    answer = Exchange("alice", "", "GET", "http://x/", (), b"", 200, (), json.dumps(body).encode())
    return Page(answer, (), None, None)


def listing(**names: str) -> Any:
    known = {"style": "page", "page": "page", "size": "page_size", "offset": None, **names}
    return SimpleNamespace(**known)


@pytest.mark.parametrize(
    ("body", "own", "size", "pages"),
    [
        ({"items": [], "page": 2, "page_size": 10, "total_pages": 3}, 2, 10, 3),
        ({"items": [], "meta": {"page": "2", "perPage": "10", "totalPages": 3}}, 2, 10, 3),
        ({"page": {"page": 2, "pageSize": 10}, "items": [{"page": 7, "pages": 9}]}, 2, 10, None),
        ({"items": [], "page": None, "page_size": True, "pages": "many"}, None, None, None),
        ([{"page": 1}], None, None, None),
    ],
)
def test_figures_are_read_beside_the_items(
    body: Any, own: int | None, size: int | None, pages: int | None
) -> None:
    found = figures(listing(), page(body))
    assert (found.own, found.size, found.pages) == (own, size, pages)
    assert found.any == (own is not None)


def test_a_number_under_another_name_is_kept_apart_for_it_may_begin_elsewhere() -> None:
    found = figures(listing(), page({"data": [], "current_page": 1}))
    assert (found.own, found.number) == (None, 1)


def test_a_vague_name_may_count_the_items_of_the_page() -> None:
    assert figures(listing(size="count"), page({"data": [], "count": 3})).may_count
    assert not figures(listing(size="limit"), page({"data": [], "limit": 3})).may_count


def test_an_offset_is_a_figure_and_the_number_beside_it_is_none() -> None:
    found = figures(
        listing(style="offset", page=None, offset="skip"), page({"data": [], "skip": 4, "page": 3})
    )
    assert (found.own, found.number) == (4, None)


@pytest.mark.parametrize(
    ("value", "known"),
    [(3, 3), ("3", 3), ("-1", -1), ("3.0", None), (True, None), ("\u0663", None), (None, None)],
)
def test_a_figure_is_a_whole_number(value: Any, known: int | None) -> None:
    assert number(value) == known
