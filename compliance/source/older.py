"""Newer syntax written in an older one, line by line, so that a kit on an older Python reads what the target writes."""

from __future__ import annotations

import re

#: `type Name = …` and `type Name[T] = …` are Python 3.12's (PEP 695).
_ALIAS = re.compile(r"(?m)^([ \t]*)type[ \t]+(\w+)[ \t]*(?=\[|=(?!=))")
#: So are `def name[T](…)` and `class Name[T]:`.
_GENERIC = re.compile(r"(?m)^[ \t]*(?:async[ \t]+def|def|class|type)[ \t]+\w+[ \t]*(\[)")
_OPENING, _CLOSING = "[({", "])}"


def as_older(text: str) -> str:
    """The text without its lists of type parameters and with aliases as plain assignments; every line stays where it is."""
    kept, done = [], 0
    for found in _GENERIC.finditer(text):
        start = found.start(1)
        end = _closed(text, start)
        if start < done or end is None:
            continue
        kept.append(text[done:start])
        lines = "\n" * text.count("\n", start, end)
        done = end
        if lines:  # a line may only end within parentheses
            has_them = text.startswith("(", end)
            kept.append(f"({lines}" if has_them else f"({lines})")
            done += has_them
    return _ALIAS.sub(r"\1\2 ", "".join([*kept, text[done:]]))


def _closed(text: str, start: int) -> int | None:
    """Where the bracket that opens there is closed, and what follows begins; None where it is not."""
    depth = 0
    for place in range(start, len(text)):
        depth += (text[place] in _OPENING) - (text[place] in _CLOSING)
        if not depth:
            return place + 1
    return None
