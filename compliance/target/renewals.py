"""The token by which a session is renewed: where a login gives it, and where a logout wants it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from compliance.contract.fields import body_fields
from compliance.contract.model import Contract, FieldPath, Operation
from compliance.contract.paths import words
from compliance.target.actors import Actor, leaves, object_of
from compliance.target.tape import Exchange
from compliance.target.tokens import LONG, unprefixed

if TYPE_CHECKING:
    from compliance.target.reach import Target


def renewal_token(entry: Exchange) -> str:
    """The refresh token in the answer of a login, in its body or in a cookie; empty where it has none."""
    for way, value in leaves(object_of(entry)):
        if isinstance(value, str) and len(value) >= LONG and _is_for_renewal(way[-1]):
            return unprefixed(value)[1]
    for header, line in entry.headers:
        name, _, rest = line.partition("=")
        value = rest.partition(";")[0].strip()
        if header.lower() == "set-cookie" and len(value) >= LONG and _is_for_renewal(name):
            return value
    return ""


def with_renewal(target: Target, operation: Operation, actor: Actor) -> dict[str, Any]:
    """A valid body of an operation, with the actor's refresh token where it wants one."""
    wanted = wants_renewal(target.contract, operation)
    token = renewal_token(actor.entry) if actor.entry is not None else ""
    return target.body(operation, dict.fromkeys(wanted, token) if token else {}, actor=actor)


def wants_renewal(contract: Contract, operation: Operation) -> list[FieldPath]:
    """The fields of a body that want a refresh token."""
    return [path for path, _ in body_fields(contract.resolver, operation.body) if _is_for_renewal(path[-1])]


def _is_for_renewal(name: str) -> bool:
    """`refresh_token`, and not `refresh_token_expires_in`."""
    parts = words(name)
    return "refresh" in parts and parts[-1] in ("token", "refresh", "jwt")
