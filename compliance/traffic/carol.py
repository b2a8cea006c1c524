"""The traffic engine as a good guest: it acts as carol, or as alice where nobody can register, and changes only what it made itself."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, urlsplit

from compliance.catalogue import Untested
from compliance.contract.model import Operation
from compliance.contract.narrowing import left_of
from compliance.contract.relations import at_place, places
from compliance.contract.servers import base_path_of
from compliance.target.actors import ANONYMOUS, Actor
from compliance.target.births import created_id
from compliance.target.doubts import asked_twice, makes_another
from compliance.target.ledger import Row, fill
from compliance.target.reach import Target
from compliance.target.tape import Exchange
from compliance.target.wire import SAFE_METHODS
from compliance.traffic import Traffic, drive, review

#: Requests to a create whose rows nothing deletes.
UNDELETABLE = 5


def drive_as_carol(target: Target) -> Traffic:
    """The one run of the engine against a target; everything it sends is on the tape, what it creates in the ledger."""
    contract = target.contract
    operations = {operation.label: operation for operation in contract.operations}
    actor = _actor(target)
    made: dict[str, int] = {}

    def may_send(method: str, label: str, url: str, _: bytes) -> bool:
        operation = operations.get(label)
        if method.upper() in SAFE_METHODS:
            return operation is None or not target.restraint.why(operation)
        if operation is None or not target.grants.writes:
            return False
        resource, path = contract.resource_of(operation), urlsplit(url).path
        if operation not in creates:
            return _owns(target, actor, path)
        if not _below_own(target, actor, operation, own.get(label, {}), path):
            return False
        if resource is not None and resource.delete is None:
            made[label] = made.get(label, 0) + 1
            return made[label] <= UNDELETABLE
        return True

    def observe(exchange: Exchange) -> None:
        target.client.answered()
        target.tape.record(exchange)
        target.note(exchange)

    def missed(sent: Exchange, failure: Exception, refused: bool) -> None:
        # A service may drop what is generated and be well; only one that takes no connection is gone.
        if not refused:
            target.client.lost(sent, failure)
            return
        with contextlib.suppress(Untested):
            target.client.missed(sent, failure, refused)

    document, own = _with_own_rows(target, actor)
    _ask_creates_twice(target)
    creates = _harmless_creates(target)
    document = _within_reach(target, actor, document, own, creates)
    earlier = tuple(target.tape)
    doors = [role.operation.label for role in (contract.login, contract.registration) if role]
    traffic = drive(
        document,
        replace(target.client.connection, base_url=target.client.base_url),
        headers=lambda: dict(target.doorman.fresh(actor).headers) if actor else {},
        auth=actor.auth if actor else None,
        may_send=may_send,
        observe=observe,
        missed=missed,
        seed=target.seed,
        examples=target.examples,
        credentials=doors,
        actor=(actor or ANONYMOUS).name,
        pace=target.client.pace.keep,
    )
    target.client.make_sure()
    # What the rules sent before counts as well: nobody draws a registration or a login at random.
    recorded = review(contract.document, target.client.base_url, earlier)
    return replace(traffic, trials=traffic.trials + recorded)


def _with_own_rows(
    target: Target, actor: Actor | None
) -> tuple[Mapping[str, Any], Mapping[str, Mapping[str, Any]]]:
    """The document with values of carol's as the examples of each path, since ids drawn at random miss; and these values."""
    document = copy.deepcopy(dict(target.contract.document))
    own: dict[str, Mapping[str, Any]] = {}
    for operation in target.contract.operations if actor else ():
        if operation.path_parameters and actor is not None:
            own[operation.label] = _own_values(target, operation, actor)
            _exemplify(document, operation, own[operation.label])
    return document, own


def _within_reach(
    target: Target,
    actor: Actor | None,
    document: Mapping[str, Any],
    own: Mapping[str, Mapping[str, Any]],
    creates: Collection[Operation],
) -> Mapping[str, Any]:
    """The document without the operations of which no request would be permitted: whatever is drawn for them is for nothing."""

    def reached(operation: Operation) -> bool:
        values = own.get(operation.label, {})
        if operation.method in SAFE_METHODS:
            return True
        if not target.grants.writes or not set(operation.path_parameters) <= set(values):
            return False
        return operation in creates or _owns(target, actor, fill(operation.path, values))

    kept = [operation for operation in target.contract.operations if reached(operation)]
    return left_of(document, kept, base_path_of(document), target.contract.resolver)


def _own_values(target: Target, operation: Operation, actor: Actor) -> Mapping[str, Any]:
    """The path on which this operation may be tried; deleting takes a row of its own, an account is only read."""
    resource, reading = target.contract.resource_of(operation), operation.method in SAFE_METHODS
    if target.restraint.why(operation):
        return {}
    try:
        if resource is None or operation in (
            resource.create,
            resource.listing and resource.listing.operation,
        ):
            return target.path_values(operation, actor) if reading or resource else {}
        if resource is target.contract.accounts or not target.grants.writes:
            return target.path_values(operation, actor) if reading else {}
        made = (
            target.create(resource, actor) if operation is resource.delete else target.sample(resource, actor)
        )
        return target.path_values(operation, actor, made)
    except Untested:
        return {}


def _exemplify(document: dict[str, Any], operation: Operation, values: Mapping[str, Any]) -> None:
    for path, item in document.get("paths", {}).items() if values else ():
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
            if parameter.get("in") == "path" and parameter.get("name") in values:
                parameter["example"] = _typed(values[parameter["name"]], parameter.get("schema", parameter))


def _typed(value: Any, schema: Any) -> Any:
    """A number where the document wants one: what was taken out of a path is a text."""
    whole = isinstance(schema, dict) and schema.get("type") == "integer"
    return int(value) if whole and isinstance(value, str) and value.isdecimal() else value


def _owns(target: Target, actor: Actor | None, path: str) -> bool:
    """Whether a path is that of a row of carol's; her account is not written to: a new password would end the traffic."""
    mine = [
        row
        for row in target.ledger.rows
        if row.owner is actor and row.path and unquote(row.path) == unquote(path)
    ]
    return any(row.resource is not target.contract.accounts and target.ledger.is_ours(row) for row in mine)


def _below_own(
    target: Target, actor: Actor | None, operation: Operation, values: Mapping[str, Any], path: str
) -> bool:
    """Whether a create goes to the place that is carol's: below rows that she made, or below her account."""
    if not operation.path_parameters:
        return True
    if set(values) != set(operation.path_parameters):
        return False
    rows = [row for row in target.ledger.rows if row.owner is actor]
    above = [(at_place(target.contract, place), str(values[place.name])) for place in places(operation.path)]
    known = [one for one in above if one[0] not in (None, target.contract.accounts)]
    mine = [
        row for row in rows if (row.resource, str(row.identifier)) in known and target.ledger.is_ours(row)
    ]
    if any(one not in [(row.resource, str(row.identifier)) for row in mine] for one in known):
        return False
    return unquote(fill(operation.path, values)) == unquote(path)


def _ask_creates_twice(target: Target) -> None:
    """What is drawn at random shows no text of the run's: a row of it is carol's only where its create makes, not finds, rows."""
    for resource in target.contract.resources if target.grants.writes else ():
        if resource is not target.contract.accounts:
            with contextlib.suppress(Untested):
                makes_another(target, resource)


def _harmless_creates(target: Target) -> list[Operation]:
    """Creates of rows that can be told from others' afterwards, and not of accounts.

    An account made of random data is one that nobody can delete; so is a row whose id no answer tells.
    """
    contract = target.contract
    known = (*filter(None, [contract.registration]), *contract.registrations)
    registrations = [one.operation for one in known]
    unnamed = [row.resource for row in target.ledger.rows if row.origin and _is_nameless(row, row.origin)]
    resources = [r for r in target.contract.resources if r.create and r not in unnamed]
    finders = [r for r in resources if asked_twice(target, r) and not target.ledger.makes_rows(r)]
    return [r.create for r in resources if r.create and r.create not in registrations and r not in finders]


def _is_nameless(row: Row, origin: Exchange) -> bool:
    return row.resource.item is not None and not row.account and created_id(row.resource, origin) is None


def _actor(target: Target) -> Actor | None:
    try:
        return target.carol
    except Untested:
        alice = target.actors.get("alice")
        return alice if alice and alice.proven else None
