"""Becoming somebody: registering, logging in, and proving that it worked before any refusal is believed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from compliance.catalogue import Untested
from compliance.contract.model import Contract, FieldPath, Login, Operation, Registration
from compliance.target.client import Request
from compliance.target.payload import payload
from compliance.target.secrets import Secrets
from compliance.target.tape import Exchange

#: What stands before a token in its header, most usual first.
SCHEMES = ("Bearer", "Token", "JWT", "")
Send = Callable[[Request], Exchange]


@dataclass(eq=False)
class Actor:
    """Who sends a request. `identity` is what the service said of the account when it was registered or asked for."""

    name: str
    source: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    identity: Mapping[str, Any] = field(default_factory=dict)
    #: where the answer to the login has the token
    token_path: FieldPath = ()
    #: the word before the token in its header, empty where the bare token stands there
    scheme: str = "Bearer"
    #: a request that must succeed did succeed in its name
    proven: bool = False

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        return self.presenting(self.token) if self.token else ()

    def presenting(self, token: str) -> tuple[tuple[str, str], ...]:
        """The headers that present any token as this actor presents its own."""
        return (("Authorization", f"{self.scheme} {token}".strip()),)


ANONYMOUS = Actor("anonymous", "nobody", proven=True)


def register(
    contract: Contract,
    send: Send,
    secrets: Secrets,
    name: str,
    tag: str,
    extra: Mapping[str, Any] | None = None,
) -> tuple[Actor, Exchange]:
    """Register a new account, with extra fields if given, and return it with the answer.

    What is required is sent first, then all that the document offers: many documents forget to say what they require.
    Raises Untested where the service does not let us.
    """
    registration = contract.registration
    if registration is None:
        raise Untested("the document shows no registration")
    given = _given(registration, secrets.password(name, _longest(registration)), extra or {})
    operation = registration.operation
    for fill_all in (False, True):
        body = payload(contract, operation, f"{name}{tag}", given, fill_all=fill_all)
        exchange = send(
            Request(operation.method, operation.path, actor=name, operation=operation.label, **body)
        )
        if exchange.ok or exchange.status not in (400, 422):
            break
    if not exchange.ok:
        raise Untested(
            f"registration was refused: {exchange.method} {exchange.url} answered {exchange.status}: {_short(exchange, secrets)}"
        )
    actor = registered(registration, exchange)
    actor.name = name
    return actor, exchange


def registered(registration: Registration, exchange: Exchange) -> Actor:
    """The account that an answered registration made, by what the request said."""
    sent = sent_body(exchange)
    username, password = (
        str(_at(sent, path) or "") for path in (registration.identifier, registration.password)
    )
    return Actor(exchange.actor, "registration", username, password, identity=_object(exchange))


def _given(registration: Registration, password: str, extra: Mapping[str, Any]) -> dict[FieldPath, Any]:
    """The fields of a registration that are not left to the example."""
    given: dict[FieldPath, Any] = dict.fromkeys((registration.password, *registration.repetitions), password)
    return given | {(*registration.password[:-1], name): value for name, value in extra.items()}


def log_in(contract: Contract, send: Send, secrets: Secrets, actor: Actor) -> Exchange:
    """Get the actor a token. Raises Untested when the answer holds none: a status alone says nothing."""
    login = contract.login
    if login is None:
        raise Untested("the document shows no login")
    exchange = send(login_request(login, actor.username, actor.password, actor.name))
    actor.token_path, token = _token_of(login, exchange)
    if not token:
        raise Untested(
            f"login was refused: {exchange.method} {exchange.url} answered {exchange.status}: {_short(exchange, secrets)}"
        )
    actor.token = token
    secrets.remember_token(actor.name, token)
    return exchange


def login_request(login: Login, username: str, password: str, actor: str) -> Request:
    """The request by which that name and password log in."""
    operation = login.operation
    if login.style == "form":
        form = {login.identifier[-1]: username, login.password[-1]: password, "grant_type": "password"}
        return Request(operation.method, operation.path, form=form, actor=actor, operation=operation.label)
    if login.style == "query":
        params = {login.identifier[-1]: username, login.password[-1]: password}
        return Request(
            operation.method, operation.path, params=params, actor=actor, operation=operation.label
        )
    body: dict[str, Any] = {}
    for path, value in ((login.identifier, username), (login.password, password)):
        _put(body, path, value)
    return Request(operation.method, operation.path, json=body, actor=actor, operation=operation.label)


def find_token(login: Login, exchange: Exchange) -> str:
    """The token in an answer to a login, empty when there is none, whatever the status."""
    return _token_of(login, exchange)[1]


def remember_tokens(contract: Contract, secrets: Secrets, exchange: Exchange) -> None:
    """Every token in an answer to a login, the one to refresh with too, whoever asked for it."""
    login = contract.login
    if login is not None and exchange.operation == login.operation.label:
        for token in (find_token(login, exchange), *(token for _, token in _tokens(_object(exchange)))):
            secrets.remember_token(exchange.actor, token)


def _token_of(login: Login, exchange: Exchange) -> tuple[FieldPath, str]:
    """The token and the way to it: where the document says, else the first field that looks like one."""
    if not exchange.ok:
        return (), ""
    body = _object(exchange)
    if login.token:
        value = _at(body, login.token)
        return login.token, value if isinstance(value, str) else ""
    return next(_tokens(body), ((), ""))


def prove(contract: Contract, send: Send, actor: Actor) -> None:
    """Send a request that must succeed with the actor's token. Raises Untested with what was tried."""
    tried = []
    for operation in _plain_reads(contract):
        exchange = _first_accepted(send, operation, actor)
        if exchange.ok:
            actor.proven = True
            if operation is contract.me:
                actor.identity = {**actor.identity, **_object(exchange)}
            return
        tried.append(f"{operation.label} -> {exchange.status}")
        if len(tried) == 3:
            break
    raise Untested(
        f"{actor.name} logged in, but no guarded read accepted the token ({'; '.join(tried) or 'there is none'})"
    )


def _first_accepted(send: Send, operation: Operation, actor: Actor) -> Exchange:
    """The answer under the first scheme that is accepted, which the actor keeps, else under the usual one."""
    usual, refused = actor.scheme, None
    for actor.scheme in dict.fromkeys((usual, *SCHEMES)):
        exchange = send(
            Request("GET", operation.path, headers=actor.headers, actor=actor.name, operation=operation.label)
        )
        if exchange.ok:
            return exchange
        refused = refused or exchange
        if exchange.status not in (401, 403):
            break
    actor.scheme = usual
    return refused or exchange


def _plain_reads(contract: Contract) -> Iterator[Operation]:
    """Reads that need nothing but credentials: "me" first, then guarded lists, then any guarded GET."""
    if contract.me:
        yield contract.me
    listed = [listing.operation for listing in contract.lists]
    for operation in [*listed, *contract.operations]:
        required = [p for p in operation.parameters if p.required and p.location in ("path", "query")]
        if operation.method == "GET" and operation.guarded and not required and operation is not contract.me:
            yield operation


def _longest(registration: Registration) -> int | None:
    schema = registration.operation.body.schema if registration.operation.body else {}
    for name in registration.password:
        schema = (schema.get("properties") or {}).get(name) or {}
    longest = schema.get("maxLength")
    return longest if isinstance(longest, int) else None


def _tokens(value: Any, way: FieldPath = ()) -> Iterator[tuple[FieldPath, str]]:
    """Every text of some length whose name speaks of a token, the outermost first."""
    if not isinstance(value, Mapping) or len(way) == 3:
        return
    for name, inner in value.items():
        if (
            isinstance(inner, str)
            and len(inner) >= 16
            and any(w in name.lower() for w in ("token", "jwt", "access"))
        ):
            yield (*way, name), inner
    for name, inner in value.items():
        yield from _tokens(inner, (*way, name))


def sent_body(exchange: Exchange) -> Any:
    """What a request carried, JSON or form, as a value; nothing where it was neither."""
    try:
        return json.loads(exchange.request_body)
    except ValueError:
        return dict(parse_qsl(exchange.request_body.decode("utf-8", "replace")))


def _object(exchange: Exchange) -> Mapping[str, Any]:
    try:
        body = exchange.json()
    except Untested:
        return {}
    return body if isinstance(body, Mapping) else {}


def _at(value: Any, path: FieldPath) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _put(body: dict[str, Any], path: FieldPath, value: Any) -> None:
    for name in path[:-1]:
        body = body.setdefault(name, {})
    body[path[-1]] = value


def _short(exchange: Exchange, secrets: Secrets) -> str:
    """Redacted before it is cut: half a secret is not recognised."""
    return secrets.redact(exchange.text)[:200]
