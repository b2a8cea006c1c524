"""Waiting for what a service does a moment after it has answered: a row that a queue makes, a list that lags behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Seen = TypeVar("Seen")

#: Seconds that one look is repeated, and between two of them.
LONGEST, STEP = 3.0, 0.2
#: First looks that found what they looked for, after which a service that was never late counts as prompt.
PROMPT = 3
#: Seconds that a look is repeated at a prompt service, and where one was in vain already and nothing ever came late.
SHORTER, SHORTEST = 1.6, 0.8
#: Seconds that a run waits in all for what may never come.
BUDGET = 15.0


class Patience:
    """Looks again until something is there. A service that is never late costs no time, a broken one a few seconds."""

    def __init__(self, sleep: Callable[[float], None]) -> None:
        self._sleep = sleep
        self._left = BUDGET
        self._in_vain = self._late = False
        self._prompt = 0

    def until(self, good: Callable[[Seen], bool], look: Callable[[], Seen], longest: float = LONGEST) -> Seen:
        """The first look that is good, else the last one. Raises what the look raises."""
        longest = min(longest, self._longest)
        waited, seen = 0.0, look()
        while not good(seen) and waited < longest - STEP / 2 and self._left > 0:
            waited += STEP
            self._left -= STEP
            self._sleep(STEP)
            seen = look()
        self._learn(good(seen), waited)
        return seen

    @property
    def _longest(self) -> float:
        if self._late:
            return LONGEST
        if self._in_vain:
            return SHORTEST
        return SHORTER if self._prompt >= PROMPT else LONGEST

    def _learn(self, found: bool, waited: float) -> None:
        if found and waited:
            self._left += waited  # what comes in the end was worth it
            self._late = True
        elif found:
            self._prompt += 1
        elif waited > SHORTER - STEP:  # shorter looks say nothing of what is later than they are
            self._in_vain = True
