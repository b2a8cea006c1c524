"""Who sends a request, and what makes it theirs: a token, a name with its password, or something that signs."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from compliance.contract.model import FieldPath, Operation, Registration
from compliance.target.credentials import Presentation
from compliance.target.tape import Exchange
from compliance.target.tokens import Place

if TYPE_CHECKING:
    import httpx


@dataclass(eq=False)
class Actor:
    """Who sends a request. `identity` is what the service said of the account when it was registered or asked for."""

    name: str
    source: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    identity: Mapping[str, Any] = field(default_factory=dict)
    #: what the login may know the account by, the likeliest first
    names: tuple[str, ...] = ()
    #: where the answer to the login has the token
    place: Place = field(default_factory=Place)
    #: how the token stands in a request
    presentation: Presentation = field(default_factory=Presentation)
    #: that presentation was given, or has worked for somebody
    settled: bool = False
    #: the name goes with its password in every request, instead of a token
    basic: bool = False
    #: signs every request, instead of a token
    auth: httpx.Auth | None = field(default=None, repr=False)
    #: when the token ends, in seconds of the target's clock; None where nothing tells
    expires: float | None = None
    #: the answer that made the account, and the one that gave the token
    registration: Exchange | None = field(default=None, repr=False)
    entry: Exchange | None = field(default=None, repr=False)
    #: a read that succeeds with its credentials and not without
    proof: Operation | None = None
    #: a request that must succeed did succeed in its name
    proven: bool = False
    #: its credentials made a difference: that request was refused without them, or answered otherwise
    accepted: bool = False
    #: it has no credentials and needs none
    unasked: bool = False

    @property
    def has_credentials(self) -> bool:
        return bool(self.token or self.basic or self.auth)

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        if self.basic:
            return (("Authorization", basic_value(self.username, self.password)),)
        return self.presentation.headers(self.token) if self.token else ()

    def presenting(self, token: str) -> tuple[tuple[str, str], ...]:
        """The headers that present any token as this actor presents its own, or as its password where it has none."""
        if self.basic:
            return (("Authorization", basic_value(self.username, token)),)
        return self.presentation.headers(token)


ANONYMOUS = Actor("anonymous", "nobody", proven=True, unasked=True)


def basic_value(username: str, password: str) -> str:
    """The value of the header Authorization by RFC 7617."""
    return f"Basic {base64.b64encode(f'{username}:{password}'.encode()).decode()}"


def registered(registration: Registration, exchange: Exchange) -> Actor:
    """The account that an answered registration made, by what the request said and the service answered."""
    sent, answer = sent_body(exchange), object_of(exchange)
    if registration.operation.body is None:
        sent = dict(parse_qsl(urlsplit(exchange.url).query))
    ways = registration.identifiers or (registration.identifier,)
    # A service may give the name itself.
    values = [at(sent, way) for way in ways] + [at(answer, way) for way in (*ways, ("username",), ("email",))]
    names = tuple(dict.fromkeys(str(value) for value in values if isinstance(value, str | int) and value))
    return Actor(
        exchange.actor,
        "registration",
        names[0] if names else "",
        str(at(sent, registration.password) or ""),
        identity=answer,
        names=names,
        registration=exchange,
    )


def sent_body(exchange: Exchange) -> Any:
    """What a request carried, JSON or form, as a value; nothing where it was neither."""
    try:
        return json.loads(exchange.request_body)
    except (ValueError, RecursionError):
        return dict(parse_qsl(exchange.request_body.decode("utf-8", "replace")))


def object_of(exchange: Exchange) -> Mapping[str, Any]:
    """The object that an answer holds, empty where it holds none."""
    body = exchange.value
    return body if isinstance(body, Mapping) else {}


def at(value: Any, path: FieldPath) -> Any:
    """The value at a path of field names, None where there is none."""
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def leaves(value: Any, way: FieldPath = (), depth: int = 4) -> Iterator[tuple[FieldPath, Any]]:
    """Every field of an object that is no object itself, with the way to it."""
    for name, inner in value.items() if isinstance(value, Mapping) else ():
        if isinstance(inner, Mapping) and inner and depth > 1:
            yield from leaves(inner, (*way, str(name)), depth - 1)
        else:
            yield (*way, str(name)), inner
