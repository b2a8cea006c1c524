"""Fields that say what an account may do: what it shows of them, what somebody would set them to, and whether that held."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from compliance.contract.fields import body_fields
from compliance.contract.model import FieldPath, Operation
from compliance.contract.paths import normal, vocabulary, words
from compliance.contract.resolve import Resolver, Schema
from compliance.target.tidying import alike

#: Switches that lift an account above others, and what else says what it may do, by their normal names.
SWITCHES = vocabulary(
    "issuperuser superuser isadmin admin isstaff staff ismoderator isverified emailverified"
)
RIGHTS = vocabulary("role roles userrole userroles permission permissions scopes groups")
#: Switches without which an account is none, and what it owns without having earned it.
STATES = vocabulary("isactive active isenabled enabled")
AMOUNTS = vocabulary("balance credit credits quota")
#: Words of roles that are above others.
_LORDS = vocabulary(
    "admin administrator superadmin superuser super root owner staff manager moderator editor system none null"
)
#: An amount that nobody has by chance.
_RICHES = 1_000_000
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def rights_of(body: Any) -> dict[str, Any]:
    """The fields by which an account tells what it may do, wherever they are; the outer ones win."""
    fields = body if isinstance(body, Mapping) else {}
    found: dict[str, Any] = {}
    for name, inner in fields.items():
        if normal(name) in SWITCHES | RIGHTS | STATES | AMOUNTS:
            found[name] = inner
        elif isinstance(inner, Mapping):
            found = {**rights_of(inner), **found}
    return found


def humble(resolver: Resolver, operation: Operation, *, fill_all: bool = False) -> dict[FieldPath, Any]:
    """The least for the fields of a body that say what an account may do and are sent: what is made here may stay for ever."""
    schema = operation.body.schema if operation.body else {}
    sent = (
        (path, inner)
        for path, inner in body_fields(resolver, operation.body)
        if normal(path[-1]) in SWITCHES | RIGHTS
        and (fill_all or path[-1] in resolver.required(resolver.at(schema, path[:-1])))
    )
    return {path: value for path, inner in sent if (value := least(inner)) is not None}


def least(schema: Schema) -> Any:
    """The value that lifts nobody above others, None where the schema does not show one."""
    if schema.get("type") == "boolean" and not {"const", "enum", "default"} & set(schema):
        return False
    choices = schema.get("enum")
    plain = [c for c in choices if not _LORDS & set(words(str(c)))] if isinstance(choices, list) else []
    return plain[0] if plain and "default" not in schema else None


def to_be_taken(rights: Mapping[str, Any], above: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What somebody would set each of the fields to who wants more than others; what switches the account off comes last.

    above: the roles that an administrator has, where they are known and their names need not be guessed.
    """
    wanted = {name: lifted for name, value in rights.items() if (lifted := _lifted(name, value)) != value}
    known = {name: role for name, role in (above or {}).items() if name in wanted and role != rights[name]}
    return dict(sorted({**wanted, **known}.items(), key=lambda one: is_state(one[0])))


def roles_of(body: Any) -> dict[str, str]:
    """The fields by which an account tells in one word what it may do."""
    return {
        name: value for name, value in rights_of(body).items() if is_role(name) and isinstance(value, str)
    }


def is_role(name: str) -> bool:
    return normal(name) in RIGHTS


def is_right(name: str) -> bool:
    """Whether the field lifts an account above others."""
    return normal(name) in SWITCHES | RIGHTS


def is_state(name: str) -> bool:
    """Whether the field says that the account is one that may come in."""
    return normal(name) in STATES


def _lifted(name: str, shown: Any) -> Any:
    """What the field of an account holds where it may do more than others; what it shows where that is not known."""
    shape = normal(name)
    if shape in STATES:
        return False if shown is True else shown
    if shape in AMOUNTS:
        return _riches(shown)
    if isinstance(shown, bool) or shown is None:
        return True if shape in SWITCHES else "admin" if shape in RIGHTS else shown
    if shape not in RIGHTS:
        return shown
    if isinstance(
        shown, Mapping
    ):  # a role of the service's own: another one, the administrators' is the first mostly
        return {key: _another(value) for key, value in shown.items() if isinstance(value, str | int)}
    return [*shown, "admin"] if isinstance(shown, list) else _another(shown)


def _another(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return 1 if value != 1 else 2
    return "admin" if isinstance(value, str) else value


def was_lifted(before: Any, lifted: Any, now: Any) -> bool:
    """Whether an account shows what was asked for and an ordinary one does not."""
    if isinstance(lifted, list):
        return isinstance(now, list) and "admin" in now
    if isinstance(lifted, Mapping) and isinstance(now, Mapping) and isinstance(before, Mapping):
        return any(now.get(key) == value != before.get(key) for key, value in lifted.items())
    return type(now) is type(lifted) and (now == lifted or (now != before and alike(lifted, now)))


def _riches(shown: Any) -> Any:
    """More of what there is, written as it is."""
    if isinstance(shown, str) and _NUMBER.fullmatch(shown):
        return f"{_RICHES}{shown[shown.index('.') :]}" if "." in shown else str(_RICHES)
    number = isinstance(shown, int | float) and not isinstance(shown, bool)
    return type(shown)(_RICHES) if number else shown
