"""What an exchange says of its answer."""

from __future__ import annotations

import pytest

from compliance.catalogue import Untested
from compliance.target.tape import Exchange


def answered(body: bytes) -> Exchange:
    return Exchange("alice", "GET /things", "GET", "http://127.0.0.1/things", (), b"", 200, (), body)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"\xff", b"[" * 100_000 + b"]" * 100_000], ids=["empty", "html", "bytes", "deep"]
)
def test_a_body_that_cannot_be_read_is_said_to_be_no_json(body: bytes):
    with pytest.raises(Untested, match="answered 200 with a body that is not JSON"):
        answered(body).json()
