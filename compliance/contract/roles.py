"""Who plays which role in the life of an account: login, registration, me.

Each role goes to the operation that weighs most, if it weighs enough; its reason names what spoke for it.
A login may hide its body from the document: then its fields are the usual ones, `username` and `password`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compliance.contract.fields import (
    body_fields,
    identifier_fields,
    is_identifier,
    is_password,
    password_field,
    passwords_again,
)
from compliance.contract.model import FieldPath, Login, Operation, Registration
from compliance.contract.paths import last_words, normal, segments, vocabulary, words
from compliance.contract.resolve import Resolver, mapping
from compliance.contract.signals import Signal, weigh

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: What an operation has to weigh before it is believed.
ENOUGH = 5.0

_TOKENS = vocabulary(
    "accesstoken token authtoken jwt idtoken bearertoken access jwttoken sessiontoken bearer"
)
_LOGIN = frozenset({"login", "signin", "logon", "authenticate"})
_SESSION = frozenset({"token", "tokens", "authentication", "auth", "session", "sessions", "jwt"})
_REGISTER = frozenset({"register", "registration", "signup", "join", "enroll", "registro"})
_ACCOUNTS = vocabulary("user users account accounts member members customer customers usuarios")
#: Other things that are done with credentials.
_OTHER = vocabulary(
    "logout signout refresh reset forgot forget recover recovery verify verification change revoke test "
    "validate confirm otp mfa 2fa resend invite invitation unlock password"
)
_ME = vocabulary("me whoami self currentuser myself userinfo")
#: What an account shows of itself and hardly anything else does.
_NAMED_BY = frozenset({"email", "username", "login", "emailaddress"})
_MAYBE_ME = vocabulary("profile current account dashboard")


@dataclass(frozen=True)
class _Credentials:
    """What an operation takes: the password, the names of the account, and how they are sent."""

    password: FieldPath | None
    identifiers: tuple[FieldPath, ...]
    style: str


def login_of(
    operations: Iterable[Operation], document: Mapping[str, Any], resolver: Resolver
) -> Login | None:
    """The operation that most looks like a login, if any does."""
    urls = _token_urls(document)
    weighed = [(score, login) for o in operations for score, login in _as_login(o, urls, resolver)]
    return max(weighed, key=lambda one: one[0])[1] if weighed else None


def registration_of(
    operations: Iterable[Operation], login: Login | None, resolver: Resolver
) -> Registration | None:
    """The operation with which anyone gets an account, if there is one."""
    others = [o for o in operations if login is None or o is not login.operation]
    weighed = [(score, found) for o in others for score, found in _as_registration(o, login, resolver)]
    return max(weighed, key=lambda one: one[0])[1] if weighed else None


def me_of(operations: Iterable[Operation], resolver: Resolver) -> Operation | None:
    """The operation that says who is asking, if there is one."""
    weighed = [
        (weigh(_signals_of_me(o, resolver))[0], -len(o.path), o)
        for o in operations
        if _may_be_me(o, resolver)
    ]
    believed = [one for one in weighed if one[0] >= ENOUGH]
    return max(believed, key=lambda one: one[:2])[2] if believed else None


def _as_login(operation: Operation, urls: list[str], resolver: Resolver) -> Iterable[tuple[float, Login]]:
    if operation.method not in ("POST", "GET", "PUT"):
        return
    taken = _credentials(operation, resolver)
    token = _token_field(operation, resolver)
    score, reason = weigh(_signals_of_login(operation, urls, taken, token, resolver))
    if score >= ENOUGH:
        identifier = taken.identifiers[0] if taken.identifiers else ("username",)
        password = taken.password or ("password",)
        yield (
            score,
            Login(operation, taken.style, identifier, password, token, f"{operation.label}: {reason}"),
        )


def _signals_of_login(
    operation: Operation, urls: list[str], taken: _Credentials, token: FieldPath | None, resolver: Resolver
) -> Iterable[Signal]:
    last, named = last_words(operation.path), _named(operation)
    fields = {normal(path[-1]) for path, _ in body_fields(resolver, operation.body)}
    undeclared = operation.method == "POST" and not operation.body and not operation.parameters
    yield Signal(9.0, _is_token_url(operation.path, urls), "the document's tokenUrl")
    yield Signal(3.0 if taken.password else -3.0, bool(taken.password) or not undeclared, "takes a password")
    yield Signal(1.0, bool(taken.identifiers), "takes the name of an account")
    yield Signal(3.0, token is not None, "answers a token")
    yield Signal(3.0, bool(named & _LOGIN), "is called a login")
    yield Signal(2.0, not named & _LOGIN and bool(last & _SESSION), "is called a session or a token")
    yield Signal(3.5, undeclared and bool(last & _LOGIN), "hides its body from the document")
    yield Signal(4.0, "granttype" in fields, "takes a grant_type")
    yield Signal(-5.0, bool(last & (_OTHER | _REGISTER)), "is called something else")
    yield Signal(-3.0, operation.guarded is True, "needs a token itself")
    yield Signal(-3.0, bool(operation.path_parameters), "has a parameter in its path")
    yield Signal(-1.0, operation.method == "GET", "is a GET")
    yield Signal(-2.0, taken.style == "query", "takes credentials in the query")
    yield Signal(-1.0 * len(_other_requirements(operation, resolver)), True, "requires more than credentials")


def _as_registration(
    operation: Operation, login: Login | None, resolver: Resolver
) -> Iterable[tuple[float, Registration]]:
    password = password_field(resolver, operation.body)
    if operation.method not in ("POST", "PUT") or password is None or operation.path_parameters:
        return
    identifiers = _as_login_takes_them(identifier_fields(resolver, operation.body), login)
    score, reason = weigh(_signals_of_registration(operation, identifiers, login, resolver))
    if score >= ENOUGH and identifiers:
        repetitions = passwords_again(resolver, operation.body)
        reason = f"{operation.label}: takes a password, {reason}"
        yield score, Registration(operation, identifiers[0], password, reason, identifiers, repetitions)


def _signals_of_registration(
    operation: Operation, identifiers: tuple[FieldPath, ...], login: Login | None, resolver: Resolver
) -> Iterable[Signal]:
    last, named = last_words(operation.path), _named(operation)
    register = bool(last & _REGISTER) or {"sign", "up"} <= last
    called = register or bool(named & {"register", "signup"})
    fields = {normal(path[-1]) for path, _ in body_fields(resolver, operation.body)}
    parents = segments(operation.path)[-2:]
    same_body = login is not None and login.operation.body is not None and operation.body is not None
    yield Signal(2.0, True, "has no parameter in its path")
    yield Signal(2.0, bool(identifiers), "takes the name of an account")
    yield Signal(5.0, called, "is called a registration")
    yield Signal(2.0, any(set(words(part)) & _ACCOUNTS for part in parents), "stands among the accounts")
    yield Signal(1.0, operation.guarded is not True, "needs no token")
    yield Signal(-3.5, operation.guarded is True, "needs a token")
    yield Signal(1.0, "201" in operation.responses, "answers 201")
    yield Signal(-6.0, bool(last & (_OTHER | _LOGIN | _SESSION)), "is called something else")
    yield Signal(-4.0, bool(named & {"reset", "recover", "forgot", "change"}), "changes a password")
    yield Signal(-5.0, bool(fields & {"currentpassword", "oldpassword", "newpassword"}), "changes a password")
    yield Signal(-3.0, operation.method == "PUT", "is a PUT")
    yield Signal(-6.0, login is None and not register, "has no login beside it")
    yield Signal(-2.0, same_body and _same_name(login, operation), "takes the body of the login")


def _signals_of_me(operation: Operation, resolver: Resolver) -> Iterable[Signal]:
    fields = {normal(path[-1]) for path in _answered(operation, resolver)}
    yield from _calls_itself_me(operation)
    yield Signal(2.0, operation.guarded is True, "needs a token")
    yield Signal(-1.0, operation.guarded is False, "needs no token")
    yield Signal(3.0, bool(fields & _NAMED_BY), "answers an account")


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
    return name in _ACCOUNTS and f"{name}s" in _ACCOUNTS


def _may_be_me(operation: Operation, resolver: Resolver) -> bool:
    if operation.method != "GET" or operation.path_parameters or not segments(operation.path):
        return False
    answer = operation.success
    named = any(signal.seen for signal in _calls_itself_me(operation))
    return named and not (answer and resolver.type_of(answer.schema) == "array")


def _credentials(operation: Operation, resolver: Resolver) -> _Credentials:
    password = password_field(resolver, operation.body)
    if password or operation.body:
        form = operation.body is not None and not operation.body.is_json
        return _Credentials(password, identifier_fields(resolver, operation.body), "form" if form else "json")
    query = [parameter.name for parameter in operation.parameters if parameter.location == "query"]
    name = next((name for name in query if is_password(name)), None)
    if name is None:
        return _Credentials(None, (), "json")
    return _Credentials((name,), tuple((one,) for one in query if is_identifier(one)), "query")


def _named(operation: Operation) -> frozenset[str]:
    joined = {"login"} if "log_in" in "_".join(segments(operation.path)) else set()
    return last_words(operation.path) | set(words(operation.operation_id)) | joined


def _other_requirements(operation: Operation, resolver: Resolver) -> list[str]:
    """Required fields that are no credentials: many of them make a registration, not a login."""
    names = resolver.required(operation.body.schema) if operation.body else ()
    known = {path[0] for path, _ in body_fields(resolver, operation.body) if len(path) > 1}
    return [
        n for n in names if not (is_password(n) or is_identifier(n) or normal(n) == "granttype" or n in known)
    ]


def _answered(operation: Operation, resolver: Resolver) -> list[FieldPath]:
    answer = operation.success
    return [path for path, _ in resolver.walk(answer.schema, depth=3)] if answer else []


def _token_field(operation: Operation, resolver: Resolver) -> FieldPath | None:
    return next((path for path in _answered(operation, resolver) if normal(path[-1]) in _TOKENS), None)


def _token_urls(document: Mapping[str, Any]) -> list[str]:
    components = mapping(mapping(document.get("components")).get("securitySchemes"))
    schemes = [*components.values(), *mapping(document.get("securityDefinitions")).values()]
    flows = [
        flow for scheme in map(mapping, schemes) for flow in (scheme, *mapping(scheme.get("flows")).values())
    ]
    return [url for flow in map(mapping, flows) if isinstance(url := flow.get("tokenUrl"), str)]


def _is_token_url(path: str, urls: list[str]) -> bool:
    """Whether the path ends as a tokenUrl does, wherever the document says that the service stands."""
    for url in urls:
        wanted = segments(url.partition("://")[2].partition("/")[2] if "://" in url else url)
        if wanted and segments(path)[-len(wanted) :] == wanted:
            return True
    return False


def _as_login_takes_them(found: tuple[FieldPath, ...], login: Login | None) -> tuple[FieldPath, ...]:
    """The field that is called as in the login comes first."""
    wanted = normal(login.identifier[-1]) if login else ""
    return tuple(sorted(found, key=lambda path: normal(path[-1]) != wanted))


def _same_name(login: Login | None, operation: Operation) -> bool:
    body = login.operation.body if login else None
    return bool(body and operation.body and body.name and body.name == operation.body.name)
