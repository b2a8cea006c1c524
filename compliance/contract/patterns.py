"""A text that matches a pattern, for patterns that no plain guess matches."""

from __future__ import annotations

import re
from functools import lru_cache
from zlib import crc32


@lru_cache(maxsize=256)
def from_pattern(pattern: str, lowest: int, highest: int, seed_text: str) -> str | None:
    """The same text for the same pattern and seed; None where Python cannot read it."""
    try:
        compiled = re.compile(pattern, re.ASCII)
    except re.error:
        return None
    for plain in (True, False):
        found = [text for text in _generated(compiled, seed_text, plain) if lowest <= len(text) <= highest]
        matching = [text for text in found if compiled.search(text)]
        if matching:
            return matching[-1]
    return None


def _generated(pattern: re.Pattern[str], seed_text: str, plain: bool) -> list[str]:
    """Texts of that pattern, only of characters that one can type if `plain`."""
    from hypothesis import HealthCheck, Phase, given, seed, settings
    from hypothesis import strategies as st
    from hypothesis.errors import HypothesisException

    found: list[str] = []
    typed = st.characters(min_codepoint=32, max_codepoint=126)

    @seed(crc32(seed_text.encode()))
    @settings(
        max_examples=60,
        database=None,
        deadline=None,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.from_regex(pattern, fullmatch=True, alphabet=typed if plain else None))
    def collect(text: str) -> None:
        found.append(text)

    try:
        collect()
    except HypothesisException:
        return found
    return found
