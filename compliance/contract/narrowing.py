"""The part of a document that is to be looked at, by what a person includes and excludes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from compliance.contract.errors import ContractError, unknown
from compliance.contract.model import Operation
from compliance.contract.operations import METHODS
from compliance.contract.resolve import mapping

if TYPE_CHECKING:
    from compliance.contract.overrides import Overrides
    from compliance.contract.resolve import Resolver


def narrowed(operations: Sequence[Operation], overrides: Overrides) -> tuple[Operation, ...]:
    """The operations that are to be looked at. Raises ContractError for a pattern that matches nothing."""
    for name in ("include", "exclude"):
        for pattern in getattr(overrides, name):
            if not any(_matches(operation, pattern) for operation in operations):
                paths = [operation.path for operation in operations]
                raise unknown(name, pattern, paths, "a pattern that matches no path of the document")
    left = tuple(
        operation
        for operation in operations
        if not overrides.include or any(_matches(operation, one) for one in overrides.include)
        if not any(_matches(operation, one) for one in overrides.exclude)
    )
    if operations and not left:
        raise ContractError("include and exclude leave no operation of the document: widen one of them.")
    return left


def left_of(
    document: Mapping[str, Any], operations: Sequence[Operation], base: str, resolver: Resolver
) -> Mapping[str, Any]:
    """The document with those operations alone, so that whoever reads it does not find what was left out."""
    kept = {(operation.method.lower(), operation.path.removeprefix(base)) for operation in operations}
    paths = {}
    for path, raw in mapping(document.get("paths")).items():
        item = resolver.follow(raw)
        left = {key: value for key, value in item.items() if key not in METHODS or (key, path) in kept}
        if any(key in METHODS for key in left):
            paths[path] = left
    return {**document, "paths": paths}


def _matches(operation: Operation, pattern: str) -> bool:
    """`/api/*` is a pattern of paths, `GET /api/*` one of operations."""
    return fnmatchcase(operation.label if " " in pattern else operation.path, pattern)
