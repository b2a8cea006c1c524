"""Methods that nobody documented."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from compliance.catalogue import Level, Need, Phase, Untested, Violation, rule
from compliance.contract.model import Operation, Service
from compliance.contract.subjects import service
from compliance.target.addressing import query_values
from compliance.target.confirmation import absent_like
from compliance.target.reach import Target
from compliance.target.tape import Exchange
from compliance.target.tokens import says_no
from compliance.target.wire import Request

#: A method that no server knows: whoever answers it with a success answers anything so.
NONSENSE = "COMPLY"
#: What is tried where the document has it not. HEAD and OPTIONS belong to the protocol.
METHODS = ("GET", "POST", "PUT", "PATCH")
#: A word that comes back in the answer to TRACE, and nowhere else.
MARK = "X-Compliance-Mark"


@rule(
    "SUR-001",
    "An undocumented method is refused",
    level=Level.SHOULD,
    subjects=service,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def undocumented_methods_are_refused(target: Target, _: Service) -> None:
    """
    Why: a handler that the document leaves out is guarded and reviewed by nobody.

    Breaks: `@router.put("/{id}", include_in_schema=False)`

    Conforms: every handler in the document, and none beside them
    """
    opened: list[Exchange] = []
    tried = False
    for documented in _by_path(target):
        values = _own_way(target, documented)
        if values is None:
            continue
        if not tried and _answers_anything(target, documented[0], values):
            raise Untested(
                "a method that nobody knows is answered with a success, so that no method says anything"
            )
        for request in _undocumented(target, documented, values):
            tried = True
            answer = target.send(request)
            if answer.ok and not says_no(answer):
                opened.append(answer)
    if opened:
        label = f"{opened[0].method} {target.client.below(opened[0].url).partition('?')[0]}"
        more = f" and {len(opened) - 1} more" if len(opened) > 1 else ""
        raise Violation(
            "an undocumented method has an effect",
            "401, 403, 404 or 405",
            f"{opened[0].status} to {label}{more}",
            opened[:3],
        )
    if not tried:
        raise Untested("no path was reached on which the document leaves a method out")


def _by_path(target: Target) -> list[list[Operation]]:
    """The operations of each path, as far as one of them succeeded in this run: an address that works."""
    worked = {exchange.operation for exchange in target.tape if exchange.ok}
    paths: dict[str, list[Operation]] = {}
    for operation in target.contract.operations:
        paths.setdefault(operation.path, []).append(operation)
    return [here for here in paths.values() if any(one.label in worked for one in here)]


def _own_way(target: Target, documented: list[Operation]) -> Mapping[str, Any] | None:
    """Values for the path that name a row of the run's own; None where there is none."""
    if not documented[0].path_parameters:
        return {}
    resource = next(filter(None, map(target.contract.resource_of, documented)), None)
    if resource is None or resource.create is None or resource is target.contract.accounts:
        return None
    try:
        created = target.create(resource, target.alice)
        unsafe = next((one for one in documented if one.method != "GET"), documented[0])
        return (
            target.path_values(unsafe, created.owner, created) if target.ledger.is_ours(created.row) else None
        )
    except Untested:
        return None


def _answers_anything(target: Target, documented: Operation, values: Mapping[str, Any]) -> bool:
    request = target.request(documented, target.alice, values)
    return target.send(
        Request(NONSENSE, request.path, headers=request.headers, auth=request.auth, actor="alice")
    ).ok


def _undocumented(
    target: Target, documented: list[Operation], values: Mapping[str, Any]
) -> Iterator[Request]:
    """What is sent to a path: an empty object, or what the sibling among PUT and PATCH takes; a delete of nobody's row."""
    known = {one.method for one in documented}
    like = target.request(documented[0], target.alice, values)
    updates = [one for one in documented if one.method in ("PUT", "PATCH") and one.body]
    for method in METHODS:
        if method in known or (method == "GET" and not _is_a_collection(documented)):
            continue
        body = target.body(updates[0]).get("json", {}) if method in ("PUT", "PATCH") and updates else {}
        yield Request(
            method,
            like.path,
            headers=like.headers,
            auth=like.auth,
            json=None if method == "GET" else body,
            actor="alice",
        )
    if "DELETE" not in known and values and not target.lacks(Need.DESTRUCTIVE):
        last = documented[0].path_parameters[-1]
        nobodys = target.request(documented[0], target.alice, {**values, last: absent_like(values[last])})
        yield Request("DELETE", nobodys.path, headers=nobodys.headers, auth=nobodys.auth, actor="alice")


def _is_a_collection(documented: list[Operation]) -> bool:
    """Whether reading the path can only show things: other paths may do something, whatever the method."""
    return any(one.method == "POST" and "201" in one.responses for one in documented)


@rule(
    "SUR-002", "TRACE is refused", level=Level.SHOULD, subjects=service, phase=Phase.READ, needs={Need.USER}
)
def trace_is_refused(target: Target, _: Service) -> None:
    """
    Why: TRACE sends the request back with its headers, the credentials among them.

    Breaks: a server or proxy with `TraceEnable on`

    Conforms: 405 or 501, as the usual Python servers answer
    """
    operation, genuine = a_plain_read(target)
    answer = target.send(
        Request("TRACE", target.client.below(genuine.url).partition("?")[0], headers=((MARK, target.tag),))
    )
    if answer.ok and target.tag in answer.text:
        raise Violation(
            "TRACE is answered", "405 or 501", f"{answer.status}, with the headers that were sent", [answer]
        )
    if answer.ok and answer.body != genuine.body:
        raise Violation("TRACE is answered", "405 or 501", str(answer.status), [answer])
    if answer.ok:
        raise Untested(f"{answer}: the same answer as to GET {operation.path}")


def a_plain_read(target: Target) -> tuple[Operation, Exchange]:
    """A read without parameters in its path that succeeds, and its answer. Raises Untested where there is none."""
    doubts: list[str] = []
    for operation in target.contract.operations:
        if operation.method != "GET" or operation.path_parameters or target.restraint.why(operation):
            continue
        try:
            query = {"params": query_values(target, operation, target.alice)}
            answer = target.call(operation, target.caller(operation), **query)
        except Untested as doubt:
            doubts.append(str(doubt))
            continue
        if answer.ok:
            return operation, answer
        doubts.append(str(answer))
        if len(doubts) == 3:
            break
    raise Untested("; ".join(doubts) or "the document has no read without a parameter in its path")
