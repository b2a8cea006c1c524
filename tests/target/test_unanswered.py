"""Dropped connections: what counts is the same request, twice on fresh ones, of a service that answers others."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from compliance.catalogue import Untested, Violation, load
from compliance.target.tape import Exchange

RULE = load().rule("ERR-004")


def exchange(status: int, body: bytes = b"") -> Exchange:
    return Exchange("alice", "POST /things", "POST", "http://x/things", (), body, status, (), b"")


def judge(dropped: list[Exchange], again: list[bool], tape: tuple[int, ...] = (201, 422)) -> list[Any]:
    """Judge with what becomes of each repetition; the requests that were sent in between."""
    others: list[Any] = []
    client = SimpleNamespace(dropped=dropped, drops=lambda _: again.pop(0), send=others.append)
    target: Any = SimpleNamespace(client=client, tape=[exchange(status) for status in tape])
    RULE(target, None)
    return others


def test_two_drops_of_fresh_connections_are_a_violation():
    with pytest.raises(Violation):
        judge([exchange(0)], [True, True])


@pytest.mark.parametrize("again", [[False], [True, False]])
def test_what_is_answered_when_it_is_sent_again_is_none(again: list[bool]):
    drops = sum(again)

    assert len(judge([exchange(0)], again)) == drops  # the service was seen to live after each
    assert again == []


def test_a_large_body_may_be_cut_off():
    judge([exchange(0, b"x" * 200_000)], [])


@pytest.mark.parametrize("tape", [(201, 201), (422, 404), ()])
def test_a_service_that_only_accepts_or_only_refuses_shows_nothing(tape: tuple[int, ...]):
    with pytest.raises(Untested):
        judge([], [], tape)
