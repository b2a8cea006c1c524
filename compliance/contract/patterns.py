"""A text that matches a pattern, for patterns that no plain guess matches."""

from __future__ import annotations

import contextlib
import re
from functools import lru_cache
from zlib import crc32

from compliance.housekeeping import hypothesis_at_home

#: Classes of characters that JavaScript and Java know and Python does not, as far as a plain text needs them.
_CLASSES = {"L": "A-Za-z", "Lu": "A-Z", "Ll": "a-z", "N": "0-9", "Nd": "0-9", "P": "!-/", "Zs": " "}
_TOKEN = re.compile(r"\\p(?:{(\w+)}|(\w))|\\.|\[|\]|[^\\\[\]]+", re.DOTALL)


def in_python(pattern: str) -> re.Pattern[str] | None:
    """The pattern with `\\p{L}` and the like in Python's words; None where Python still cannot read it."""
    written, inside = "", False
    for token in _TOKEN.finditer(pattern):
        name = token[1] or token[2]
        if name:
            characters = _CLASSES.get(name, "A-Za-z0-9")
            written += characters if inside else f"[{characters}]"
            continue
        inside = token[0] == "[" or (inside and token[0] != "]")
        written += token[0]
    try:
        return re.compile(written, re.ASCII)
    except re.error:
        return None


@lru_cache(maxsize=256)
def from_pattern(pattern: str, lowest: int, highest: int, seed_text: str) -> str | None:
    """The same text for the same pattern and seed; None where Python cannot read it."""
    compiled = in_python(pattern)
    if compiled is None:
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

    with hypothesis_at_home(), contextlib.suppress(HypothesisException):
        collect()
    return found
