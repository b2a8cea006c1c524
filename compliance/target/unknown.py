"""A path below the API's own prefix that no operation has."""

from __future__ import annotations

from compliance.contract.model import Contract
from compliance.contract.paths import is_parameter, segments


def unknown_path(contract: Contract, tag: str) -> tuple[str, bool]:
    """The path, and whether it lies below a prefix; "" where any path may be one of the document's."""
    paths = [segments(operation.path) for operation in contract.operations]
    prefix = common_prefix(paths)
    name = f"compliance-{tag}-unknown"
    while any(
        path[: len(prefix)] == prefix and any(map(is_parameter, path[len(prefix) :][:1])) for path in paths
    ):
        if not prefix:
            return "", False
        prefix = prefix[:-1]
    return "/" + "/".join([*prefix, name]), bool(prefix)


def common_prefix(paths: list[list[str]]) -> list[str]:
    """The segments that lead to every collection, none of which is one itself: `api`, `v1`.

    What lies beside it, such as `/health`, has one segment.
    """
    deep = [path for path in paths if len(path) > 2]
    prefix: list[str] = []
    for place in zip(*deep, strict=False):
        here = [*prefix, place[0]]
        if len(set(place)) > 1 or is_parameter(place[0]) or here in paths:
            break
        prefix = here
    return prefix
