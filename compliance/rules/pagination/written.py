"""How lists are paged, as their code declares it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.catalogue import Level, NotApplicable, Phase, Untested, Violation, rule
from compliance.source.pages import (
    PageSize,
    clamp_of,
    is_fixed,
    is_series,
    lists,
    lists_constants,
    page_sizes,
    pages,
)

if TYPE_CHECKING:
    from compliance.source import Source
    from compliance.source.operations import Operation

#: The greatest page that the standard allows.
MAXIMUM = 100


@rule(
    "PAG-001",
    "A list takes paging parameters",
    level=Level.MUST,
    subjects=lists,
    phase=Phase.READ,
    depth="source",
)
def list_takes_a_page(source: Source, operation: Operation) -> None:
    """
    Why: a list without pages answers with the whole table, and one day the table is large.

    Breaks: `async def list_users(service: UserService) -> list[UserResponse]`

    Conforms: `pagination: Annotated[PaginationParams, Depends()]`: a page and its size, limit and offset, or a cursor
    """
    if operation.answer.is_library_page or any(pages(one) for one in operation.parameters):
        return
    if any(one.is_list for one in operation.parameters):
        raise NotApplicable("what it answers is bounded by the values that the request lists")
    if is_series(operation):
        raise NotApplicable("it answers a series, bounded by its interval")
    if is_fixed(operation):
        raise NotApplicable("it asks nobody and uses nothing of the request: what it answers is fixed")
    if lists_constants(source, operation):
        raise NotApplicable("it lists what stands in the code, and nothing that grows")
    if operation.unread:
        raise Untested(f"its parameters may come from {operation.unread[0]}, which could not be read")
    taken = ", ".join(one.name for one in operation.parameters) or "the operation takes none"
    raise Violation(
        "a list takes no parameter of a page",
        "query parameters for a page, an offset or a cursor",
        f"in its signature and its dependencies: {taken}",
        [operation.at],
    )


@rule(
    "PAG-003",
    "A page holds at most 100 items",
    level=Level.MUST,
    subjects=page_sizes,
    phase=Phase.READ,
    depth="source",
)
def page_size_has_a_maximum(source: Source, size: PageSize) -> None:
    """
    Why: without a maximum any client orders the whole table with one request.

    Breaks: `limit: int = 10`; `Query(ge=1, le=5000)`; `Query(ge=-1, le=100)` where -1 stands for all

    Conforms: `Annotated[int, Query(ge=1, le=100)]`, or `limit = min(limit, 100)` in the code behind it
    """
    one = size.parameter
    if one.minimum is not None and one.minimum < 0:
        raise _violation(size, "a page size may be negative", f"at least {one.minimum:g}")
    if one.maximum is not None and one.maximum <= MAXIMUM:
        return
    clamps = [clamp_of(source, operation) for operation in size.operations]
    known = [clamp.most for clamp in clamps if clamp is not None and clamp.most is not None]
    stated = "no maximum" if one.maximum is None else f"at most {one.maximum:g}"
    if any(most > MAXIMUM for most in known):
        raise _violation(size, "a page size has too great a maximum", f"{stated}, and {max(known):g} in code")
    if None not in clamps:
        if len(known) < len(clamps):
            raise Untested("the code bounds it by a value that its text does not tell")
        return
    if one.is_vague:
        raise Untested("its bound is a value that the text does not tell")
    cause = "a page size has no maximum" if one.maximum is None else "a page size has too great a maximum"
    raise _violation(size, cause, stated)


def _violation(size: PageSize, cause: str, observed: str) -> Violation:
    lists_of_it = (
        f"{len(size.operations)} lists take it" if len(size.operations) > 1 else size.operations[0].label
    )
    return Violation(cause, f"1 to {MAXIMUM}", f"{observed}; {lists_of_it}", [size.parameter.at])
