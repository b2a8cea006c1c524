"""What is done about one's own way in, as far as the document shows it: ending a session, changing the password."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance.contract.fields import body_fields, is_password, is_secret
from compliance.contract.paths import (
    is_parameter,
    is_version,
    last_name,
    last_words,
    path_words,
    segments,
    vocabulary,
    words,
)
from compliance.contract.roles import ACCOUNTS

if TYPE_CHECKING:
    from compliance.contract.model import Contract, FieldPath, Operation, Service

_OUT = vocabulary("logout signout logoff")
#: A session that its own user deletes.
_SESSION = vocabulary("session token login")
_MINE = vocabulary("current me mine own")
#: What ends every session at once, or those on other machines.
_ALL = vocabulary("all everywhere others other every")
_ENDED = vocabulary("revoke invalidate terminate sessions")
#: What a password is changed with by whoever has forgotten it.
_FORGOTTEN = vocabulary(
    "forgot forget forgotten reset recover recovery admin init initial setup check strength validate verify"
)
_CODES = vocabulary("token code otp key pin")
_CHANGE = vocabulary("change update set modify")


@dataclass(frozen=True, eq=False)
class PasswordChange:
    """An operation by which a user changes his own password; `new` is the field that takes the new one."""

    operation: Operation
    new: FieldPath


def logouts(contract: Contract) -> tuple[Operation, ...]:
    """Operations that end the session of whoever sends them, and no more than that; GETs are never sent."""
    return tuple(one for one in contract.operations if _is_logout(one) and not _ends_all(one))


def ends_sessions(contract: Contract) -> tuple[Operation, ...]:
    """Operations that end sessions other than the one in which they are asked for."""
    return tuple(
        one
        for one in contract.operations
        if one.method in ("POST", "DELETE") and (_ends_all(one) or _ends_one_of_many(one))
    )


def password_changes(contract: Contract) -> tuple[PasswordChange, ...]:
    """Operations for the change of one's own password, and for nothing else; those with fewer doubts first."""
    found = [one for operation in contract.operations for one in _as_change(contract, operation)]
    return tuple(sorted(found, key=lambda one: (len(one.operation.path_parameters), len(one.operation.path))))


def offers_a_logout(contract: Contract) -> Iterable[Service]:
    """The service, where it has a logout."""
    return [contract.service] if logouts(contract) else []


def offers_a_password_change(contract: Contract) -> Iterable[Service]:
    """The service, where a user can change the password."""
    return [contract.service] if password_changes(contract) else []


def _is_logout(operation: Operation) -> bool:
    if operation.method not in ("POST", "DELETE") or operation.path_parameters:
        return False
    last = last_words(operation.path)
    if last & _OUT or {"log", "out"} <= last or {"sign", "out"} <= last:
        return True
    parts = [part for part in segments(operation.path) if not is_parameter(part)]
    own = len(parts) > 1 and last <= _MINE and set(words(parts[-2])) & {"session", "sessions", "tokens"}
    return operation.method == "DELETE" and bool(own or last <= _SESSION)


def _ends_all(operation: Operation) -> bool:
    called = path_words(operation.path)
    out = called & (_OUT | _ENDED) or {"log", "out"} <= called or {"sign", "out"} <= called
    return bool(called & _ALL and out) or "logoutall" in called


def _ends_one_of_many(operation: Operation) -> bool:
    """`DELETE /sessions/{id}` and `DELETE /sessions`, `POST /tokens/revoke`."""
    parts = [part for part in segments(operation.path) if not is_parameter(part)]
    last = set(words(parts[-1])) if parts else set()
    revoked = operation.method == "POST" and bool(last & {"revoke", "invalidate"})
    return revoked or (operation.method == "DELETE" and bool(last & {"sessions", "tokens", "devices"}))


def _as_change(contract: Contract, operation: Operation) -> Iterable[PasswordChange]:
    if (
        operation.method not in ("POST", "PUT", "PATCH")
        or operation.body is None
        or operation.guarded is False
    ):
        return
    if _is_for_the_forgetful(operation) or any(login.operation is operation for login in contract.logins):
        return
    if operation.path_parameters and not _is_of_an_account(operation):
        return
    resolver = contract.resolver
    fields = [path for path, _ in body_fields(resolver, operation.body)]
    if any(set(words(path[-1])) & _CODES for path in fields):
        return
    new = _new_password(fields, operation)
    if new is not None and _is_about_nothing_else(fields):
        yield PasswordChange(operation, new)


def _is_for_the_forgetful(operation: Operation) -> bool:
    """A reset that asks for credentials by itself is none: whoever has forgotten the password has no token either."""
    called = path_words(operation.path) & _FORGOTTEN
    asks = bool(operation.guarded) and not operation.inherits_guard
    return bool(called) and not (asks and called <= {"reset"})


def _is_of_an_account(operation: Operation) -> bool:
    """`/users/{id}/password`: the one parameter names an account."""
    parts = [part for part in segments(operation.path) if not is_version(part)]
    place = next(number for number, part in enumerate(parts) if is_parameter(part))
    return len(operation.path_parameters) == 1 and place > 0 and bool(set(words(parts[place - 1])) & ACCOUNTS)


def _new_password(fields: list[FieldPath], operation: Operation) -> FieldPath | None:
    """The field for the new password: it says so, or it is a password and the path speaks of nothing but that."""
    said = [path for path in fields if "new" in words(path[-1]) and _speaks_of_a_password(path)]
    plain = [path for path in fields if is_password(path[-1])]
    called = set(words(last_name(operation.path)))
    about = "password" in called or bool(called & _CHANGE and "password" in words(operation.operation_id))
    return next(iter([*said, *(plain if about else [])]), None)


def _speaks_of_a_password(path: FieldPath) -> bool:
    parts = set(words(path[-1]))
    again = parts & {"confirm", "confirmation", "repeat", "again", "verify"}
    return bool(parts & {"password", "pass", "pwd", "passwd"}) and not again


def _is_about_nothing_else(fields: list[FieldPath]) -> bool:
    """An update of a whole account that takes a password among other things is another matter."""
    return all(is_secret(path[-1]) or is_password(path[-1]) or _is_wrapper(path, fields) for path in fields)


def _is_wrapper(path: FieldPath, fields: list[FieldPath]) -> bool:
    return any(other[: len(path)] == path and other != path for other in fields)
