"""What a generated case tells of itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import requests
from schemathesis import Case
from schemathesis.core.jsonschema import make_validator
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import CaseMetadata

from compliance.target.tape import Exchange
from compliance.traffic.lax import Errors
from compliance.traffic.noise import Sent
from compliance.traffic.wire import Aim

AnyCase: TypeAlias = Case[Any]

AUTHORIZATION = "authorization"
#: What a prepared request needs of a case for its method, URL and body.
PARTS = ("method", "url", "params", "data", "json", "files")
CONTAINERS = frozenset({"array", "object"})
#: What narrows a text down; without any of them every text is valid.
LIMITS = frozenset({"enum", "const", "pattern", "format", "minLength", "maxLength", "minItems", "maxItems"})


def meta_of(case: AnyCase) -> CaseMetadata:
    if case.meta is None:
        raise ValueError(f"{case.operation.label}: a case without metadata was not generated")
    return case.meta


def label(case: AnyCase) -> str:
    """Method and full path, base path included, of the operation that the case was made for."""
    return f"{case.operation.method.upper()} {case.operation.full_path}"


def aim(case: AnyCase) -> Aim:
    documented = case.method.upper() == case.operation.method.upper()
    return Aim(case.id, label(case) if documented else "", authorised=not denies_credentials(case))


def request(case: AnyCase) -> requests.PreparedRequest:
    """Method, URL and body of the case as they will be sent."""
    sent = case.as_transport_kwargs()
    return requests.Request(**{name: sent[name] for name in PARTS if name in sent}).prepare()


def denies_credentials(case: AnyCase) -> bool:
    """Whether missing or wrong credentials are the very point of the case."""
    return (
        case.meta is not None
        and "header" in negated(case)
        and AUTHORIZATION in {name.lower() for name in changed(case)}
    )


def negated(case: AnyCase) -> frozenset[str]:
    """The locations whose data is invalid."""
    components = meta_of(case).components.items()
    return frozenset(location(where) for where, component in components if component.mode.is_negative)


def changed(case: AnyCase) -> frozenset[str]:
    """The names of the parameters that were made invalid, as far as the engine says."""
    data = meta_of(case).phase.data
    return frozenset(name for name in (data.parameter, *(m.parameter for m in data.mutations)) if name)


def location(where: ParameterLocation | None) -> str:
    return "" if where is None else str(where.value)


def sent(case: AnyCase, exchange: Exchange, *, grants_credentials: bool) -> Sent:
    query = {p.name: p.definition.get("schema", {}) for p in case.operation.query}
    return Sent(
        exchange=exchange,
        negated=negated(case),
        parameters=changed(case),
        errors=_errors(case),
        scalars=frozenset(name for name, schema in query.items() if not types_of(schema) & CONTAINERS),
        booleans=frozenset(name for name, schema in query.items() if "boolean" in types_of(schema)),
        texts=frozenset(name for name, schema in query.items() if takes_any_text(schema)),
        grants_credentials=grants_credentials,
    )


def types_of(schema: object) -> frozenset[str]:
    """The JSON types that a schema names, in itself or in its alternatives."""
    if not isinstance(schema, Mapping):
        return frozenset()
    own = schema.get("type", [])
    found = frozenset([own] if isinstance(own, str) else own)
    return found.union(*(types_of(option) for option in _alternatives(schema)))


def takes_any_text(schema: object) -> bool:
    """Whether a parameter of that schema is valid whatever its text: a string without limits, or such a list."""
    if not isinstance(schema, Mapping) or LIMITS & set(schema):
        return False
    if schema.get("type") == "array":
        return takes_any_text(schema.get("items"))
    return schema.get("type") == "string" or any(takes_any_text(option) for option in _alternatives(schema))


def _alternatives(schema: Mapping[str, object]) -> list[object]:
    options = [schema.get(key) for key in ("anyOf", "oneOf")]
    return [option for found in options if isinstance(found, list) for option in found]


def _errors(case: AnyCase) -> Errors | None:
    """Counts the faults of a value under the schema of the body that the case has."""
    body = case.operation.get_body_for_media_type(case.media_type) if case.media_type else None
    if body is None:
        return None
    validator = make_validator(body.optimized_schema, body.adapter.jsonschema_validator_cls)
    return lambda value: sum(1 for _ in validator.iter_errors(value))
