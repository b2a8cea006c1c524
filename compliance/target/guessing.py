"""Guessing the shared secret under a token, as an attacker does on his own machine: no request is sent."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from compliance.target.forging import Token, mac

#: Seconds for which it may last; the whole list takes a fraction of one.
LONGEST = 1.0
#: What people put behind a word to make it look less like one.
_ENDINGS = ("1", "12", "123", "1234", "12345", "123456", "!", "@123", "2023", "2024", "2025", "2026")
#: Characters up to which a word is tried with an ending.
_SHORT = 20
#: What is put behind the name of a service to make a secret of it.
_SUFFIXES = ("secret", "secret key", "key", "jwt", "jwt secret", "jwt secret key", "jwt key", "token")
_BREAKS = re.compile(r"[-_ ]+")


@dataclass(frozen=True)
class Guess:
    """What came of it: the key if it was found, where it is from, and how many were tried."""

    key: bytes | None
    source: str
    tried: int
    #: every candidate was tried, or the key was found
    whole: bool = True


def guess(token: Token, names: Iterable[str] = ()) -> Guess:
    """Try what is known, and what is made of the names that a service has."""
    tried, end = 0, time.monotonic() + LONGEST
    message, algorithm = token.message, token.algorithm
    sources = (("a list of known words and samples", known()), ("the name of the service", of_names(names)))
    for source, candidates in sources:
        for candidate in candidates:
            if mac(candidate, message, algorithm) == token.signature:
                return Guess(candidate, source, tried + 1)
            tried += 1
            if not tried % 1000 and time.monotonic() > end:
                return Guess(None, "", tried, whole=False)
    return Guess(None, "", tried)


@lru_cache(maxsize=1)
def known() -> tuple[bytes, ...]:
    """The words that the kit brings along, in the usual spellings; the empty one is the first."""
    text = files("compliance.target").joinpath("known_keys.txt").read_text(encoding="utf-8")
    words = [line for line in text.splitlines() if line and not line.startswith("# ")]
    made = ["", *words, *(one for word in words for one in (*_spellings(word), *_endings(word)))]
    return tuple(one.encode() for one in dict.fromkeys(made))


def of_names(names: Iterable[str]) -> Iterator[bytes]:
    """What the names of a service become where somebody makes a secret of them."""
    for name in dict.fromkeys(filter(None, (" ".join(re.findall(r"\w+", name)) for name in names))):
        for text in (name, *(f"{name} {suffix}" for suffix in _SUFFIXES)):
            for one in dict.fromkeys((text, *_spellings(text), *_endings(_BREAKS.sub("", text.lower())))):
                yield one.encode()


def _spellings(word: str) -> Iterator[str]:
    parts = [part for part in _BREAKS.split(word) if part]
    yield from (word.lower(), word.upper(), word.capitalize(), "".join(part.capitalize() for part in parts))
    for joint in ("-", "_", "", " ") if len(parts) > 1 else ():
        joined = joint.join(parts)
        yield from (joined, joined.lower(), joined.upper())


def _endings(word: str) -> Iterator[str]:
    if 3 <= len(word) <= _SHORT and word[-1].isalpha():
        yield from (f"{form}{ending}" for form in (word, word.capitalize()) for ending in _ENDINGS)
