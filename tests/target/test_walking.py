"""Walks through lists: how large their pages are, where they end, and what they take for somebody else's doing."""

from __future__ import annotations

from typing import Any

import pytest

from compliance.catalogue import Untested
from compliance.target.listing import Page
from compliance.target.tape import Exchange
from compliance.target.walking import Sweep, Walk
from tests.probes import lists
from tests.probes.service import Service
from tests.target.test_filling import running

ANSWER = Exchange("alice", "", "GET", "http://x/", (), b"", 200, (), b"{}")


def page(*items: Any, total: int | None = None) -> Page:
    return Page(ANSWER, tuple({"id": one} if isinstance(one, int) else one for one in items), total, None)


def walk(before: Page, after: Page, *pages: Page) -> Walk:
    listing: Any = None
    return Walk(listing, 2, before, Sweep(list(pages)), Sweep(list(pages)), after, "")


def test_a_list_to_which_somebody_adds_says_nothing() -> None:
    with pytest.raises(Untested, match="changed while"):
        walk(page(1, 2, 3), page(1, 2, 3, 4), page(1, 2), page(3)).must_have_rested()
    with pytest.raises(Untested, match="changed while"):
        walk(page(1, 2, total=2), page(1, 2, total=3), page(1, 2)).must_have_rested()


def test_an_item_that_somebody_changes_may_have_moved() -> None:
    old, new = {"id": 1, "stars": 3, "link": "a"}, {"id": 1, "stars": 4, "link": "b"}
    other, same = {"id": 2, "stars": 3, "link": "a"}, {"id": 2, "stars": 3, "link": "b"}
    with pytest.raises(Untested, match="were changed"):
        walk(page(old, other), page(new, same)).must_be_unedited()


def test_a_field_that_is_made_anew_for_each_answer_moves_nothing() -> None:
    before, after = ([{"id": one, "link": f"{when}{one}"} for one in (1, 2)] for when in ("a", "b"))
    walk(page(*before), page(*after)).must_be_unedited()


def test_lost_and_repeated_items_are_faults() -> None:
    found = walk(page(1, 2, 3), page(1, 2, 3), page(1, 2), page(2))
    assert found.lost(found.first) == [3]
    assert found.repeated(found.first) == [2, 2]
    with pytest.raises(Untested, match="lose or repeat"):
        found.must_hold_each_once()


def test_items_that_say_all_the_same_are_not_told_apart() -> None:
    same = {"name": "a note"}
    walk(page(same, same, same), page(same, same, same), page(same, same), page(same)).must_hold_each_once()


def the_walk(service: Service, rows: int) -> tuple[Walk, int]:
    """The walk through a list of so many rows of others, and the requests that it took."""
    with running(service) as runner:
        target = runner.target
        listing = next(one for one in target.contract.lists if one.operation.path == "/notes")
        service.listed = lambda user: [lists.foreign(number) for number in range(rows)]  # type: ignore[method-assign]
        before = len(target.tape)
        return target.walk(listing), len(target.tape) - before


@pytest.mark.parametrize("rows", [8, 90, 700, 5000])
def test_a_longer_list_has_larger_pages_and_takes_no_more_than_so_many(rows: int) -> None:
    found, requests = the_walk(Service(), rows)
    assert found.reaches
    assert found.complete == (rows < 1000)
    assert requests < 90


def test_a_walk_is_made_once_in_a_run() -> None:
    with running(Service()) as runner:
        target = runner.target
        listing = next(one for one in target.contract.lists if one.operation.path == "/notes")
        first, before = target.walk(listing), len(target.tape)
        assert target.walk(listing) is first
        assert len(target.tape) == before
