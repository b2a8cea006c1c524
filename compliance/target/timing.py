"""Durations held against each other, so that only a difference that nobody can overlook counts."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

#: A difference of fewer seconds, or of a smaller part of the shorter time, is nothing that a stranger can measure.
LEAST_GAP, LEAST_PART = 0.003, 0.5
#: How much later an answer comes that was held back: seconds beyond twice the first.
HELD_BACK = 0.5


def clearly_longer(slow: Sequence[float], fast: Sequence[float]) -> bool:
    """Whether nearly all of the one took longer than nearly all of the other, and by much."""
    if not slow or not fast:
        return False
    apart = _part(fast, 0.9) < _part(slow, 0.1)
    gap = median(slow) - median(fast)
    return apart and gap > max(LEAST_GAP, LEAST_PART * median(fast))


def held_back(seconds: Sequence[float], usual: float) -> bool:
    """Whether the last two answers came much later than the first, or than what succeeded."""
    return len(seconds) > 2 and all(
        one > 2 * begin + HELD_BACK for one in seconds[-2:] for begin in [min(seconds[0], usual)]
    )


def _part(values: Sequence[float], part: float) -> float:
    """The value below which that part of all values lies."""
    return sorted(values)[min(int(part * len(values)), len(values) - 1)]
