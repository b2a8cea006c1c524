"""Which operations make accounts: for anyone, or only for who has an account already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.contract.fields import body_fields, identifier_fields, password_field, passwords_again
from compliance.contract.model import FieldPath, Login, Operation, Registration
from compliance.contract.paths import normal, path_words, segments, words
from compliance.contract.roles import (
    ACCOUNTS,
    ENOUGH,
    LOGIN,
    OTHER,
    REGISTER,
    SESSION,
    called_last,
    named,
    tells_apart,
)
from compliance.contract.signals import Signal, weigh

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from compliance.contract.resolve import Resolver

#: What a declared guard weighs against anyone's registering there.
_GUARD = Signal(-3.5, True, "needs a token")


def registrations_of(
    operations: Sequence[Operation], login: Login | None, resolver: Resolver
) -> tuple[tuple[Registration, ...], tuple[Registration, ...]]:
    """What makes accounts for anyone, and what makes them for who has credentials; the likeliest first."""
    telling = tells_apart(operations)
    weighed = []
    for operation in operations:
        if login is not None and operation is login.operation:
            continue
        for score, found in _as_registration(operation, login, resolver):
            weighed.append((score, operation.guarded is True and telling, found))
    weighed.sort(key=lambda one: -one[0])
    believed = [(score + guarded * _GUARD.weight, guarded, found) for score, guarded, found in weighed]
    open_ones = [one for one in believed if one[0] >= ENOUGH]
    open_ones.sort(key=lambda one: -one[0])
    closed = [found for score, guarded, found in weighed if guarded and score >= ENOUGH]
    anyone = tuple(found for _, _, found in open_ones)
    return anyone, tuple(found for found in closed if found not in anyone)


def registration_at(operation: Operation, login: Login | None, resolver: Resolver) -> Registration | None:
    """That operation as a registration, None where it takes no password."""
    return next((found for _, found in _as_registration(operation, login, resolver, asked=True)), None)


def _as_registration(
    operation: Operation, login: Login | None, resolver: Resolver, *, asked: bool = False
) -> Iterable[tuple[float, Registration]]:
    password = password_field(resolver, operation.filled_in)
    unfit = operation.method not in ("POST", "PUT") or bool(operation.path_parameters)
    if password is None or (unfit and not asked):
        return
    identifiers = _as_login_takes_them(operation, login, resolver)
    score, reason = weigh(_signals(operation, identifiers, login, resolver))
    if identifiers:
        repetitions = passwords_again(resolver, operation.filled_in)
        reason = f"{operation.label}: takes a password, {reason}"
        yield score, Registration(operation, identifiers[0], password, reason, identifiers, repetitions)


def _signals(
    operation: Operation, identifiers: tuple[FieldPath, ...], login: Login | None, resolver: Resolver
) -> Iterable[Signal]:
    last, called = called_last(operation.path), named(operation)
    register = bool(last & REGISTER) or {"sign", "up"} <= last
    fields = {normal(path[-1]) for path, _ in body_fields(resolver, operation.filled_in)}
    parents = segments(operation.path)[-2:]
    same_body = login is not None and login.operation.body is not None and operation.body is not None
    yield Signal(2.0, True, "has no parameter in its path")
    yield Signal(2.0, bool(identifiers), "takes the name of an account")
    yield Signal(5.0, register or bool(called & {"register", "signup"}), "is called a registration")
    yield Signal(2.0, any(set(words(part)) & ACCOUNTS for part in parents), "stands among the accounts")
    yield Signal(1.0, operation.guarded is not True, "needs no token")
    yield Signal(1.0, "201" in operation.responses, "answers 201")
    yield Signal(-6.0, bool(last & (OTHER | LOGIN | SESSION)), "is called something else")
    yield Signal(
        -6.0, "granttype" in fields or (not register and bool(path_words(operation.path) & LOGIN)), "logs in"
    )
    yield Signal(-4.0, bool(called & {"reset", "recover", "forgot", "change"}), "changes a password")
    yield Signal(-5.0, bool(fields & {"currentpassword", "oldpassword", "newpassword"}), "changes a password")
    yield Signal(-3.0, operation.method == "PUT", "is a PUT")
    yield Signal(-1.5, "admin" in words(operation.path), "is for administrators")
    yield Signal(-6.0, login is None and not register, "has no login beside it")
    yield Signal(-2.0, same_body and _same_name(login, operation), "takes the body of the login")


def _as_login_takes_them(
    operation: Operation, login: Login | None, resolver: Resolver
) -> tuple[FieldPath, ...]:
    """The fields that may name the account; the one that is called as in the login comes first, whatever its name."""
    found = identifier_fields(resolver, operation.filled_in)
    if login is None:
        return found
    wanted = normal(login.identifier[-1])
    same = [path for path, _ in body_fields(resolver, operation.filled_in) if normal(path[-1]) == wanted]
    return tuple(dict.fromkeys((*same[:1], *found)))


def _same_name(login: Login | None, operation: Operation) -> bool:
    body = login.operation.body if login else None
    return bool(body and operation.body and body.name and body.name == operation.body.name)
