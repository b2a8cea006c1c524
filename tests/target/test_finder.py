"""Finding any of many secrets, in any encoding, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import urllib.parse

import pytest

from compliance.target.scanning import Finder

SECRET = 'Zk9!correct&horse"battery'
FINDER = Finder(
    {
        "others": "Zk9@another-one-that-is-long",
        "alice": SECRET,
        **{f"x{n}": secrets.token_hex(12) for n in range(200)},
    }
)


@pytest.mark.parametrize(
    ("written", "encoding"),
    [
        (SECRET, "plain"),
        (json.dumps({"input": SECRET}), "JSON-escaped"),
        (urllib.parse.quote(SECRET, safe=""), "percent-encoded"),
        (SECRET.encode().hex().upper(), "hexadecimal"),
        (SECRET[::-1], "reversed"),
        (base64.b64encode(b"alice:" + SECRET.encode()).decode(), "base64 at 0"),
        (base64.b64encode(b"bob:" + SECRET.encode()).decode(), "base64 at 1"),
    ],
)
def test_a_secret_is_found_among_many(written: str, encoding: str):
    assert FINDER.find(f"<p>{written}</p>") == ("alice", encoding)


@pytest.mark.parametrize(
    "text",
    ["", "short", SECRET[:-1], hashlib.sha256(SECRET.encode()).hexdigest(), secrets.token_urlsafe(500)],
)
def test_nothing_else_is(text: str):
    assert FINDER.find(text) is None
