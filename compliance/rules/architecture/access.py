"""Access to the database where it does not belong, and transactions that a route ends."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.catalogue import Level, NotApplicable, Phase, rule
from compliance.result import Place
from compliance.source import Source
from compliance.source.database import LIBRARIES
from compliance.source.modules import Function
from compliance.source.subjects import whole


@rule(
    "ARC-004",
    "Only repositories talk to the database",
    level=Level.MUST,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def only_repositories_use_the_database(source: Source, _: Source) -> None:
    """
    Why: where routes and services hold queries of their own, one of them forgets the filter that the others have.

    Breaks: `await session.execute(select(User))` in a route, a service or a dependency

    Conforms: the same in `app/repositories/user_repository.py`; a commit in a service, a session that a dependency opens
    """
    _must_have_a_database(source)
    source.none_of(
        rows_outside_repositories(source),
        "access to the database outside the repositories",
        "routes, services and dependencies that call a repository",
    )
    source.must_have_layers()


@rule(
    "ARC-005",
    "A route neither commits nor rolls back",
    level=Level.SHOULD,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def routes_end_no_transaction(source: Source, _: Source) -> None:
    """
    Why: a route that commits knows of the database; the one that forgets it loses what its client believes was kept.

    Breaks: `await session.commit()` in a route

    Conforms: one commit a request, in the dependency that opened the session; or in the service
    """
    _must_have_a_database(source)
    if not source.routes:
        raise NotApplicable("there are no routes")
    source.none_of(
        (place for route in source.routes for place in _transactions(source, route.function)),
        "a route ends a transaction",
        "the dependency that opens the session, or a service, to commit",
    )


def _must_have_a_database(source: Source) -> None:
    if not source.imports(*LIBRARIES):
        source.must_be_read()
        raise NotApplicable("nothing imports a library of databases")


def rows_outside_repositories(source: Source) -> Iterator[Place]:
    """Where routes, services and dependencies build statements or touch rows."""
    for function in _outside_repositories(source):
        yield from rows_of(source, function)


def _outside_repositories(source: Source) -> Iterator[Function]:
    """Routes wherever they stand, and what else routes, services and dependencies have."""
    handlers = {id(route.function.node): route.function for route in source.routes}
    yield from handlers.values()
    for module in source.in_layer("api", "services", "dependencies"):
        yield from (one for one in module.functions if id(one.node) not in handlers)


def rows_of(source: Source, function: Function) -> Iterator[Place]:
    """One place a line: of `session.execute(select(…))` the call of the session."""
    lines = set[int]()
    for one in source.database.accesses(function):
        if not one.is_transaction and one.node.lineno not in lines:
            lines.add(one.node.lineno)
            yield function.module.place(one.node, f"{function.short} calls {one.what}")


def _transactions(source: Source, function: Function) -> Iterator[Place]:
    """Where rows are touched too, the clause on repositories says all there is to say."""
    found = source.database.accesses(function)
    if all(one.is_transaction for one in found):
        yield from (function.module.place(one.node, f"{function.short} calls {one.what}") for one in found)
