"""Whoever waits sees that something happens, and nothing more once it is over."""

from __future__ import annotations

import itertools
import queue

import pytest

from compliance.report.pulse import ANEW, pulse


class Lines(queue.Queue[str]):
    def write(self, text: str) -> None:
        self.put(text)

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return False


def test_lines_come_while_it_lasts_and_none_afterwards() -> None:
    lines, numbers = Lines(), itertools.count(1)
    with pulse(lambda: f"step {next(numbers)}", lines, every=0.001):
        assert [lines.get(timeout=30), lines.get(timeout=30)] == ["step 1\n", "step 2\n"]
    known = lines.qsize()
    assert lines.qsize() == known == next(numbers) - 3


def test_a_stream_that_is_closed_stops_nothing() -> None:
    asked = Lines()

    class Closed(Lines):
        def write(self, text: str) -> None:
            asked.put(text)
            raise BrokenPipeError

    with pulse(lambda: "alive", Closed(), every=0.001):
        assert {asked.get(timeout=30), asked.get(timeout=30)} == {"alive\n"}


class Terminal(Lines):
    def isatty(self) -> bool:
        return True


def test_a_terminal_has_one_line_that_is_written_anew_and_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "20")
    screen = Terminal()
    with pulse(lambda: "a line of many words, too many", screen, every=0.001):
        assert screen.get(timeout=30) == f"{ANEW}a line of many word"
    written = [screen.get_nowait() for _ in range(screen.qsize())]
    assert written[-1] == ANEW
    assert not any("\n" in one for one in written)


def test_a_dumb_terminal_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    screen = Terminal()
    with pulse(lambda: "alive", screen, every=0.001):
        assert screen.get(timeout=30) == "alive\n"


def test_the_line_is_taken_away_when_the_run_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    screen = Terminal()
    with pytest.raises(ZeroDivisionError), pulse(lambda: "alive", screen, every=30):
        raise ZeroDivisionError
    assert screen.get_nowait() == ANEW
