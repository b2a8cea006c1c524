"""Tokens that the service's own key signed and that must not open anything all the same."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from compliance.catalogue import Level, Need, NotApplicable, Phase, Violation, rule
from compliance.contract.model import Operation, Service
from compliance.contract.subjects import service
from compliance.rules.authentication.tokens import guarded_reads, stands_for_all
from compliance.target.controls import (
    is_let_in,
    must_be_refusals,
    own_token_works,
    scene_of_a_guard,
    scene_with_token,
    with_token,
)
from compliance.target.proving import naming_claims
from compliance.target.reach import Target
from compliance.target.staging import Scene

#: Seconds by which a time lies in the past or the future: beyond every leeway.
HOUR = 3600
#: Between the number of an account and one that nobody has; both fit into 32 bits.
FAR = 987_654_321


@dataclass(frozen=True)
class _Change:
    """What is done to the claims of the genuine token, in words that go behind `for`."""

    name: str
    claims: Mapping[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    #: success and refusal are both right; it is sent because some services break on it
    free: bool = False


@rule(
    "AUT-003",
    "An expired token is refused",
    level=Level.MUST,
    subjects=guarded_reads,
    phase=Phase.READ,
    needs={Need.USER, Need.SIGNING_KEY},
)
def expired_tokens_are_refused(target: Target, operation: Operation) -> None:
    """
    Why: a stolen token that never ends is a stolen account.

    Breaks: `options={"verify_exp": False}`

    Conforms: `options={"require": ["exp", "iat", "sub"]}`
    """
    scene = scene_with_token(target, operation)
    past = int(time.time()) - HOUR
    old = {name: past - 60 for name in ("iat", "nbf") if name in _claims(target, scene)}
    changes = [_Change("a token that expired an hour ago", {**old, "exp": past})]
    if stands_for_all(target, operation):
        changes.append(_Change("an expiry that is a text", {"exp": "never"}))
    _refuse_all(target, scene, changes, "an expired token is accepted")


@rule(
    "AUT-008",
    "The restrictions that a token carries are honoured",
    level=Level.MUST,
    subjects=service,
    phase=Phase.READ,
    needs={Need.USER, Need.SIGNING_KEY},
)
def restrictions_are_honoured(target: Target, _: Service) -> None:
    """
    Why: a token for another day, or for another service with the same key, is none for here and now.

    Breaks: `options={"verify_nbf": False, "verify_aud": False}`

    Conforms: `jwt.decode(token, key, algorithms=["HS256"], audience=AUDIENCE, issuer=ISSUER)`
    """
    scene = scene_of_a_guard(target)
    claims = _claims(target, scene)
    changes = [_Change("a token that begins in an hour", {"nbf": int(time.time()) + HOUR})]
    if claims.get("aud"):
        changes.append(_Change("a token for another audience", {"aud": "https://elsewhere.example"}))
    if claims.get("iss"):
        changes.append(_Change("a token of another issuer", {"iss": "https://elsewhere.example"}))
    _refuse_all(target, scene, changes)


@rule(
    "AUT-009",
    "A token without a usable subject is refused",
    level=Level.MUST,
    subjects=guarded_reads,
    phase=Phase.READ,
    needs={Need.USER, Need.SIGNING_KEY},
)
def tokens_of_nobody_are_refused(target: Target, operation: Operation) -> None:
    """
    Why: whoever is nobody must not become somebody, least of all the first user or a privileged one.

    Breaks: `user = await users.get(claims.get("sub") or 1)`, or a guard that never looks for the user

    Conforms: `if user is None: raise UnauthorizedException()`
    """
    scene = scene_with_token(target, operation)
    claims = _claims(target, scene)
    names = naming_claims(claims)
    if not names:
        raise NotApplicable("no claim of the token says whose it is")
    changes = list(_subjects({name: claims[name] for name in names}, target.tag))
    if not stands_for_all(target, operation):
        changes = changes[:2]
    _refuse_all(target, scene, changes, "a token without a usable subject is accepted")


@rule(
    "AUT-014",
    "A token without an expiry is refused",
    level=Level.SHOULD,
    subjects=service,
    phase=Phase.READ,
    needs={Need.USER, Need.SIGNING_KEY},
)
def tokens_without_an_end_are_refused(target: Target, _: Service) -> None:
    """
    Why: it lives for ever, and the service itself never made it.

    Breaks: `jwt.decode(token, key, algorithms=["HS256"])`, which checks an expiry only where there is one

    Conforms: `options={"require": ["exp", "sub"]}`
    """
    scene = scene_of_a_guard(target)
    if "exp" not in _claims(target, scene):
        raise NotApplicable("the service's own tokens have no expiry, of which AUT-015 speaks")
    endless = _Change("a token without an expiry", without=("exp",))
    _refuse_all(target, scene, [endless], "a token without an expiry is accepted")


def _claims(target: Target, scene: Scene) -> Mapping[str, Any]:
    """The claims of the genuine token. Raises what `Keys.mint` raises."""
    return target.keys.mint(scene.owner.token).token.claims


def _refuse_all(target: Target, scene: Scene, changes: list[_Change], cause: str = "") -> None:
    """Holds that no changed token opens what the genuine claims, signed in the same way, do open."""
    mint, control = own_token_works(target, scene)
    refused = []
    for change in changes:
        token = mint.make(change.claims, change.without)
        exchange = target.send(with_token(target, scene, token))
        if change.free:
            continue
        if is_let_in(target, scene, exchange, control):
            raise Violation(
                cause or f"{change.name} is accepted",
                "401",
                f"{exchange.status} for {change.name}",
                [exchange],
            )
        refused.append(exchange)
    must_be_refusals(refused)


def _subjects(genuine: Mapping[str, Any], tag: str) -> Iterator[_Change]:
    """Subjects that are nobody, the most telling first."""

    def of(name: str, value: Any, *, free: bool = False) -> _Change:
        return _Change(f"a subject that is {name}", dict.fromkeys(genuine, value), free=free)

    nobody = {name: _nobody(value, tag) for name, value in genuine.items()}
    yield _Change("a token without a subject", without=tuple(genuine))
    yield _Change("the subject of nobody", nobody)
    yield of("null", None)
    yield of("empty", "")
    yield of("a list", list(genuine.values()))
    yield of("an object", {"$gt": ""})
    yield of("a boolean", True)
    yield of("a fraction", 1.5)
    yield of("a text", f"not-an-id-{tag}")
    yield of("negative", "-1")
    yield of("a number of thirty digits", str(10**30))
    yield of("a condition of SQL", "1 OR 1=1")
    yield _Change("a subject with NUL", {name: f"{value}\0" for name, value in nobody.items()})
    numbers = {name: int(v) for name, v in genuine.items() if isinstance(v, str) and v.isdecimal()}
    if numbers:
        yield _Change("the subject as a number", numbers, free=True)


def _nobody(value: Any, tag: str) -> Any:
    """A subject of the same shape that no account has."""
    if isinstance(value, Mapping):
        return {name: _nobody(inner, tag) for name, inner in value.items()}
    if isinstance(value, int):
        return value + FAR
    text = str(value)
    if text.isdecimal():
        return str(int(text) + FAR)
    if "@" in text:
        return f"nobody.{tag}@example.com"
    return str(uuid4()) if _is_uuid(text) else f"nobody-{tag}"


def _is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False
