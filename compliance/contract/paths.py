"""Paths and names, taken apart into words."""

from __future__ import annotations

import re
from functools import lru_cache

_HUMP = re.compile(r"([a-z0-9])([A-Z])")
_ENDINGS = (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"), ("s", ""))


def vocabulary(text: str) -> frozenset[str]:
    """A set of words, written as one text."""
    return frozenset(text.split())


@lru_cache(maxsize=1 << 14)
def words(name: str) -> tuple[str, ...]:
    """The words of a name in any spelling: `createdAt`, `created_at` and `created-at` are created, at."""
    return tuple(part for part in re.split(r"[^a-z0-9]+", _HUMP.sub(r"\1_\2", name).lower()) if part)


@lru_cache(maxsize=1 << 14)
def normal(name: str) -> str:
    """A name without its spelling: `pageSize`, `page_size` and `PageSize` are equal."""
    return "".join(words(name))


def singular(word: str) -> str:
    """An English plural without its ending; any other word as it is."""
    for ending, replacement in _ENDINGS:
        if word.endswith(ending) and not word.endswith("ss") and len(word) > len(ending) + 1:
            return word[: -len(ending)] + replacement
    return word


def segments(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


def is_parameter(segment: str) -> bool:
    return "{" in segment


def is_version(segment: str) -> bool:
    """`v1`, `v0.1`: part of the base, not the name of anything."""
    return re.fullmatch(r"v\d+([._]\d+)*", segment.lower()) is not None


def canonical(path: str) -> str:
    """The path with nameless parameters and no closing slash: equal for paths that only look different."""
    return "/" + "/".join("{}" if is_parameter(part) else part for part in segments(path))


def below(collection: str) -> str:
    """The canonical path of one item of a collection; the root may be a collection, too."""
    return f"{collection.rstrip('/')}/{{}}"


def above(item: str) -> str:
    """The collection that the canonical path of one item belongs to."""
    return item.removesuffix("/{}") or "/"


def ends_in_parameter(path: str) -> bool:
    parts = segments(path)
    return bool(parts) and is_parameter(parts[-1])


def last_name(path: str) -> str:
    """The last segment that is a name, not a parameter or a version; empty for the root."""
    return next((s for s in reversed(segments(path)) if not is_parameter(s) and not is_version(s)), "")


def last_words(path: str) -> frozenset[str]:
    return frozenset(words(last_name(path)))


def path_words(path: str) -> frozenset[str]:
    """The words of all the names on the path."""
    return frozenset(word for part in segments(path) if not is_parameter(part) for word in words(part))


def common_prefix(one: str, other: str) -> int:
    """How many segments two paths share from the start, names of parameters left aside."""
    count = 0
    for left, right in zip(segments(canonical(one)), segments(canonical(other)), strict=False):
        if left != right:
            break
        count += 1
    return count
