"""Tokens in answers where they have no business, and secrets in tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.fields import is_secret
from compliance.contract.model import Service
from compliance.contract.paths import normal, words
from compliance.contract.subjects import guarding_services
from compliance.target.actors import Actor
from compliance.target.forging import take_apart
from compliance.target.proving import account_fields
from compliance.target.reach import Target
from compliance.target.scanning import find
from compliance.target.tape import Exchange
from compliance.target.tokens import LONG

#: Headers that lead somewhere: a token in them goes along to wherever that is, and into its logs.
LEADING = ("location", "content-location", "link", "refresh")
#: Last words of what issues tokens, where the document does not show it as a login.
_ISSUING = frozenset(
    {"login", "signin", "token", "tokens", "refresh", "renew", "session", "sessions", "auth"}
)
#: The beginnings of what makes a slow hash of a password: bcrypt, argon2, crypt, scrypt, PBKDF2.
_HASH = re.compile(
    r"\$(?:2[abxy]|argon2(?:id|i|d)|[156y]|scrypt|pbkdf2[\w-]*)\$[\w./+=,$-]{20,}|(?:pbkdf2|scrypt)[_:][\w:]*\$.+\$.+"
)
#: Secrets that a claim may be named after, beside passwords.
_SECRETS = frozenset({"secret", "apikey", "apisecret", "accesskey", "mfasecret", "otpsecret", "totpsecret"})


@rule(
    "SEC-006",
    "A token appears only in the body that issues it",
    level=Level.SHOULD,
    subjects=guarding_services,
    phase=Phase.TAPE,
    needs={Need.USER},
)
def tokens_appear_where_they_are_issued(target: Target, _: Service) -> None:
    """
    Why: what stands in profiles, errors and addresses is kept in logs, caches and histories, and lets in whoever reads it.

    Breaks: `RedirectResponse(f"/home?access_token={token}")`, or a profile with the `token` of the session

    Conforms: the token in the answer of the login, and in no other
    """
    tokens = [token for token in _issued(target) if len(token) >= LONG]
    if not tokens:
        raise NotApplicable("users are let in without a token that could appear anywhere")
    doors = _doors(target)
    looked_at = 0
    for exchange in target.tape:
        issues = exchange.operation in doors or exchange.operation.rpartition("/")[2].lower() in _ISSUING
        looked_at += exchange.ok and not issues
        places = {"a header that leads on": _headers(exchange, leading=True)}
        if not issues:
            places |= {"a body": exchange.text, "a header": _headers(exchange, leading=False)}
        for place, text in places.items():
            if any(token in text and not _was_sent(token, exchange) for token in tokens):
                raise Violation(
                    "a token appears where it is not issued",
                    "tokens in the answer of the login and of the renewal alone",
                    f"a token in {place} of {exchange.operation or exchange.method}",
                    [exchange],
                )
    if not looked_at:
        raise Untested("no request but logins succeeded")


def _issued(target: Target) -> Iterator[str]:
    """What lets the actors in, and every signed token that was seen; no name and no id, which stand everywhere."""
    for actor in list(target.actors.values()):
        if actor.basic or actor.auth:
            continue
        names = {actor.username, *actor.names, *map(str, account_fields(actor.identity).values())}
        signed = (text for text in target.secrets.tokens.get(actor.name, ()) if take_apart(text))
        yield from (token for token in dict.fromkeys((actor.token, *signed)) if token not in names)


def _doors(target: Target) -> set[str]:
    """The operations that issue tokens."""
    contract = target.contract
    roles = (*contract.logins, contract.login, *contract.registrations, *contract.admissions)
    entries = {actor.entry.operation for actor in target.actors.values() if actor.entry}
    return entries | {role.operation.label for role in (*roles, contract.registration) if role is not None}


def _headers(exchange: Exchange, *, leading: bool) -> str:
    """The values of the headers of one kind; cookies are part of issuing, and renewed with every answer by some."""
    return "\n".join(
        value
        for name, value in exchange.headers
        if (name.lower() in LEADING) == leading and name.lower() != "set-cookie"
    )


def _was_sent(token: str, exchange: Exchange) -> bool:
    """Whether the request brought the token in its address or body, of which an answer may speak."""
    return token in exchange.url or token.encode() in exchange.request_body


@rule(
    "SEC-007",
    "An issued token carries no secret",
    level=Level.MUST,
    subjects=guarding_services,
    phase=Phase.READ,
    needs={Need.USER},
)
def issued_tokens_carry_no_secret(target: Target, _: Service) -> None:
    """
    Why: claims are encoded and not encrypted: whoever holds the token, or finds it in a log, reads them.

    Breaks: `jwt.encode(user.__dict__, key)`

    Conforms: `jwt.encode({"sub": str(user.id), "exp": end}, key)`
    """
    actors = [one for one in target.actors.values() if one.proven and one.token]
    tokens = [
        (one, token) for one in actors for token in (one.token, *target.secrets.tokens.get(one.name, ()))
    ]
    taken = [(one, token) for one, text in tokens if (token := take_apart(text)) is not None]
    if not taken:
        raise NotApplicable("the tokens of the service are no JSON Web Tokens that can be read")
    for actor, token in taken:
        for way, value in _leaves(token.claims):
            if kind := _secret_in(actor, way[-1], value):
                raise Violation(
                    "an issued token carries a secret",
                    "no secret among the claims",
                    f"{kind} as {'.'.join(way)}",
                    [actor.entry] if actor.entry else [],
                )


def _secret_in(actor: Actor, name: str, value: Any) -> str:
    """What secret a claim is, empty where it is none. Nothing, a flag or stars under such a name are none."""
    if not isinstance(value, str) or not value.strip("*•x. "):
        return ""
    if len(actor.password) >= 8 and (encoding := find(actor.password, value)):
        return f"the password ({encoding})"
    if _HASH.fullmatch(value):
        return "a hash of a password"
    if is_secret(name) or (normal(name) in _SECRETS and "id" not in words(name)):
        return "a text that is called a secret"
    return ""


def _leaves(claims: Any, way: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    inner = claims.items() if isinstance(claims, Mapping) else ()
    for name, value in inner:
        if isinstance(value, Mapping):
            yield from _leaves(value, (*way, str(name)))
        else:
            for one in value if isinstance(value, list) else [value]:
                yield (*way, str(name)), one
