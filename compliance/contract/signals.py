"""Weighing signals: an inference is a sum of small observations, and its reason is their list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Signal:
    """One observation: how much it weighs, whether it was made, and what it says."""

    weight: float
    seen: bool
    says: str


def weigh(signals: Iterable[Signal]) -> tuple[float, str]:
    """The sum of what was seen, and a sentence part that names what speaks for the conclusion."""
    made = [signal for signal in signals if signal.seen]
    return sum(signal.weight for signal in made), ", ".join(s.says for s in made if s.weight > 0)
