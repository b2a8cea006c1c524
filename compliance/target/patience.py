"""Waiting for what a service does a moment after it has answered: a row that a queue makes, a list that lags behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Seen = TypeVar("Seen")

#: Seconds that one look is repeated, and between two of them.
LONGEST, STEP = 3.0, 0.2
#: Seconds that a look is repeated where one was in vain already and nothing ever came late.
SHORTEST = 1.0
#: Seconds that a run waits in all for what may never come.
BUDGET = 15.0


class Patience:
    """Looks again until something is there. A service that is never late costs no time, a broken one a few seconds."""

    def __init__(self, sleep: Callable[[float], None]) -> None:
        self._sleep = sleep
        self._left = BUDGET
        self._in_vain = self._late = False

    def until(self, good: Callable[[Seen], bool], look: Callable[[], Seen], longest: float = LONGEST) -> Seen:
        """The first look that is good, else the last one. Raises what the look raises."""
        longest = min(longest, SHORTEST) if self._in_vain and not self._late else longest
        waited, seen = 0.0, look()
        while not good(seen) and waited < longest and self._left > 0:
            waited += STEP
            self._left -= STEP
            self._sleep(STEP)
            seen = look()
        if not good(seen):
            # Shorter looks say nothing of what is later than they are.
            self._in_vain |= waited >= LONGEST
        elif waited:
            self._left += waited  # what comes in the end was worth it
            self._late = True
        return seen
