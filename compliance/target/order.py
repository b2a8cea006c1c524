"""Which of two values comes after the other, whatever a database thinks of case, digits and punctuation."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any


def comes_after(first: Any, second: Any) -> bool:
    """Whether one value comes after the other by every usual way of sorting; in doubt it does not.

    Texts of several words are doubtful: names are sorted by the last of them, titles without the article.
    """
    if not isinstance(first, str) and not isinstance(second, str):
        return bool(first > second)
    if not (isinstance(first, str) and isinstance(second, str)):
        return False
    one, other = _moment(first), _moment(second)
    if one is not None and other is not None:
        return one > other
    if not (first + second).isascii() or re.search(r"\s", first + second):
        return False
    plain = first > second and first.casefold() > second.casefold()
    return plain and letters(first) > letters(second) and _natural(first) > _natural(second)


def letters(value: str) -> str:
    """The letters and digits of a text alone, the small ones."""
    return re.sub(r"[^a-z0-9]", "", value.casefold())


def _natural(value: str) -> list[tuple[int, int, str]]:
    """The parts of a text, its numbers as numbers."""
    parts = re.findall(r"\d+|[a-z]+", value.casefold())
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts]


def _moment(value: str) -> float | None:
    try:
        return datetime.fromisoformat(value).timestamp() if re.match(r"\d{4}-\d\d-\d\d", value) else None
    except (ValueError, OverflowError):
        return None
