"""Which field of a created object names it in a path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.contract.fields import body_fields
from compliance.contract.paths import last_name, normal, singular

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from compliance.contract.model import FieldPath, ListOperation, Operation, Schema
    from compliance.contract.resolve import Resolver

_ENVELOPES = frozenset({"data", "result", "response", "payload"})
_SCALARS = ("integer", "number", "string")


def identifier_of(
    create: Operation | None,
    others: Iterable[Operation | None],
    listing: ListOperation | None,
    parameter: str | None,
    collection: str,
    resolver: Resolver,
) -> FieldPath | None:
    """The field in what the create answers, else the others, else a list; None if none is documented."""
    names = likely_names(parameter, collection)
    if create and create.success and resolver.type_of(create.success.schema) in _SCALARS:
        return ()
    for operation in (create, *others):
        schema = operation.success.schema if operation and operation.success else None
        if schema is not None and (found := _identifier_in(schema, names, resolver)) is not None:
            return found
    if listing and listing.items is not None and listing.operation.success:
        items = resolver.items(resolver.at(listing.operation.success.schema, listing.items))
        return _identifier_in(items, names, resolver)
    return None


def key_fields(
    operation: Operation, parameter: str | None, identifier: FieldPath | None, resolver: Resolver
) -> list[FieldPath]:
    """The fields of a body that have to name the row which is changed: they are required, and called as its id is."""
    names, body = {parameter, *(identifier or ())[-1:]}, operation.body
    return [
        path
        for path, _ in body_fields(resolver, body)
        if body and path[-1] in names and path[-1] in resolver.required(resolver.at(body.schema, path[:-1]))
    ]


def likely_names(parameter: str | None, collection: str) -> tuple[str, ...]:
    """Normal names that the identifying field may have, the likeliest first: the parameter's own, `id`, …"""
    own = normal(parameter or "")
    noun = singular(normal(last_name(collection)))
    shortened = own.removeprefix(noun) if noun else own
    names = (own, "id", "uuid", f"{noun}id", shortened, "slug", "key", "name")
    return tuple(dict.fromkeys(name for name in names if name))


def _identifier_in(schema: Schema, names: Sequence[str], resolver: Resolver) -> FieldPath | None:
    for prefix, properties in _objects(schema, resolver):
        spelled = {normal(name): name for name in reversed(properties)}
        found = next((spelled[name] for name in names if name in spelled), None)
        if found:
            return (*prefix, found)
    return None


def _objects(schema: Schema, resolver: Resolver) -> Iterable[tuple[FieldPath, list[str]]]:
    """The object itself, or the one that its envelope holds."""
    properties = resolver.properties(schema)
    inner = [name for name in properties if resolver.type_of(properties[name]) == "object"]
    wrapped = [name for name in inner if len(properties) == 1 or normal(name) in _ENVELOPES]
    for name in wrapped:
        yield (name,), list(resolver.properties(properties[name]))
    yield (), list(properties)
