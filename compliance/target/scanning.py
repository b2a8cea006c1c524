"""Finding a known secret in an answer, in whatever encoding."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import urllib.parse
from collections.abc import Mapping
from functools import lru_cache

#: Shorter pieces of a canary could stand in a body by chance.
SHORTEST = 8


@lru_cache(maxsize=512)
def shapes(secret: str) -> tuple[tuple[str, str], ...]:
    """Every text by which a secret can be recognised, as (name of the encoding, text)."""
    raw = secret.encode()
    found = {
        "plain": secret,
        "JSON-escaped": json.dumps(secret)[1:-1],
        "escaped as code points": "".join(f"\\u{ord(character):04x}" for character in secret),
        "JSON in Unicode": json.dumps(secret, ensure_ascii=False)[1:-1],
        "percent-encoded": urllib.parse.quote(secret, safe=""),
        "percent-encoded path": urllib.parse.quote(secret),
        "form-encoded": urllib.parse.quote_plus(secret),
        "Python literal": repr(secret)[1:-1],
        "HTML-escaped": html.escape(secret),
        "reversed": secret[::-1],
        "hexadecimal": raw.hex(),
    }
    for offset in range(
        3
    ):  # base64 looks different at each of three alignments; its edges depend on the neighbours
        encoded = base64.b64encode(b"\0" * offset + raw).decode().rstrip("=")
        core = encoded[(0, 2, 3)[offset] : -2]
        found[f"base64 at {offset}"] = core
        found[f"base64url at {offset}"] = core.replace("+", "-").replace("/", "_")
    for algorithm in ("md5", "sha1", "sha256", "sha512"):
        found[f"{algorithm} digest"] = hashlib.new(algorithm, raw, usedforsecurity=False).hexdigest()
    return tuple((name, text) for name, text in found.items() if len(text) >= SHORTEST)


def find(secret: str, text: str) -> str:
    """The name of the encoding in which the secret stands in a text, empty when it does not."""
    lowered = text.lower()
    for name, shape in shapes(secret):
        hit = shape in lowered if name.endswith(("digest", "hexadecimal", "points")) else shape in text
        if hit:
            return name
    return ""


class Finder:
    """Finds any of many secrets in texts: plain or encoded, not as a digest. What it costs does not grow with their number."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        """secrets: by the name to tell of them."""
        #: every shape by its beginning, whatever the case
        self._beginnings: dict[str, list[tuple[str, str]]] = {}
        for name, secret in secrets.items():
            for encoding, shape in shapes(secret):
                if not encoding.endswith("digest"):
                    known = self._beginnings.setdefault(shape[:SHORTEST].lower(), [])
                    known.append((name, secret))

    def find(self, text: str) -> tuple[str, str] | None:
        """The name of a secret that stands in a text, and the name of its encoding; None where none does."""
        lowered = text.lower()
        pieces = {lowered[place : place + SHORTEST] for place in range(len(lowered) - SHORTEST + 1)}
        for piece in pieces & self._beginnings.keys():
            for name, secret in self._beginnings[piece]:
                encoding = find(secret, text)
                if encoding and not encoding.endswith("digest"):
                    return name, encoding
        return None
