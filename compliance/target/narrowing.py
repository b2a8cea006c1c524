"""Asking a list for less: by its parameter for a search, with texts that it has and texts that it has not."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from compliance.contract.model import ListOperation
from compliance.contract.paths import normal, vocabulary

if TYPE_CHECKING:
    from compliance.target.reach import Target

#: Parameters that take any text that is looked for.
_SEARCHES = vocabulary(
    "search q query searchterm searchquery searchtext keyword keywords term text filtertext"
)


def search_of(listing: ListOperation) -> str | None:
    """The parameter that takes a text to look for, None where there is none."""
    asked = (one for one in listing.operation.parameters if one.location == "query")
    free = (one for one in asked if one.schema.get("type") in ("string", None) and "enum" not in one.schema)
    return next((one.name for one in free if normal(one.name) in _SEARCHES), None)


def a_text_of_ours(target: Target, listing: ListOperation) -> str | None:
    """A text that the list shows of a row of the run's own, None where none is known to."""
    found = (
        mark
        for row in reversed(target.ledger.rows)
        if row.resource.listing is listing and not (row.deleted or row.gone)
        for mark in ([row.owner.username] if row.account else sorted(row.marks))
        if mark
    )
    return next(found, None)


def a_text_of_nobody() -> str:
    """A text that no row holds."""
    return f"zq{uuid4().hex[:16]}"
