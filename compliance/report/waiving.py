"""The waiver of a finding as TOML to paste: who waives it and why is left to its author."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from compliance.report.pasting import quoted

#: How long the proposed waiver lasts; half of what is allowed.
DAYS = 90


def snippet(rule: str, subjects: Sequence[str], started: str) -> str:
    """One `[[waiver]]` for the rule on these subjects, for some weeks from when the run began."""
    lines = [
        "[[waiver]]",
        f"rule = {quoted(rule)}",
        "operations = [",
        *(f"    {quoted(one)}," for one in subjects),
        "]",
        'reason = ""  # why this may stay for now',
        'owner = ""  # who mends it',
        _expires(started),
    ]
    return "\n".join(lines) + "\n"


def _expires(started: str) -> str:
    try:
        day = datetime.fromisoformat(started).date() + timedelta(days=DAYS)
    except (ValueError, OverflowError):
        return "# expires = a day at most 180 days ahead, such as 2030-01-31"
    return f"expires = {day.isoformat()}"
