"""A small fixed set of requests that must fail, so that passive rules always have errors to judge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compliance.catalogue import Untested
from compliance.contract.model import Operation
from compliance.target.actors import login_request
from compliance.target.client import Request
from compliance.target.reach import Target

#: An id that is well formed nearly everywhere and belongs to nobody.
ABSENT = 2_000_000_011


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
    if target.grants.writes:
        yield from _malformed(target)
        yield from _failed_logins(target)


def _unknown_and_refused(target: Target) -> Iterator[Request]:
    prefix = _common_prefix([operation.path for operation in target.contract.operations])
    yield Request("GET", f"{prefix}/compliance-{target.tag}-unknown")
    methods: dict[str, set[str]] = {}
    for operation in target.contract.operations:
        methods.setdefault(operation.path, set()).add(operation.method)
    plain = [path for path, used in methods.items() if "{" not in path and "PATCH" not in used]
    for path in plain[:1]:
        yield Request("PATCH", path)
    for operation in target.contract.operations:
        if operation.guarded and operation.method == "GET" and "{" not in operation.path:
            yield target.request(operation)
            yield target.request(operation, headers=(("Authorization", "Bearer compliance.kit.garbage"),))
            break


def _absent(target: Target) -> Iterator[Request]:
    alice = target.actors.get("alice")
    for resource in target.contract.resources:
        if resource.read and alice and alice.proven and len(resource.read.path_parameters) == 1:
            name = resource.read.path_parameters[0]
            for value in (ABSENT, "not-an-id", 10**20):
                yield target.request(resource.read, alice, {name: value})


def _malformed(target: Target) -> Iterator[Request]:
    """Bodies that no create may accept; each carries a canary where a password belongs."""
    alice = target.actors.get("alice")
    for resource in target.contract.resources:
        if resource.create is None or resource.create.body is None or not resource.create.body.is_json:
            continue
        if resource.create.path_parameters:
            continue
        json_type = (("Content-Type", "application/json"),)
        headers = alice.headers if alice and resource.create.guarded else ()
        for content in (b'{"broken": ', b"\xff\xfe", b"[]", b"null", b'"text"'):
            yield target.request(resource.create, headers=headers + json_type, content=content)
        for body in _incomplete(target, resource.create):
            yield target.request(resource.create, headers=headers, json=body)


def _incomplete(target: Target, create: Operation) -> Iterator[dict[str, Any]]:
    """A valid body without one required field at a time: what stays, a password too, must not come back."""
    try:
        body = target.body(create).get("json")
    except Untested:
        return
    if not isinstance(body, dict):
        return
    registration = target.contract.registration
    secret = registration.password if registration and registration.operation is create else None
    if secret and len(secret) == 1 and secret[0] in body:
        body[secret[0]] = target.secrets.password("survey")
    for name in [n for n in body if not secret or n != secret[0]][:3]:
        yield {key: value for key, value in body.items() if key != name}
    if secret and len(secret) == 1:
        yield {**body, secret[0]: [target.secrets.password("survey in a list")]}


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
