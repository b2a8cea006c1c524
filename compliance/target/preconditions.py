"""Services that change nothing unless the request says on which state it depends: it is said, for any state or the present one.

RFC 6585 has 428 for that. Documents mostly show such a header as one that may be left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from compliance.target.wire import Request

if TYPE_CHECKING:
    from compliance.target.reach import Target
    from compliance.target.tape import Exchange

HEADER = "If-Match"


def on_a_condition(
    target: Target, send: Callable[[Request], Exchange], request: Request, refused: Exchange
) -> Exchange:
    """The answer to the request with the condition that was missing; what the request states by itself stays as it is.

    Any state will do, else the one that its sender reads: some services compare the tag and nothing else.
    """
    insists = target.completing.insists
    if _is_stated(request) or not request.operation:
        return refused
    if refused.status == 428:
        insists.add(request.operation)
        refused = send(request)
    if refused.status != 412 or request.operation not in insists:
        return refused
    target.completing.compares.add(request.operation)
    stated = with_its_tag(target, send, request)
    return refused if stated is request else send(stated)


def with_its_tag(target: Target, send: Callable[[Request], Exchange], request: Request) -> Request:
    """The request with the tag that its sender reads now, where only that will do; itself where none is told."""
    if request.operation not in target.completing.compares or _is_stated(request):
        return request
    look = _look(target, request)
    tag = send(look).header("etag") if look else None
    return replace(request, headers=(*request.headers, (HEADER, tag))) if tag else request


def _is_stated(request: Request) -> bool:
    return any(name.lower() == HEADER.lower() for name, _ in request.headers)


def _look(target: Target, request: Request) -> Request | None:
    """The read of what the request would change, in the name of the same sender."""
    labels = {one.label: one.path for one in target.contract.operations}
    path = labels.get(request.operation)
    read = next((one for one in target.contract.operations if one.method == "GET" and one.path == path), None)
    if read is None:
        return None
    return Request(
        "GET",
        request.path,
        headers=request.headers,
        actor=request.actor,
        operation=read.label,
        auth=request.auth,
    )
