"""The functions of the source that answer the operations of a service: where a fault that is seen from outside is mended."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from compliance.result import Place
from compliance.source.paths import ANY, MANY, Prefixes

if TYPE_CHECKING:
    from compliance.contract.model import Operation
    from compliance.source import Source
    from compliance.source.paths import Parts


def handlers(source: Source, operations: Iterable[Operation]) -> dict[str, Place]:
    """Label of an operation -> the line of the decorator that states it, from the root of the source.

    An operation that no decorator or more than one states with as much of its path is left out.
    """
    prefixes = Prefixes(source.index)
    stated = [
        (route.method.upper(), parts, Place(route.function.module.file, route.decorator.lineno))
        for route in source.routes
        for parts in prefixes.paths(route)
    ]
    found: dict[str, Place] = {}
    for operation in operations:
        wanted = tuple(ANY if "{" in part else part for part in operation.path.split("/") if part)
        fitting = [
            (len(parts), place)
            for method, parts, place in stated
            if method == operation.method and _ends(wanted, parts)
        ]
        best = {place for length, place in fitting if length == max(fitting, key=_length)[0]}
        if len(best) == 1:
            found[operation.label] = best.pop()
    return found


def _length(fitting: tuple[int, Place]) -> int:
    return fitting[0]


def _ends(path: Parts, stated: Parts) -> bool:
    """Whether the path ends as the code has it, which may not know what a server mounts it under."""
    own = path[len(path) - len(stated) :]
    return len(path) >= len(stated) > 0 and all(
        said == wanted or (said, wanted) == (MANY, ANY) for said, wanted in zip(stated, own, strict=True)
    )
