"""What hypothesis is given instead of finding it out."""

from __future__ import annotations

from hypothesis.internal import charmap
from hypothesis.internal.conjecture import providers

from compliance.housekeeping import hypothesis_at_home


def test_the_table_of_utf_8_is_read_and_right() -> None:
    with hypothesis_at_home():
        assert charmap.charmap_file("codec-v2-utf-8").exists()
        told, unread = charmap.intervals_from_codec.__wrapped__("utf-8")
    assert all(chr(sign).encode().decode() == chr(sign) for pair in told.intervals for sign in pair)
    assert told.size == 0x110000 - 0x800
    assert unread.size == 0


def test_nothing_is_taken_from_the_code_of_the_user() -> None:
    with hypothesis_at_home():
        assert len(providers._get_local_constants()) == 0
