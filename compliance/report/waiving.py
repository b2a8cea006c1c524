"""A waiver as TOML to paste: who waives it and why is left to its author."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from compliance.report.pasting import quoted

#: How long the proposed waiver lasts; half of what is allowed.
DAYS = 90


def snippet(
    rule: str,
    *,
    operations: Sequence[str] = (),
    files: Sequence[str] = (),
    begins: date | None,
    reason: str = "",
    owner: str = "",
) -> str:
    """One `[[waiver]]` for the rule on these operations or in these files, for some weeks from a day on."""
    return "\n".join(
        [
            "[[waiver]]",
            f"rule = {quoted(rule)}",
            *_list("operations", operations),
            *_list("files", files),
            f"reason = {quoted(reason)}" if reason else 'reason = ""  # why this may stay for now',
            f"owner = {quoted(owner)}" if owner else 'owner = ""  # who mends it',
            f"expires = {begins + timedelta(days=DAYS)}"
            if begins
            else "# expires = a day at most 180 days ahead, such as 2030-01-31",
        ]
    )


def began(started: str) -> date | None:
    """The day on which a run began, None where it does not tell."""
    try:
        return datetime.fromisoformat(started).date()
    except ValueError:
        return None


def _list(key: str, values: Sequence[str]) -> list[str]:
    if len(values) == 1:
        return [f"{key} = [{quoted(values[0])}]"]
    return [f"{key} = [", *(f"    {quoted(one)}," for one in values), "]"] if values else []
