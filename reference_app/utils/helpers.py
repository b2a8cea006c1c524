"""Small pure functions."""

from datetime import UTC, datetime, timedelta

MAX_ID = 2**31 - 1
"""Identifiers are 32-bit integers in PostgreSQL; nothing larger may reach it."""


def utcnow() -> datetime:
    """The present moment, timezone-aware."""
    return datetime.now(UTC)


def count_pages(total: int, page_size: int) -> int:
    """How many pages of `page_size` hold `total` items; none for nothing."""
    return -(-total // page_size)


def later_than(moment: datetime) -> datetime:
    """The present moment, or just after `moment` if the clock has not got there."""
    return max(utcnow(), moment + timedelta(microseconds=1))
