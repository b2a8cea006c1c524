"""Defaults that a function shares with all of its calls."""

from __future__ import annotations

from compliance.catalogue import Level, Phase, rule
from compliance.source import Source, asks_ruff
from compliance.source.subjects import whole


@rule(
    "COD-001",
    "No default of a parameter can be changed",
    level=Level.MUST,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
@asks_ruff("B006", "B039")
def defaults_are_immutable(source: Source, _: Source) -> None:
    """
    Why: a list that is a default is made once, so that one request finds what another has left in it.

    Breaks: `def search(words: list[str] = []) -> …`

    Conforms: `def search(words: list[str] | None = None) -> …`, or a tuple
    """
    source.none_of(
        source.ruff("B006", "B039"), "a default can be changed", "None, or a value that cannot be changed"
    )
