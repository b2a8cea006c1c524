"""A small fixed set of requests that must fail, so that passive rules always have errors to judge."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from compliance.catalogue import Need, Untested
from compliance.contract.fields import password_field
from compliance.contract.model import ListOperation, Operation
from compliance.contract.paging import number_of
from compliance.contract.resolve import Resolver
from compliance.target.actors import Actor
from compliance.target.addressing import query_values
from compliance.target.client import Request
from compliance.target.confirmation import ABSENT
from compliance.target.entering import login_request
from compliance.target.intentions import changes_things
from compliance.target.reach import Target

#: Just beyond 32 bits, the last of 64, just beyond them, and beyond all.
FAR = (2**31, 2**63 - 1, 2**63, 10**20)
#: What says in a schema that a number cannot be as large.
_BOUNDS = {"maximum", "exclusiveMaximum", "enum", "const"}


def survey(target: Target) -> None:
    """Send it. An answer that does not come is no finding here; whoever needs it says so."""
    for request in _requests(target):
        try:
            target.send(request)
        except Untested:
            continue


def _requests(target: Target) -> Iterator[Request]:
    yield from _unknown_and_refused(target)
    yield from _absent(target)
    yield from _far_pages(target)
    if target.grants.writes:
        yield from _refused_methods(target)
        yield from _malformed(target)
        yield from _passwords_in_bad_company(target)
        yield from _odd_texts(target)
        yield from _failed_logins(target)


def _unknown_and_refused(target: Target) -> Iterator[Request]:
    prefix = _common_prefix([operation.path for operation in target.contract.operations])
    yield Request("GET", f"{prefix}/compliance-{target.tag}-unknown")
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


def _absent(target: Target) -> Iterator[Request]:
    alice = target.actors.get("alice")
    for resource in target.contract.resources:
        if resource.read and alice and alice.proven and resource.read.path_parameters:
            last = resource.read.path_parameters[-1]
            known = _way(target, resource.read, alice)
            if {*known, last} == set(resource.read.path_parameters):
                for value in (ABSENT, "not-an-id", 10**11, 10**20):
                    yield target.request(resource.read, alice, {**known, last: value})


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


def _malformed(target: Target) -> Iterator[Request]:
    """Bodies that no create may accept."""
    for operation in _open_writes(target):
        for content in (b'{"broken": ', b"\xff\xfe", b"[]", b"null", b'"text"'):
            yield _raw(target, operation, content)


def _passwords_in_bad_company(target: Target) -> Iterator[Request]:
    """Bodies that are right but for one field: what stays in them, a password too, must not come back."""
    resolver = target.contract.resolver
    for operation in _open_writes(target):
        path = password_field(resolver, operation.body)
        body = _example(target, operation)
        for name in [name for name in body if path is None or name != path[0]][:3]:
            yield _bad(target, operation, {key: value for key, value in body.items() if key != name})
        if path and len(path) == 1:
            yield _bad(target, operation, {**body, path[0]: [target.secrets.password("survey in a list")]})


def _odd_texts(target: Target) -> Iterator[Request]:
    """Texts that databases and hashers stumble over, one in each of the first fields; any refusal is right."""
    for operation in _open_writes(target):
        for name in [name for name, value in _example(target, operation).items() if isinstance(value, str)][
            :3
        ]:
            for odd in ("\x00", "\ud800", "x" * 100):
                body = _example(target, operation)
                content = json.dumps({**body, name: f"{body.get(name)}{odd}"}).encode()
                yield _raw(target, operation, content)


def _open_writes(target: Target) -> list[Operation]:
    """Creates, registration and login by JSON, as far as a way to them is known."""
    contract = target.contract
    roles = [role.operation for role in (contract.registration, contract.login) if role]
    operations = [*(resource.create for resource in contract.resources if resource.create), *roles]
    plain = [o for o in operations if o.body and o.body.is_json]
    reached = [o for o in plain if set(_way(target, o, _sender(target, o))) == set(o.path_parameters)]
    return list(dict.fromkeys(reached))


def _way(target: Target, operation: Operation, actor: Actor) -> Mapping[str, Any]:
    """The values of a path in somebody's name; none where one of them is not to be had."""
    if not operation.path_parameters:
        return {}
    try:
        return target.path_values(operation, actor)
    except Untested:
        return {}


def _bad(target: Target, operation: Operation, body: dict[str, Any]) -> Request:
    sender = _sender(target, operation)
    return target.request(operation, sender, _way(target, operation, sender), json=body)


def _raw(target: Target, operation: Operation, content: bytes) -> Request:
    sender = _sender(target, operation)
    kind = operation.body.json_type if operation.body else "application/json"
    headers = (*sender.headers, ("Content-Type", kind))
    way = _way(target, operation, sender)
    return target.request(operation, sender, way, headers=headers, auth=sender.auth, content=content)


def _sender(target: Target, operation: Operation) -> Actor:
    """Alice where credentials are asked for, so that what is created all the same is hers."""
    alice = target.actors.get("alice")
    return alice if alice and operation.guarded else target.anonymous


def _example(target: Target, operation: Operation) -> dict[str, Any]:
    try:
        body = target.body(operation, fill_all=True).get("json")
    except Untested:
        body = None
    return body if isinstance(body, dict) else {}


def _failed_logins(target: Target) -> Iterator[Request]:
    login = target.contract.login
    if login is not None:
        yield login_request(
            login, f"nobody.{target.tag}@example.com", target.secrets.password("wrong"), "anonymous"
        )


def _common_prefix(paths: list[str]) -> str:
    """The API's own prefix: a single-page application answers unknown paths at the root with a page."""
    parts = [path.strip("/").split("/") for path in paths if path.count("/") > 2]
    prefix: list[str] = []
    for segments in zip(*parts, strict=False):
        if len(set(segments)) > 1 or segments[0].startswith("{"):
            break
        prefix.append(segments[0])
    return "/" + "/".join(prefix) if prefix else ""
