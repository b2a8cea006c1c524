"""Whoever waits sees that something happens, and nothing more once it is over."""

from __future__ import annotations

import itertools
import queue

from compliance.report.pulse import pulse


class Lines(queue.Queue[str]):
    def write(self, text: str) -> None:
        self.put(text)

    def flush(self) -> None:
        pass


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
