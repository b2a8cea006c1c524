"""Tokens in answers: in a field of the body, the body itself, a header or a cookie; and how long they last."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from compliance.contract.model import FieldPath
from compliance.contract.paths import normal, words
from compliance.target.forging import take_apart
from compliance.target.tape import Exchange

#: Names of fields that hold nothing but the token, however short it is.
_EXACT = frozenset({"token", "accesstoken", "authtoken", "jwt", "jwttoken", "bearertoken", "sessiontoken"})
#: What a token that is called like one may be for beside letting in.
_OTHER = frozenset(
    {
        *("refresh", "csrf", "xsrf", "type", "verification", "verify", "reset", "confirmation", "activation"),
        *("expires", "expiry", "at", "in", "id"),
    }
)
#: Cookies that hold a session, the likeliest first.
_SESSIONS = ("access", "session", "sess", "sid", "jwt", "token", "auth", "identity")
#: Characters from which on a text that nothing calls a token may be one.
LONG = 16
_SCHEME = re.compile(r"^(Bearer|Token|JWT)\s+(?=\S)", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """Where an answer holds a token. `kind` is field, body, header or cookie; `way` the names that lead to it."""

    kind: str = "field"
    way: FieldPath = ()

    def __str__(self) -> str:
        return "the body" if self.kind == "body" else f"the {self.kind} {'.'.join(self.way)}"


def tokens_in(exchange: Exchange, documented: FieldPath | None = None) -> list[tuple[Place, str]]:
    """Every token in an answer that lets somebody in, the likeliest first; none where it refuses, whatever its status."""
    if exchange.status >= 400 or says_no(exchange):
        return []
    found = [*_in_body(exchange, documented), *_in_headers(exchange)] if exchange.ok else []
    return list(dict((*found, *_in_cookies(exchange))).items())


def token_at(exchange: Exchange, place: Place) -> str:
    """The token at that place of an answer, empty where there is none: one word, not a sentence about it."""
    token = dict(tokens_in(exchange, place.way if place.kind == "field" else None)).get(place, "")
    return token if len(unprefixed(token)[1].split()) == 1 else ""


def every_token(exchange: Exchange) -> list[str]:
    """Whatever an answer gives out that may be a token, the one to refresh with too: none of it is to be printed."""
    found = [
        token for _, token in (*_in_body(exchange, None), *_in_headers(exchange), *_in_cookies(exchange))
    ]
    return [unprefixed(token)[1] for token in (*found, *(token for _, token in _fields(exchange.value)))]


def unprefixed(token: str) -> tuple[str, str]:
    """The scheme that a token already brings along, empty where it brings none, and the token without it."""
    scheme = _SCHEME.match(token)
    return (scheme[1], token[scheme.end() :]) if scheme else ("", token)


def says_no(exchange: Exchange) -> bool:
    """Whether the body of an answer says that nothing was done: `200 {"success": false}` is a refusal."""
    body = exchange.value
    if not isinstance(body, Mapping):
        return False
    said = {normal(str(name)): value for name, value in body.items()}
    flags = ("success", "ok", "succeeded", "successful", "issuccess", "authenticated")
    if any(said.get(name) is False for name in flags):
        return True
    code = next((said[name] for name in ("statuscode", "code", "status") if name in said), None)
    failed = isinstance(code, int) and not isinstance(code, bool) and 400 <= code < 600
    return failed or str(code).lower() in ("error", "fail", "failed", "failure")


def lifetime(token: str, exchange: Exchange | None, now: float) -> float | None:
    """Seconds that a token lasts from now on: by its own claims, else by what was said beside it."""
    taken = take_apart(token)
    if taken is not None and isinstance(taken.claims.get("exp"), int | float):
        issued = taken.claims.get("iat")
        # By the clock of the service, where it shows; whole seconds may have begun up to one before.
        return float(taken.claims["exp"]) - (float(issued) + 1 if isinstance(issued, int | float) else now)
    said = exchange.value if exchange else None
    for body in (said, *(said.values() if isinstance(said, Mapping) else ())):
        for name, value in body.items() if isinstance(body, Mapping) else ():
            if normal(str(name)) in ("expiresin", "expiresinseconds") and _is_number(value):
                return float(value)
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _in_body(exchange: Exchange, documented: FieldPath | None) -> Iterator[tuple[Place, str]]:
    body = exchange.value
    if documented:
        value = body
        for name in documented:
            value = value.get(name) if isinstance(value, Mapping) else None
        if isinstance(value, str) and value:
            yield Place("field", documented), value
    for way, token in _fields(body):
        if not _OTHER & set(words(way[-1])):
            yield Place("field", way), token
    bare = exchange.text.strip() if exchange.media_type == "text/plain" else body
    if isinstance(bare, str) and len(bare) >= LONG and len(unprefixed(bare)[1].split()) == 1:
        yield Place("body"), bare


def _fields(value: Any, way: FieldPath = ()) -> Iterator[tuple[FieldPath, str]]:
    """Every text whose name speaks of a token, the outermost first."""
    if not isinstance(value, Mapping) or len(way) == 3:
        return
    for name, inner in value.items():
        called = any(word in str(name).lower() for word in ("token", "jwt", "access"))
        if isinstance(inner, str) and called and (len(inner) >= LONG or (inner and normal(name) in _EXACT)):
            yield (*way, name), inner
    for name, inner in value.items():
        yield from _fields(inner, (*way, name))


def _in_headers(exchange: Exchange) -> Iterator[tuple[Place, str]]:
    for name, value in exchange.headers:
        called = name.lower() == "authorization" or {"token", "jwt"} & set(words(name))
        if called and not {"csrf", "xsrf", "refresh"} & set(words(name)) and value:
            yield Place("header", (name,)), value


def _in_cookies(exchange: Exchange) -> Iterator[tuple[Place, str]]:
    found: list[tuple[int, str, str]] = []
    for header, line in exchange.headers:
        name, equals, rest = line.partition("=")
        value = rest.partition(";")[0].strip()
        lowered = name.strip().lower()
        if header.lower() != "set-cookie" or not equals or len(value.strip('"')) < 8:
            continue
        if any(word in lowered for word in ("csrf", "xsrf", "refresh")):
            continue
        rank = next((place for place, word in enumerate(_SESSIONS) if word in lowered), len(_SESSIONS))
        if rank < len(_SESSIONS) or "httponly" in rest.lower():
            found.append((rank, name.strip(), value))
    for _, name, value in sorted(found, key=lambda one: one[0]):
        yield Place("cookie", (name,)), value
