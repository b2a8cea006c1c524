"""Turning SQLite's journal on while another process does."""

import sqlite3

import pytest

from reference_app.db import session


class Busy:
    """A cursor that is refused so many times."""

    def __init__(self, times: int) -> None:
        self.times = times

    def execute(self, _: str) -> None:
        self.times -= 1
        if self.times >= 0:
            raise sqlite3.OperationalError("database is locked")


@pytest.mark.parametrize("times", [0, 1, session.JOURNAL_ATTEMPTS])
def test_it_is_tried_again(times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "JOURNAL_PAUSE_SECONDS", 0)
    cursor = Busy(times)

    session._write_ahead(cursor)

    assert cursor.times == -1


def test_and_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "JOURNAL_PAUSE_SECONDS", 0)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        session._write_ahead(Busy(10**6))
