"""Pydantic's lax mode: the valid values that it reads out of JSON which the schema calls invalid."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

#: Anything that JSON can say.
Json = Any
#: How many faults a value has under a schema.
Errors = Callable[[Json], int]
#: The way to a value inside JSON: keys and indices.
Way = tuple[str | int, ...]

#: Values looked at in one body, so that a huge one costs no minutes.
LEAVES = 200
_TRUE = frozenset({"1", "on", "t", "true", "y", "yes"})
_FALSE = frozenset({"0", "off", "f", "false", "n", "no"})
#: What a number can stand for where the schema wants a format of text.
_MOMENTS = ("1970-01-01T00:00:00Z", "1970-01-01", "00:00:00Z", "P1D")
_PLAIN_TEXT = "~"


def has_lax_reading(body: Json, errors: Errors) -> bool:
    """Whether some lax reading of the values inside makes the body valid."""
    left = errors(body)
    for count, (way, value) in enumerate(leaves(body)):
        if not left or count == LEAVES:
            break
        body, left = _best(body, way, value, left, errors)
    return not left


def _best(body: Json, way: Way, value: Json, left: int, errors: Errors) -> tuple[Json, int]:
    for reading in readings(value):
        candidate = replaced(body, way, reading)
        found = errors(candidate)
        if found < left:
            return candidate, found
    return _as_moment(body, way, value, left, errors)


def _as_moment(body: Json, way: Way, value: Json, left: int, errors: Errors) -> tuple[Json, int]:
    """A number, or the text of one, read as a point in time: only where plain text would not do as well."""
    if isinstance(value, bool) or number(value) is None:
        return body, left
    plain = errors(replaced(body, way, _PLAIN_TEXT))
    for moment in _MOMENTS:
        candidate = replaced(body, way, moment)
        found = errors(candidate)
        if found < min(left, plain):
            return candidate, found
    return body, left


def readings(value: Json) -> Iterator[Json]:
    """What a value can stand for besides itself."""
    if isinstance(value, bool):
        yield int(value)
        return
    found = number(value)
    if isinstance(value, str) and found is not None:
        yield found
    word = str(value).strip().lower()
    if word in _TRUE or found == 1:
        yield True
    if word in _FALSE or found == 0:
        yield False


def number(value: Json) -> int | float | None:
    """The number that a value is, or that its text says."""
    if isinstance(value, int | float):
        return value
    if not isinstance(value, str):
        return None
    for read in (int, float):
        try:
            return read(value.strip())
        except ValueError:
            continue
    return None


def leaves(value: Json, way: Way = ()) -> Iterator[tuple[Way, Json]]:
    """Every value that holds no other, with the way to it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*way, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, (*way, index))
    else:
        yield way, value


def replaced(body: Json, way: Way, value: Json) -> Json:
    """The body with another value at the end of the way."""
    if not way:
        return value
    copied = body.copy()
    copied[way[0]] = replaced(body[way[0]], way[1:], value)
    return copied
