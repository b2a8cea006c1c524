"""The headers that the document promises for answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from compliance.contract.resolve import mapping

if TYPE_CHECKING:
    from compliance.contract.model import Contract, Operation


def promising(contract: Contract) -> Iterable[Operation]:
    """Operations of which an answer has documented headers."""
    return [operation for operation in contract.operations if promised(contract, operation)]


def promised(contract: Contract, operation: Operation) -> dict[str, dict[str, Any]]:
    """The documented headers of an operation's answers, by status as the document writes it."""
    resolver = contract.resolver
    found = {}
    for status, raw in mapping(_node(contract, operation).get("responses")).items():
        headers = mapping(resolver.follow(raw).get("headers"))
        # OpenAPI says of a header called Content-Type that it shall be ignored.
        kept = {str(name): one for name, one in headers.items() if str(name).lower() != "content-type"}
        if kept:
            found[str(status).upper()] = kept
    return found


def is_promised(statuses: Iterable[str], status: int) -> bool:
    """Whether one of the documented statuses is that of an answer."""
    return bool({str(status), f"{status // 100}XX", "DEFAULT"} & set(statuses))


def _node(contract: Contract, operation: Operation) -> Any:
    """The operation as the document has it: of the paths that the operation's ends with, the longest."""
    paths = mapping(contract.document.get("paths"))
    fitting = sorted((path for path in map(str, paths) if operation.path.endswith(path)), key=len)
    item = contract.resolver.follow(paths.get(fitting[-1])) if fitting else {}
    return mapping(item.get(operation.method.lower()))
