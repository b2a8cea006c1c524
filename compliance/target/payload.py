"""Valid bodies from the schema of an operation, tagged so that the run's rows can be told from all others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compliance.catalogue import Untested
from compliance.contract.example import example
from compliance.contract.model import Contract, FieldPath, Operation
from compliance.contract.resolve import Resolver

#: The keyword arguments of a Request by which it carries what was filled in.
KINDS = ("json", "form", "params")


def payload(
    contract: Contract,
    operation: Operation,
    tag: str,
    overrides: Mapping[FieldPath, Any],
    *,
    fill_all: bool = False,
) -> dict[str, Any]:
    """Keyword arguments of a Request that carry a valid body: {"json": …}, {"form": …}, or {} where none is taken.

    {"params": …} where it is the query that is filled in.
    """
    body = operation.body
    if body is None:
        return {}
    value = example(contract.resolver, body.schema, seed_text=tag, overrides=overrides, fill_all=fill_all)
    if body.is_json:
        return {"json": value}
    if body.is_query:
        return {"params": value}
    if any("form" in media_type for media_type in body.media_types) and isinstance(value, Mapping):
        files = {name for name in value if _is_file(contract.resolver, body.schema, name)}
        if files & set(contract.resolver.required(contract.resolver.resolve(body.schema))):
            raise Untested(f"{operation.label} takes a file, which the kit does not make")
        return {"form": {name: str(inner) for name, inner in value.items() if name not in files}}
    raise Untested(f"{operation.label} takes {', '.join(body.media_types)}, which the kit does not make")


def carried(how: Mapping[str, Any]) -> Any:
    """What the keyword arguments of a Request carry, None where they carry nothing."""
    return next((how[kind] for kind in KINDS if kind in how), None)


def _is_file(resolver: Resolver, form: object, name: str) -> bool:
    """Whether a field of a form takes a file, or several."""
    schema = resolver.resolve(resolver.properties(resolver.resolve(form)).get(name, {}))
    if resolver.type_of(schema) == "array":
        schema = resolver.resolve(resolver.items(schema))
    return schema.get("format") == "binary" or "contentMediaType" in schema
