"""Updates whose path names nobody: their body says by a name which account they change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.contract.fields import body_fields, is_secret

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compliance.contract.model import Contract, FieldPath, Operation


def updates_by_name(contract: Contract) -> Iterable[Operation]:
    return [operation for operation in contract.operations if name_field(contract, operation)]


def name_field(contract: Contract, operation: Operation) -> FieldPath | None:
    """The field that takes what an account is registered by: it is required, and stands beside what is to be changed.

    None where it may be the new name itself.
    """
    door, body, resolver = contract.registration, operation.body, contract.resolver
    if door is None or body is None or operation.path_parameters or operation.method not in ("PUT", "PATCH"):
        return None
    paths = [path for path, _ in body_fields(resolver, body)]
    named = [path for path in paths if path[-1:] == door.identifier[-1:]]
    others = [path for path in paths if path not in named and not is_secret(path[-1])]
    if (
        len(named) != 1
        or not others
        or named[0][-1] not in resolver.required(resolver.at(body.schema, named[0][:-1]))
    ):
        return None
    return named[0]
