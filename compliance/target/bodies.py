"""Valid bodies in somebody's name: rows that fields refer to, the sender's own password, the key of what is changed."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from compliance.catalogue import Untested
from compliance.contract.byname import name_field
from compliance.contract.fields import body_fields, is_secret
from compliance.contract.inputs import inputs_of
from compliance.contract.model import FieldPath, Operation, Schema
from compliance.contract.numbers import unlike
from compliance.contract.paths import vocabulary, words
from compliance.contract.relations import places
from compliance.target.actors import Actor, at
from compliance.target.addressing import account_value, query_values, reference
from compliance.target.ledger import Row
from compliance.target.lessons import taught
from compliance.target.payload import payload
from compliance.target.privileges import humble

if TYPE_CHECKING:
    from compliance.target.reach import Target

_PRESENT = vocabulary("current old previous existing")
#: Words of a field that holds something made of a password.
_DERIVED = vocabulary("hashed hash encrypted crypted crypt digest salt")


def body_of(
    target: Target,
    operation: Operation,
    overrides: Mapping[FieldPath, Any],
    *,
    actor: Actor | None,
    row: Row | None,
    number: int,
    fill_all: bool,
) -> dict[str, Any]:
    """Keyword arguments of a request with a valid body, required fields or all, and the query that it requires.

    actor: whose references and password stand in it; row: what it changes, where only the body can say so;
    number: makes it unlike any body before.
    """
    given: dict[FieldPath, Any] = {
        **humble(target.contract.resolver, operation, fill_all=fill_all),
        **dict(_references(target, operation, actor, fill_all)),
        **_passwords(target, operation, actor, row, number),
        **_own_name(target, operation, actor),
        **_key(target, operation, row),
        **dict(_untaken(target, operation, number, fill_all)),
        **overrides,
    }
    lessons = target.rows.creates.lessons.get(operation.label, {})
    given = {path: value for path, value in given.items() if not lessons.get(path, {}).get("drop")}
    query = query_values(target, operation, actor, number) if actor else {}
    shown = taught(target.contract.resolver, operation, lessons)
    made = payload(target.contract, shown, f"kit{target.tag}{number}", given, fill_all=fill_all)
    return {**made, "params": query} if query else made


def leave_who_it_is(target: Target, operation: Operation, body: dict[str, Any]) -> dict[str, Any]:
    """A body without the names and secrets that may be left out: who changes them may not come in again by those known."""
    resolver, door = target.contract.resolver, target.contract.registration
    names = {way[-1] for way in (door.identifier, *door.identifiers)} if door else set()
    for path, _ in body_fields(resolver, operation.body):
        wanted = resolver.required(resolver.at(operation.body.schema if operation.body else {}, path[:-1]))
        holder = at(body, path[:-1])
        tells = path[-1] in names or is_secret(path[-1])
        if tells and path[-1] not in wanted and isinstance(holder, dict) and len(holder) > 1:
            holder.pop(path[-1], None)
    return body


def naming_oneself(
    target: Target, operation: Operation, how: Mapping[str, Any], actor: Actor
) -> dict[str, Any] | None:
    """A request with the actor in every field that says whose a row is; None where it has none, or his key is not known."""
    body, resolver = copy.deepcopy(how.get("json")), target.contract.resolver
    schemas, claimed = dict(body_fields(resolver, operation.body)), False
    for path in (field.path for field in inputs_of(operation, resolver) if field.owner):
        inner = at(body, path[:-1])
        if isinstance(inner, dict) and (key := _own_key(target, path[-1], schemas[path], actor)) is not None:
            inner[path[-1]], claimed = key, True
    return {**how, "json": body} if claimed else None


def _own_key(target: Target, name: str, schema: Schema, actor: Actor) -> Any:
    """The key by which a field of that name would say that something is the actor's; None where it is not known."""
    try:
        key = reference(target, name, schema, actor)
    except Untested:
        return None
    text = target.contract.resolver.type_of(schema) == "string"
    return account_value(target, actor, name) if key is None and text else key


def _references(
    target: Target, operation: Operation, actor: Actor | None, fill_all: bool
) -> Iterator[tuple[FieldPath, Any]]:
    """The fields that refer to rows or accounts, with their keys; what cannot be had is left to the example."""
    own = target.contract.resource_of(operation)
    if actor is None or operation.body is None:
        return
    resolver = target.contract.resolver
    for path, schema in body_fields(resolver, operation.body):
        needed = path[-1] in resolver.required(resolver.at(operation.body.schema, path[:-1]))
        if not needed and not fill_all:
            continue
        many = resolver.type_of(schema) == "array"
        items = resolver.resolve(resolver.items(schema)) if many else schema
        try:
            key = None if _is_settled(items) else reference(target, path[-1], items, actor, own)
        except Untested:
            if not needed and schema.get("nullable"):
                yield path, None
            continue
        if key is not None:
            yield path, [key] if many else key


def _is_settled(schema: Schema) -> bool:
    """Whether the schema itself says which values there are."""
    return "enum" in schema or "const" in schema or schema.get("readOnly") is True


def _passwords(
    target: Target, operation: Operation, actor: Actor | None, row: Row | None, number: int
) -> dict[FieldPath, Any]:
    """A canary for fields that take a password, so that it can be found and is never printed; the sender's own where it is asked for."""
    own: list[FieldPath] = []
    new: list[FieldPath] = []
    longest: int | None = None
    for path, schema in body_fields(target.contract.resolver, operation.body):
        parts = set(words(path[-1]))
        if schema.get("type") == "boolean" or not is_secret(path[-1]) or parts & _DERIVED:
            continue
        kept = row is not None and row.account and "new" not in parts
        (own if parts & _PRESENT or kept else new).append(path)
        limit = schema.get("maxLength")
        longest = min(limit, longest or limit) if isinstance(limit, int) else longest
    present = actor.password if actor else ""
    given = dict.fromkeys(own, present) if present else {}
    if new or (own and not present):
        chosen = target.secrets.password(f"body {number}", longest)
        given |= dict.fromkeys([*new, *(own if not present else [])], chosen)
    return given


def _own_name(target: Target, operation: Operation, actor: Actor | None) -> dict[FieldPath, Any]:
    """The sender's own account, where nothing but a name in the body says which one is changed."""
    field = name_field(target.contract, operation)
    return {field: actor.username} if field and actor and actor.username else {}


def _key(target: Target, operation: Operation, row: Row | None) -> dict[FieldPath, Any]:
    """What is changed, where the path does not say it and the body has a field for it."""
    if row is None or row.identifier is None or row.resource.parameter is None:
        return {}
    if len(operation.path_parameters) >= len(places(row.resource.item or "")):
        return {}
    names = {row.resource.parameter, *(row.resource.identifier or ())[-1:]}
    fields = body_fields(target.contract.resolver, operation.body)
    return {path: row.identifier for path, _ in fields if path[-1] in names}


def _untaken(
    target: Target, operation: Operation, number: int, fill_all: bool
) -> Iterator[tuple[FieldPath, int]]:
    """Whole numbers unlike all before, where a create of such rows answered that the one it got was taken."""
    if operation.body is None:
        return
    resource, resolver = target.contract.resource_of(operation), target.contract.resolver
    creates = (operation, resource.create) if resource and resource.create else (operation,)
    learnt = [target.rows.creates.lessons.get(create.label, {}) for create in creates]
    taken = {path for lessons in learnt for path, lesson in lessons.items() if lesson.get("fresh")}
    for path, schema in body_fields(resolver, operation.body) if taken else ():
        needed = fill_all or path[-1] in resolver.required(resolver.at(operation.body.schema, path[:-1]))
        if path in taken and needed and resolver.type_of(schema) == "integer":
            yield path, unlike(schema, int(target.tag, 16) + number)
