"""What is asked of the traffic for every operation is worked out once."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from compliance.traffic import Traffic


class Counted(tuple[Any, ...]):
    """Counts how often somebody goes through it."""

    walks = 0

    def __iter__(self) -> Iterator[Any]:
        Counted.walks += 1
        return super().__iter__()


def test_trials_are_grouped_once_and_keep_their_order() -> None:
    trials = [SimpleNamespace(operation=label, number=n) for n, label in enumerate(("a", "b", "a"))]
    traffic = Traffic(Counted(trials), complete=True)
    assert traffic.of("a") == (trials[0], trials[2])
    assert traffic.of("b") == (trials[1],)
    assert traffic.of("c") == ()
    assert Counted.walks == 1
