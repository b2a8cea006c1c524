"""A whole understanding as overrides: what a person would have to write to state all that is inferred."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from compliance.contract.overrides import Overrides

if TYPE_CHECKING:
    from compliance.contract.model import Contract, FieldPath, ListOperation, Login, Operation, Resource


def overrides_of(contract: Contract) -> Overrides:
    """The overrides under which `understand` finds the same, whatever it would infer; roles that nobody plays are empty."""
    registration = contract.registration.operation if contract.registration else None
    roles = {
        "login": _label(contract.login.operation if contract.login else None),
        "registration": _label(registration),
        "me": _label(contract.me),
    }
    return Overrides(
        roles=roles,
        login=_login(contract.login) if contract.login else {},
        lists={listing.label: _list(listing) for listing in contract.lists},
        resources={resource.collection: _resource(resource) for resource in contract.resources},
    )


def dotted(path: FieldPath) -> str:
    return ".".join(path)


def _login(login: Login) -> dict[str, str]:
    stated = {
        "identifier": dotted(login.identifier),
        "password": dotted(login.password),
        "style": login.style,
    }
    return stated if login.token is None else {**stated, "token": dotted(login.token)}


def _list(listing: ListOperation) -> dict[str, Any]:
    stated: dict[str, Any] = {"style": listing.style}
    for key in ("page", "size", "offset", "cursor"):
        if getattr(listing, key):
            stated[key] = getattr(listing, key)
    for key in ("items", "total"):
        path = getattr(listing, key)
        if path is not None:
            stated[key] = dotted(path)
    if listing.size_maximum is not None:
        stated["maximum"] = listing.size_maximum
    return stated


def _resource(resource: Resource) -> dict[str, Any]:
    listing = resource.listing.operation if resource.listing else None
    roles = {"create": resource.create, "list": listing, "read": resource.read, "delete": resource.delete}
    stated: dict[str, Any] = {role: operation.label for role, operation in roles.items() if operation}
    if resource.updates:
        labels = [operation.label for operation in resource.updates]
        stated["update"] = labels[0] if len(labels) == 1 else labels
    if resource.parameter:
        stated["parameter"] = resource.parameter
    if resource.identifier is not None:
        stated["identifier"] = dotted(resource.identifier)
    return stated


def _label(operation: Operation | None) -> str:
    return operation.label if operation else ""
