"""The traffic engine as a good guest: it acts as carol, or as alice where nobody can register, and changes only what it made itself."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from compliance.catalogue import Untested
from compliance.contract.model import Operation, Resource
from compliance.target.actors import ANONYMOUS, Actor
from compliance.target.client import SAFE_METHODS
from compliance.target.reach import Target
from compliance.target.staging import changes_things
from compliance.target.tape import Exchange
from compliance.traffic import Traffic, drive, review

#: Requests to a create whose rows nothing deletes.
UNDELETABLE = 5


def drive_as_carol(target: Target) -> Traffic:
    """The one run of the engine against a target; everything it sends is on the tape, what it creates in the ledger."""
    contract = target.contract
    operations = {operation.label: operation for operation in contract.operations}
    creates = _harmless_creates(target)
    actor = _actor(target)
    made: dict[str, int] = {}

    def may_send(method: str, label: str, url: str, _: bytes) -> bool:
        operation = operations.get(label)
        if method.upper() in SAFE_METHODS:
            return operation is None or not changes_things(operation)
        if operation is None or not target.grants.writes:
            return False
        resource = contract.resource_of(operation)
        if operation in creates and resource is not None and resource.delete is None:
            made[label] = made.get(label, 0) + 1
            return made[label] <= UNDELETABLE
        return operation in creates or _owns(target, actor, urlsplit(url).path)

    def observe(exchange: Exchange) -> None:
        target.tape.record(exchange)
        target.note(exchange)

    document = _with_own_rows(target, actor)
    earlier = tuple(target.tape)
    doors = [role.operation.label for role in (contract.login, contract.registration) if role]
    traffic = drive(
        document,
        replace(target.client.connection, base_url=target.client.base_url),
        headers=lambda: dict(target.doorman.fresh(actor).headers) if actor else {},
        auth=actor.auth if actor else None,
        may_send=may_send,
        observe=observe,
        seed=target.seed,
        examples=target.examples,
        credentials=doors,
        actor=(actor or ANONYMOUS).name,
        pace=target.client.pace.keep,
    )
    # What the rules sent before counts as well: nobody draws a registration or a login at random.
    recorded = review(contract.document, target.client.base_url, earlier)
    return replace(traffic, trials=traffic.trials + recorded)


def _with_own_rows(target: Target, actor: Actor | None) -> Mapping[str, Any]:
    """The document with a row of carol's as the example of each path that names one: ids drawn at random miss."""
    document = copy.deepcopy(dict(target.contract.document))
    for resource in target.contract.resources if actor else ():
        for operation in (resource.read, *resource.updates, resource.delete):
            if operation is not None and len(operation.path_parameters) == 1:
                _exemplify(document, operation, _own_id(target, resource, operation, actor))
    return document


def _own_id(target: Target, resource: Resource, operation: Operation, actor: Actor | None) -> Any:
    """The id of a row that this operation may be tried on; deleting takes a row of its own, an account is only read."""
    try:
        if resource is target.contract.accounts:
            rows = [
                row
                for row in target.ledger.rows
                if row.owner is actor and row.resource is resource and row.path
            ]
            return next(iter(rows[0].values.values())) if rows and operation is resource.read else None
        if actor is None or not target.grants.writes:
            return None
        made = (
            target.create(resource, actor) if operation is resource.delete else target.sample(resource, actor)
        )
    except Untested:
        return None
    return next(iter(made.values.values()), None)


def _exemplify(document: dict[str, Any], operation: Operation, value: Any) -> None:
    if value is None:
        return
    for path, item in document.get("paths", {}).items():
        described = (
            item.get(operation.method.lower())
            if isinstance(item, dict) and operation.path.endswith(path)
            else None
        )
        if not isinstance(described, dict):
            continue
        shared = [p for p in item.get("parameters", []) if p.get("in") == "path"]
        own = described.setdefault("parameters", [])
        own += [dict(p) for p in shared if p.get("name") not in [other.get("name") for other in own]]
        for parameter in own:
            if parameter.get("in") == "path" and parameter.get("name") == operation.path_parameters[0]:
                parameter["example"] = value


def _owns(target: Target, actor: Actor | None, path: str) -> bool:
    """Whether a path is that of a row of carol's; her account is not written to: a new password would end the traffic."""
    mine = [
        row
        for row in target.ledger.rows
        if row.owner is actor and row.resource is not target.contract.accounts
    ]
    return any(row.path and row.path == path for row in mine)


def _harmless_creates(target: Target) -> list[Operation]:
    """Creates of rows, but not of accounts: an account made of random data is one that nobody can delete."""
    registration = target.contract.registration.operation if target.contract.registration else None
    return [r.create for r in target.contract.resources if r.create and r.create is not registration]


def _actor(target: Target) -> Actor | None:
    try:
        return target.carol
    except Untested:
        alice = target.actors.get("alice")
        return alice if alice and alice.proven else None
