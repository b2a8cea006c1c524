"""Which operation says who is asking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.contract.links import answered
from compliance.contract.paths import last_words, normal, segments, vocabulary, words
from compliance.contract.roles import ACCOUNTS, ENOUGH, NAMED_BY, SESSION, answered_fields
from compliance.contract.signals import Signal, weigh

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from compliance.contract.model import Login, Operation
    from compliance.contract.resolve import Resolver

_ME = vocabulary("me whoami self currentuser myself userinfo")
_MAYBE_ME = vocabulary("profile current account dashboard perfil profil myinfo myprofile myaccount moi")
#: What picks an account out of many, so that the one in the answer need not be who asks.
_PICKS = vocabulary("search find random first last latest top admin check exists lookup stats export")


def me_of(
    operations: Sequence[Operation], login: Login | None, shapes: frozenset[str], resolver: Resolver
) -> tuple[Operation | None, str]:
    """The operation that says who is asking, if there is one, and why it is that; `shapes`: the schemas of accounts."""
    doors = segments(login.operation.path)[:-1] if login else []
    changed = {o.path for o in operations if o.method in ("PUT", "PATCH") and o.guarded is True}
    best: tuple[float, int] | None = None
    found: tuple[Operation | None, str] = (None, "")
    for operation in operations:
        if not _may_be_me(operation, shapes, resolver):
            continue
        score, reason = weigh(_signals(operation, doors, shapes, changed, resolver))
        weight = (score, -len(operation.path))
        if score >= ENOUGH and (best is None or weight > best):
            best, found = weight, (operation, f"{operation.label}: {reason}")
    return found


def _signals(
    operation: Operation, doors: list[str], shapes: frozenset[str], changed: set[str], resolver: Resolver
) -> Iterable[Signal]:
    own = operation.path in changed and _one_account(normal(segments(operation.path)[-1]))
    beside = bool(doors) and last_words(doors[-1]) <= SESSION and segments(operation.path)[:-1] == doors
    fields = {normal(path[-1]) for path in answered_fields(operation, resolver)}
    yield from _calls_itself_me(operation)
    yield Signal(2.0, operation.guarded is True, "needs a token")
    yield Signal(-1.0, operation.guarded is False, "needs no token")
    yield Signal(3.0, bool(fields & NAMED_BY), "answers an account")
    yield Signal(2.0, beside, "lies beside the login")
    yield Signal(1.5, own, "is changed where it is read")
    yield Signal(1.5, answered(operation, resolver) in shapes, "answers what registration or login answers")


def _calls_itself_me(operation: Operation) -> Iterable[Signal]:
    last = segments(operation.path)[-1]
    name, called = normal(last), set(words(operation.operation_id))
    strong = name in _ME or words(last)[-1:] == ("me",)
    yield Signal(5.0, strong, "is called me")
    yield Signal(3.0, not strong and name in _MAYBE_ME, "is called a profile")
    yield Signal(2.0, not strong and _one_account(name), "is called the user")
    yield Signal(2.0, {"current", "user"} <= called or {"get", "me"} <= called, "has such an operationId")


def _one_account(name: str) -> bool:
    """`user`, not `users`: one account without an identifier can only be that of who asks."""
    return name in ACCOUNTS and f"{name}s" in ACCOUNTS


def _may_be_me(operation: Operation, shapes: frozenset[str], resolver: Resolver) -> bool:
    if operation.method != "GET" or operation.path_parameters or not segments(operation.path):
        return False
    answer = operation.success
    if any(p.location == "query" and p.required for p in operation.parameters):
        return False
    called = any(signal.seen for signal in _calls_itself_me(operation))
    like_one = answered(operation, resolver) in shapes or _lies_among_accounts(operation)
    account = like_one and not set(words(operation.path)) & _PICKS
    return (called or account) and not (answer and resolver.type_of(answer.schema) == "array")


def _lies_among_accounts(operation: Operation) -> bool:
    """`/usuarios/yo`: one thing right below the accounts, whatever it is called; its answer must show an account."""
    parts = segments(operation.path)
    return len(parts) > 1 and bool(set(words(parts[-2])) & ACCOUNTS)
