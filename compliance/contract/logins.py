"""Which operations turn credentials into a token.

A login may hide its body from the document: then its fields are the usual ones, `username` and `password`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from compliance.contract.fields import (
    body_fields,
    identifier_fields,
    is_identifier,
    is_password,
    password_field,
)
from compliance.contract.model import FieldPath, Login, Operation
from compliance.contract.paths import normal, path_words, segments, vocabulary, words
from compliance.contract.resolve import Resolver, mapping
from compliance.contract.roles import (
    ENOUGH,
    LOGIN,
    OTHER,
    REGISTER,
    SESSION,
    answered_fields,
    called_last,
    named,
    other_requirements,
    tells_apart,
)
from compliance.contract.signals import Signal, weigh

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from compliance.contract.model import SecurityScheme

_TOKENS = vocabulary("access bearer accessjwt sessionid")
_TOKEN_WORDS = frozenset({"token", "jwt", "bearer"})
#: What makes something else of a token.
_NO_TOKEN = vocabulary(
    "refresh type expires expiry expire exp expiration csrf xsrf reset id device fcm push verification max limit count "
    "usage uri url"
)
_PASSWORD_BY = {False: "takes a password", True: "takes a password by HTTP Basic"}
_CODES = vocabulary("otp code pin verificationcode otpcode mfacode passcode smscode")


@dataclass(frozen=True)
class _Credentials:
    """What an operation takes: the password, the names of the account, and how they are sent."""

    password: FieldPath | None
    identifiers: tuple[FieldPath, ...]
    style: str


@dataclass(frozen=True)
class _Circumstances:
    """What the document says besides the operation itself."""

    token_urls: tuple[str, ...]
    #: the names of the schemes of HTTP Basic
    basic: frozenset[str]
    #: whether a declared guard says anything
    telling: bool
    #: the names of the schemes that guard most of the reads
    usual: frozenset[str]


def logins_of(
    operations: Sequence[Operation],
    document: Mapping[str, Any],
    schemes: Iterable[SecurityScheme],
    resolver: Resolver,
) -> tuple[Login, ...]:
    """Everything that looks like a login, the likeliest first."""
    circumstances = _circumstances(operations, document, schemes)
    likely = [o for o in operations if o.method in ("POST", "GET", "PUT")]
    weighed = [_as_login(operation, circumstances, resolver) for operation in likely]
    weighed.sort(key=lambda one: -one[0])
    found = [login for score, login in weighed if score >= ENOUGH]
    if found and found[0].token is None:
        found[0] = replace(
            found[0], reason=f"{found[0].reason}; {_second_step(found[0], operations, resolver)}"
        )
    return tuple(found)


def login_at(
    operation: Operation,
    operations: Sequence[Operation],
    document: Mapping[str, Any],
    schemes: Iterable[SecurityScheme],
    resolver: Resolver,
) -> Login:
    """That operation as a login, whatever speaks against it."""
    return _as_login(operation, _circumstances(operations, document, schemes), resolver)[1]


def _circumstances(
    operations: Sequence[Operation], document: Mapping[str, Any], schemes: Iterable[SecurityScheme]
) -> _Circumstances:
    basic = frozenset(one.name for one in schemes if one.kind == "http" and one.scheme == "basic")
    return _Circumstances(
        tuple(_token_urls(document)), basic, tells_apart(operations), _usual_schemes(operations)
    )


def _usual_schemes(operations: Sequence[Operation]) -> frozenset[str]:
    """What lets in to most reads: a login that only names other schemes does not ask for its own token."""
    reads = [operation for operation in operations if operation.method == "GET"]
    guards = Counter(o.schemes for o in reads or operations if o.guarded and o.schemes)
    return frozenset(guards.most_common(1)[0][0]) if guards else frozenset()


def _as_login(operation: Operation, around: _Circumstances, resolver: Resolver) -> tuple[float, Login]:
    """What the operation would be as a login, and how much speaks for it."""
    taken = _credentials(operation, around, resolver)
    token = _token_field(operation, resolver)
    score, reason = weigh(_signals(operation, around, taken, token, resolver))
    identifier = taken.identifiers[0] if taken.identifiers else ("username",)
    password = taken.password or ("password",)
    reason = f"{operation.label}: {reason}"
    return score, Login(operation, taken.style, identifier, password, token, reason)


def _signals(
    operation: Operation,
    around: _Circumstances,
    taken: _Credentials,
    token: FieldPath | None,
    resolver: Resolver,
) -> Iterable[Signal]:
    last, called = called_last(operation.path), named(operation)
    fields = {normal(path[-1]) for path, _ in body_fields(resolver, operation.body)}
    undeclared = operation.method == "POST" and not operation.body and not operation.parameters
    basic = taken.style == "basic"
    takes = bool(taken.password) or basic
    alike = not operation.schemes or bool(set(operation.schemes) & around.usual)
    guarded = operation.guarded is True and around.telling and alike and not basic
    yield Signal(9.0, _is_token_url(operation.path, around.token_urls), "the document's tokenUrl")
    yield Signal(3.0 if takes else -3.0, takes or not undeclared, _PASSWORD_BY[basic])
    yield Signal(1.0, bool(taken.identifiers) or basic, "takes the name of an account")
    yield Signal(3.0, bool(token), "answers a token")
    yield Signal(1.0, token == (), "answers a text")
    yield Signal(3.0, bool(called & LOGIN), "is called a login")
    yield Signal(2.0, not called & LOGIN and bool(last & SESSION), "is called a session or a token")
    yield Signal(3.5, undeclared and not basic and bool(last & LOGIN), "hides its body from the document")
    yield Signal(4.0, "granttype" in fields, "takes a grant_type")
    yield Signal(-5.0, bool(last & (OTHER | REGISTER)), "is called something else")
    yield Signal(-3.0, guarded, "needs a token itself")
    yield Signal(-3.0, bool(operation.path_parameters), "has a parameter in its path")
    yield Signal(-1.0, operation.method == "GET", "is a GET")
    yield Signal(-2.0, taken.style == "query", "takes credentials in the query")
    yield Signal(-1.5, "admin" in path_words(operation.path), "is for administrators")
    yield Signal(-1.0 * len(other_requirements(operation, resolver)), True, "requires more than credentials")


def _credentials(operation: Operation, around: _Circumstances, resolver: Resolver) -> _Credentials:
    password = password_field(resolver, operation.body)
    if password is None and set(operation.schemes) & around.basic and named(operation) & (LOGIN | SESSION):
        return _Credentials(None, (), "basic")
    if password or operation.body:
        form = operation.body is not None and not operation.body.is_json
        names = identifier_fields(resolver, operation.body) or _only_other_text(operation, password, resolver)
        return _Credentials(password, names, "form" if form else "json")
    query = [parameter.name for parameter in operation.parameters if parameter.location == "query"]
    name = next((name for name in query if is_password(name)), None)
    if name is None:
        return _Credentials(None, (), "json")
    return _Credentials((name,), tuple((one,) for one in query if is_identifier(one)), "query")


def _only_other_text(
    operation: Operation, password: FieldPath | None, resolver: Resolver
) -> tuple[FieldPath, ...]:
    """The one text beside the password names the account, in whatever language."""
    if password is None:
        return ()
    beside = [
        path
        for path, schema in body_fields(resolver, operation.body)
        if path != password and path[:-1] == password[:-1] and resolver.type_of(schema) == "string"
    ]
    return (beside[0],) if len(beside) == 1 else ()


def _token_field(operation: Operation, resolver: Resolver) -> FieldPath | None:
    """Where the answer has its token: by its name, or as the only thing in something that is called a token."""
    answer = operation.success
    if answer is None:
        return None
    if resolver.type_of(answer.schema) == "string":
        return ()
    fields = answered_fields(operation, resolver)
    found = next((path for path in fields if _is_token(path[-1])), None)
    alone = fields[0] if len(fields) == 1 and set(words(answer.name or "")) & _TOKEN_WORDS else None
    return found or alone


def _is_token(name: str) -> bool:
    parts = set(words(name))
    spelled = bool(parts & _TOKEN_WORDS) or normal(name).endswith(("token", "jwt"))
    return normal(name) in _TOKENS or (spelled and not parts & _NO_TOKEN)


def _second_step(login: Login, operations: Iterable[Operation], resolver: Resolver) -> str:
    """Where the token may come from, if the login's own answer shows none: a code that was sent is a second step."""
    for operation in operations:
        if operation.method == "POST" and operation is not login.operation and operation.body:
            fields = {normal(path[-1]) for path, _ in body_fields(resolver, operation.body)}
            if fields & _CODES and _token_field(operation, resolver):
                return f"its answer shows no token, but {operation.label} takes a code and answers one"
    return "its answer shows no token"


def _token_urls(document: Mapping[str, Any]) -> list[str]:
    components = mapping(mapping(document.get("components")).get("securitySchemes"))
    schemes = [*components.values(), *mapping(document.get("securityDefinitions")).values()]
    flows = [
        flow for scheme in map(mapping, schemes) for flow in (scheme, *mapping(scheme.get("flows")).values())
    ]
    return [url for flow in map(mapping, flows) if isinstance(url := flow.get("tokenUrl"), str)]


def _is_token_url(path: str, urls: Iterable[str]) -> bool:
    """Whether the path ends as a tokenUrl does, wherever the document says that the service stands."""
    for url in urls:
        wanted = segments(url.partition("://")[2].partition("/")[2] if "://" in url else url)
        if wanted and segments(path)[-len(wanted) :] == wanted:
            return True
    return False
