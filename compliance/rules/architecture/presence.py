"""Layers that are missing altogether."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compliance.catalogue import Level, NotApplicable, Phase, rule
from compliance.result import Place
from compliance.rules.architecture.access import rows_of, rows_outside_repositories
from compliance.rules.architecture.skipping import asked_by_routes
from compliance.source import Source
from compliance.source.database import LIBRARIES
from compliance.source.subjects import whole

#: Classes that are a layer wherever they stand.
_BY_CLASS = {
    "services": re.compile(r"(Services?|ServiceImpl|UseCase|Interactor)$"),
    "repositories": re.compile(r"(Repository|RepositoryImpl|Repo|Dao|DAO|CRUD|Crud|Gateway|Store)$"),
}


@rule(
    "ARC-006",
    "There are services and repositories",
    level=Level.SHOULD,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def the_layers_exist(source: Source, _: Source) -> None:
    """
    Why: without a place of their own, rules of the business and queries end up in the routes, each where it was needed first.

    Breaks: a service whose routes query the database themselves, or call repositories with nothing between them

    Conforms: `app/services/` and `app/repositories/`; or both beside each other in one folder for each domain
    """
    if not source.routes or not source.imports(*LIBRARIES):
        source.must_be_read()
        raise NotApplicable("there are no routes, or nothing imports a library of databases")
    source.must_be_read()
    source.must_have_layers()
    # That a layer has another name is no fault: somebody has to do what it would do.
    instead = {
        "services": list(_in_place_of_services(source)),
        "repositories": list(rows_outside_repositories(source)),
    }
    missing = [layer for layer, places in instead.items() if places and not _has(source, layer)]
    one_each = {place.file: place for layer in missing for place in reversed(instead[layer])}
    source.none_of(
        one_each.values(),
        f"there are no {' and no '.join(missing)}",
        "modules of their own for services and for repositories",
    )


def _in_place_of_services(source: Source) -> Iterator[Place]:
    """Where routes do without."""
    yield from asked_by_routes(source)
    for route in source.routes:
        yield from rows_of(source, route.function)


def _has(source: Source, layer: str) -> bool:
    named = _BY_CLASS[layer]
    return any(source.in_layer(layer)) or any(
        named.search(one.short) for one in source.index.classes.values()
    )
