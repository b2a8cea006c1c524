"""Routes that ask repositories themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from compliance.catalogue import Level, NotApplicable, Phase, rule
from compliance.result import Place
from compliance.rules.architecture.asking import asks
from compliance.source import Source
from compliance.source.modules import Function, dotted
from compliance.source.subjects import whole


@rule(
    "ARC-002",
    "A route asks services, not repositories",
    level=Level.SHOULD,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def routes_do_not_skip_services(source: Source, _: Source) -> None:
    """
    Why: what a route does with rows past the services is a rule of the business that the next route does not know.

    Breaks: `await users.get_by_id(user_id)` in a route, where `users` is a repository

    Conforms: `await service.get_user(user_id)`; to hand a repository to a service is no skipping
    """
    if not any(source.in_layer("services")):
        raise NotApplicable("there are no services that a route could ask: ARC-006 says so")
    source.none_of(
        asked_by_routes(source),
        "a route asks a repository",
        "a service between the route and the repository",
    )
    source.must_have_layers()
    if not any(source.in_layer("repositories")):
        raise NotApplicable("there are no repositories that a route could ask")


def asked_by_routes(source: Source) -> Iterator[Place]:
    """Where routes call repositories."""
    for route in source.routes:
        yield from _asked(source, route.function)


def _asked(source: Source, function: Function) -> Iterator[Place]:
    for node in function.nodes(ast.Call):
        if asks(source, function, node, "repositories"):
            yield function.module.place(node, f"{function.short} calls {dotted(node.func) or 'a repository'}")
