"""What login, registration and me have in common: their words, and what their operations take and answer.

Each role goes to the operation that weighs most, if it weighs enough; its reason names what spoke for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.contract.fields import body_fields, is_identifier, is_password
from compliance.contract.links import answered
from compliance.contract.paths import last_name, last_words, normal, segments, vocabulary, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from compliance.contract.model import FieldPath, Login, Operation, Registration
    from compliance.contract.resolve import Resolver

#: What an operation has to weigh before it is believed.
ENOUGH = 5.0

LOGIN = frozenset({"login", "signin", "logon", "authenticate"})
SESSION = frozenset({"token", "tokens", "authentication", "auth", "session", "sessions", "jwt"})
REGISTER = frozenset({"register", "registration", "signup", "join", "enroll", "registro"})
ACCOUNTS = vocabulary("user users account accounts member members customer customers usuario usuarios")
#: Other things that are done with credentials.
OTHER = vocabulary(
    "logout signout refresh reset forgot forget recover recovery verify verification change revoke test "
    "validate confirm otp mfa 2fa resend invite invitation unlock password"
)
#: What an account shows of itself and hardly anything else does.
NAMED_BY = frozenset({"email", "username", "login", "emailaddress"})


def called_last(path: str) -> frozenset[str]:
    """The words of the last name on a path, and all of them as one: `sign-up` is sign, up and signup."""
    return last_words(path) | {normal(last_name(path))}


def named(operation: Operation) -> frozenset[str]:
    """The words that the operation is called by: of the last name on its path and of its operationId."""
    joined = {"login"} if "log_in" in "_".join(segments(operation.path)) else set()
    return called_last(operation.path) | set(words(operation.operation_id)) | joined


def answered_fields(operation: Operation, resolver: Resolver) -> list[FieldPath]:
    answer = operation.success
    return [path for path, _ in resolver.walk(answer.schema, depth=3)] if answer else []


def other_requirements(operation: Operation, resolver: Resolver) -> list[str]:
    """Required fields that are no credentials: many of them make a registration, not a login."""
    required = resolver.required(operation.body.schema) if operation.body else ()
    taken = list(body_fields(resolver, operation.body))
    known, offered = {path[0] for path, _ in taken if len(path) > 1}, {path[0] for path, _ in taken}
    return [
        name
        for name in required
        if name in offered and name not in known and not is_password(name) and not is_identifier(name)
        if normal(name) != "granttype"
    ]


def tells_apart(operations: Iterable[Operation]) -> bool:
    """Whether the document guards some operations and others not: where it guards all alike, that says nothing."""
    return any(operation.guarded is not True for operation in operations)


def account_shapes(
    login: Login | None,
    registrations: Iterable[Registration],
    operations: Sequence[Operation],
    resolver: Resolver,
) -> frozenset[str]:
    """What the document calls an account: what lies in the login's answer and what registration and its items answer."""
    found: set[str | None] = set()
    if login and login.operation.success:
        answer = resolver.properties(login.operation.success.schema)
        inner = [inner for raw in answer.values() for inner in (raw, *resolver.properties(raw).values())]
        found |= {
            resolver.name_of(raw)
            for raw in inner
            if {normal(name) for name in resolver.properties(raw)} & NAMED_BY
        }
    made = [registration.operation for registration in registrations]
    items = {f"{operation.path.rstrip('/')}/" for operation in made}
    for operation in (*made, *(o for o in operations if o.method == "GET" and _is_item(o.path, items))):
        fields = {normal(path[-1]) for path in answered_fields(operation, resolver)}
        if fields & NAMED_BY and (login is None or answered(operation, resolver) != _answered_by(login)):
            found.add(answered(operation, resolver))
    return frozenset(name for name in found if name)


def _is_item(path: str, collections: set[str]) -> bool:
    head, _, tail = path.rstrip("/").rpartition("/")
    return tail.startswith("{") and f"{head}/" in collections


def _answered_by(login: Login) -> str | None:
    return login.operation.success.name if login.operation.success else None
