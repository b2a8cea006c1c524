"""What rules of the source are applied to: all of it, its operations, its classes of a kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compliance.source.operations import Operation
    from compliance.source.routes import Route
    from compliance.source.tree import Source


def whole(source: Source) -> Iterable[Source]:
    """The source as one subject: for faults that may stand anywhere."""
    return [source]


def routes(source: Source) -> Iterable[Route]:
    """Every operation that a decorator declares."""
    return source.routes


def operations(source: Source) -> Iterable[Operation]:
    """Every operation of the document, with what it takes and answers."""
    return (one for one in source.operations if not one.is_hidden)
