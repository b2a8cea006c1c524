"""A small fixed set of requests that must fail, so that passive rules always have errors to judge."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.catalogue import Need, Untested
from compliance.contract.model import ListOperation
from compliance.contract.paging import number_of
from compliance.contract.resolve import Resolver
from compliance.target.addressing import query_values
from compliance.target.entering import login_request
from compliance.target.intentions import changes_things
from compliance.target.reach import Target
from compliance.target.unknown import unknown_path
from compliance.target.wire import Request

#: Just beyond 32 bits, the last of 64, just beyond them, and beyond all.
FAR = (2**31, 2**63 - 1, 2**63, 10**20)
#: What says in a schema that a number cannot be as large.
_BOUNDS = {"maximum", "exclusiveMaximum", "enum", "const"}


def survey(target: Target) -> None:
    """Send it, and the hostile input last. An answer that does not come is no finding here; whoever needs it says so."""
    target.hostile.read()
    for request in _requests(target):
        try:
            target.send(request)
        except Untested:
            continue
    target.hostile.everywhere()


def _requests(target: Target) -> Iterator[Request]:
    yield from _unknown_and_refused(target)
    yield from _far_pages(target)
    if target.grants.writes:
        yield from _refused_methods(target)
        yield from _failed_logins(target)


def _unknown_and_refused(target: Target) -> Iterator[Request]:
    path, _ = unknown_path(target.contract, target.tag)
    yield Request("GET", path or f"/compliance-{target.tag}-unknown")
    for operation in target.contract.operations:
        if operation.guarded and operation.method == "GET" and "{" not in operation.path:
            yield target.request(operation)
            yield target.request(operation, headers=(("Authorization", "Bearer compliance.kit.garbage"),))
            break


def _refused_methods(target: Target) -> Iterator[Request]:
    """A PATCH where the document has none."""
    methods: dict[str, set[str]] = {}
    for operation in target.contract.operations:
        methods.setdefault(operation.path, set()).add(operation.method)
    plain = [path for path, used in methods.items() if "{" not in path and "PATCH" not in used]
    for path in plain[:1]:
        yield Request("PATCH", path)


def _far_pages(target: Target) -> Iterator[Request]:
    """Pages that no list has and no document forbids: they become numbers that no column holds, or less than nothing."""
    operations = target.contract.operations
    for listing in target.contract.lists if not target.lacks(Need.USER) else ():
        name, numbers = _beyond(target.contract.resolver, listing)
        if not name or changes_things(operations, listing.operation):
            continue
        try:
            who, query = (
                target.caller(listing.operation),
                query_values(target, listing.operation, target.alice),
            )
            way = target.path_values(listing.operation, target.alice)
        except Untested:
            continue
        for number in numbers:
            yield target.request(listing.operation, who, way, params={**query, name: number})


def _beyond(resolver: Resolver, listing: ListOperation) -> tuple[str, tuple[int, ...]]:
    """The first paging parameter that is a whole number without a maximum, and what to send in it; "" where none is."""
    for name in filter(None, (listing.page, listing.offset, listing.size, listing.cursor)):
        parameter = listing.operation.query(name)
        schema = number_of(parameter.schema) if parameter else {}
        if resolver.type_of(schema) == "integer" and not _BOUNDS & schema.keys():
            return name, FAR if {"minimum", "exclusiveMinimum"} & schema.keys() else (*FAR, 0, -1)
    return "", ()


def _failed_logins(target: Target) -> Iterator[Request]:
    login = target.contract.login
    if login is not None:
        yield login_request(
            login, f"nobody.{target.tag}@example.com", target.secrets.password("wrong"), "anonymous"
        )
