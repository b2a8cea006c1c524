"""Setting the stage for one operation: somebody who may call it, a row of theirs to call it on, a valid body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from compliance.catalogue import Need, Untested
from compliance.contract.example import example
from compliance.contract.model import Operation
from compliance.target.actors import Actor
from compliance.target.client import SAFE_METHODS, Request
from compliance.target.reach import Created, Target


@dataclass(frozen=True, eq=False)
class Scene:
    """A request that is meant to succeed: `owner` may send it, `values` fill its path, `how` is its body."""

    operation: Operation
    owner: Actor
    values: Mapping[str, Any] = field(default_factory=dict)
    how: Mapping[str, Any] = field(default_factory=dict)

    def request(self, target: Target, actor: Actor | None = None, **changes: Any) -> Request:
        """The request as its owner sends it, or as somebody else or with other headers would."""
        return target.request(self.operation, actor or self.owner, self.values, **{**self.how, **changes})


def stage(target: Target, operation: Operation) -> Scene:
    """A scene for the operation. Raises Untested where the kit cannot make one without touching what is not its own."""
    if operation.method in SAFE_METHODS:
        return _stage_read(target, operation)
    target.require(Need.WRITES)
    resource = target.contract.resource_of(operation)
    if resource is not None and resource.create is operation:
        target.sample(resource, target.alice)  # which teaches what the create wants
        return Scene(operation, target.alice, _parents(operation), target.body(operation))
    if _is_about_oneself(target, operation):
        return Scene(operation, target.account("mallory").owner, {}, target.body(operation))
    if resource is None or not operation.path_parameters:
        raise Untested(f"{operation.label} names no row that the kit could make for it")
    created = target.create(resource, target.alice)
    return Scene(operation, created.owner, _values(operation, created), target.body(operation))


def _stage_read(target: Target, operation: Operation) -> Scene:
    if changes_things(operation):
        raise Untested(f"{operation.label} says by its name that it changes things; the kit never calls it")
    how = {"params": _required(target, operation)}
    if not operation.path_parameters:
        caller = target.alice if how["params"] else target.caller(operation)
        return Scene(operation, caller, {}, how)
    resource = target.contract.resource_of(operation)
    if resource is None:
        raise Untested(f"{operation.label} belongs to no resource that the kit can create")
    created = target.sample(resource, target.alice)
    return Scene(operation, created.owner, _values(operation, created), how)


def _required(target: Target, operation: Operation) -> dict[str, Any]:
    """A value for every query parameter that the operation requires."""
    return {
        parameter.name: example(target.contract.resolver, parameter.schema, seed_text=f"kit{target.tag}")
        for parameter in operation.parameters
        if parameter.required and parameter.location == "query"
    }


def _is_about_oneself(target: Target, operation: Operation) -> bool:
    """Whether the operation changes whoever calls it: "me", or something below it."""
    me = target.contract.me
    return me is not None and not operation.path_parameters and f"{operation.path}/".startswith(f"{me.path}/")


def _values(operation: Operation, created: Created) -> Mapping[str, Any]:
    """The row's values under the names that this operation gives its parameters."""
    if len(operation.path_parameters) != 1 or len(created.values) != 1:
        raise Untested(f"{operation.label} lies under another resource, which the kit does not set up yet")
    return {operation.path_parameters[0]: next(iter(created.values.values()))}


def _parents(operation: Operation) -> Mapping[str, Any]:
    if operation.path_parameters:
        raise Untested(f"{operation.label} lies under another resource, which the kit does not set up yet")
    return {}


_CHANGING = (
    *(
        "activate",
        "callback",
        "clear",
        "confirm",
        "create",
        "delete",
        "drop",
        "execute",
        "export",
        "init",
        "logout",
    ),
    *(
        "populate",
        "purge",
        "remove",
        "reset",
        "restore",
        "revoke",
        "run",
        "seed",
        "send",
        "signout",
        "sync",
        "trigger",
    ),
    "verify",
)


def changes_things(operation: Operation) -> bool:
    """Whether a GET's last word says that it does something: such a request is never sent."""
    last = operation.path.rstrip("/").rpartition("/")[2].lower()
    return not last.startswith("{") and last.startswith(_CHANGING)
