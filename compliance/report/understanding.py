"""What was understood of a document, as data for machines: every inference with its reason."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from compliance.contract.inputs import inputs_of
from compliance.contract.stating import dotted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from compliance.contract.model import (
        Contract,
        FieldPath,
        ListOperation,
        Login,
        Operation,
        Registration,
        Resource,
    )


def understanding(contract: Contract) -> dict[str, Any]:
    """Every inference as plain data; ways into bodies are dotted, what is unknown is null."""
    me = {"operation": contract.me.label, "reason": contract.me_reason} if contract.me else None
    return {
        "title": contract.title,
        "version": contract.version,
        "openapi": contract.openapi,
        "operations": len(contract.operations),
        "logins": [_login(login) for login in contract.logins],
        "registrations": [_registration(contract, one) for one in contract.registrations],
        "admissions": [_registration(contract, one) for one in contract.admissions],
        "me": me,
        "schemes": [asdict(scheme) for scheme in contract.schemes],
        "lists": [_list(listing) for listing in contract.lists],
        "resources": [_resource(contract, resource) for resource in contract.resources],
        "not_understood": [
            {"operation": operation.label, "reason": reason} for operation, reason in not_understood(contract)
        ],
    }


def not_understood(contract: Contract) -> Iterator[tuple[Operation, str]]:
    """The operations that play no role, and why none fits."""
    accounts = (*contract.registrations, *contract.admissions)
    known = {id(login.operation) for login in contract.logins} | {id(one.operation) for one in accounts}
    known |= {id(listing.operation) for listing in contract.lists} | {id(contract.me)}
    for resource in contract.resources:
        known |= {id(one) for one in (resource.create, resource.read, *resource.updates, resource.delete)}
    for operation in contract.operations:
        if id(operation) not in known:
            yield operation, _why_not(contract, operation)


def _why_not(contract: Contract, operation: Operation) -> str:
    if contract.me and f"{operation.path.rstrip('/')}/".startswith(f"{contract.me.path.rstrip('/')}/"):
        return f"concerns whoever asks, as {contract.me.label} does"
    if operation.method in ("GET", "HEAD", "QUERY"):
        if operation.success is None:
            return "answers without a schema, and nothing around it says what it is"
        return "answers neither many rows nor one that belongs to a collection"
    if operation.method == "POST":
        return "an action: it neither logs in nor makes a row of a collection"
    return "changes something that belongs to no collection"


def _login(login: Login) -> dict[str, Any]:
    return {
        "operation": login.operation.label,
        "style": login.style,
        "identifier": dotted(login.identifier),
        "password": dotted(login.password),
        "token": _way(login.token),
        "reason": login.reason,
    }


def _registration(contract: Contract, registration: Registration) -> dict[str, Any]:
    return {
        "operation": registration.operation.label,
        "identifiers": [dotted(path) for path in registration.identifiers],
        "password": dotted(registration.password),
        "repetitions": [dotted(path) for path in registration.repetitions],
        "reason": registration.reason,
        "fields": _fields(contract, registration.operation),
    }


def _list(listing: ListOperation) -> dict[str, Any]:
    ways = {key: _way(getattr(listing, key)) for key in ("items", "total", "pages", "next")}
    parameters = {key: getattr(listing, key) for key in ("page", "size", "offset", "cursor")}
    return {
        "operation": listing.label,
        "style": listing.style,
        **parameters,
        "maximum": listing.size_maximum,
        "default": listing.size_default,
        **ways,
        "reason": listing.reason,
    }


def _resource(contract: Contract, resource: Resource) -> dict[str, Any]:
    listing = resource.listing.operation if resource.listing else None
    return {
        "collection": resource.collection,
        "parent": resource.parent,
        "parameter": resource.parameter,
        "identifier": _way(resource.identifier),
        "create": _label(resource.create),
        "list": _label(listing),
        "read": _label(resource.read),
        "update": [operation.label for operation in resource.updates],
        "delete": _label(resource.delete),
        "reasons": list(resource.reasons),
        "fields": {
            operation.label: _fields(contract, operation, resource) for operation in _writing(resource)
        },
    }


def _writing(resource: Resource) -> Iterable[Operation]:
    return [operation for operation in (resource.create, *resource.updates) if operation and operation.body]


def _fields(
    contract: Contract, operation: Operation, resource: Resource | None = None
) -> list[dict[str, Any]]:
    identifier = resource.identifier[-1] if resource and resource.identifier else None
    return [
        {"field": dotted(one.path), "type": one.type, "reasons": dict(one.reasons)}
        for one in inputs_of(operation, contract.resolver, identifier)
    ]


def _way(path: FieldPath | None) -> str | None:
    return None if path is None else dotted(path)


def _label(operation: Operation | None) -> str | None:
    return operation.label if operation else None
