"""Whether the service takes the tokens that its own login issues, which nothing says of an actor that was not proven.

A token is dead where every guarded read refuses it, however it is presented, as it refuses one that nobody issued.
Whatever is refused for another reason was understood: a right that the user lacks, an address not yet confirmed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from compliance.catalogue import Untested
from compliance.contract.model import Operation
from compliance.contract.paths import normal, path_words, vocabulary
from compliance.target.actors import Actor, leaves, object_of
from compliance.target.credentials import Presentation
from compliance.target.forging import counterfeit, take_apart
from compliance.target.likeness import gist
from compliance.target.presenting import presentations
from compliance.target.proving import likely_reads
from compliance.target.tape import Exchange
from compliance.target.tokens import Place, tokens_in, unprefixed

if TYPE_CHECKING:
    from compliance.target.reach import Target

#: Guarded reads that are asked, and how many of them under every presentation.
READS, TRIALS = 25, 2
#: Tokens of one answer that are tried.
TOKENS = 3
#: What is still to be done before an account may do anything.
_STEPS = vocabulary(
    "verify verification confirm confirmation activate activation otp mfa 2fa totp twofactor challenge pending approve approval"
)
#: Fields that say of an account that it may not do anything yet, where they are false.
_READY = vocabulary("isactive active enabled verified isverified emailverified confirmed approved isapproved")


def refusals_of_issued_token(target: Target, actor: Actor) -> list[Exchange]:
    """How every guarded read refuses the token that a login issued to the actor; empty where one takes it.

    Raises Untested where it may be refused for a reason of its own.
    """
    _must_be_ready(target, actor)
    entries = _entries(target, actor)
    refusals: list[Exchange] = []
    for read, bare in _closed_reads(target):
        ways = _ways(target, entries, bare)
        for token, presentation in ways if len(refusals) < TRIALS else ways[:1]:
            answer = _shown(target, read, actor, presentation, token)
            if answer.ok:
                return []
            false = _shown(target, read, actor, presentation, counterfeit(token))
            if not _is_refused_as(false, answer, token):
                raise Untested(f"{answer}, and not as a forged token is refused: the token was understood")
        refusals.append(answer)
    if not refusals:
        raise Untested("no guarded read shows whether the token of the login is taken")
    return refusals


def flaws(token: str, issued: Exchange) -> list[str]:
    """What a library refuses of a token, however well it is signed; nothing where it is none that can be read."""
    taken = take_apart(token)
    claims: Mapping[str, Any] = taken.claims if taken else {}
    found = []
    if "sub" in claims and not isinstance(claims["sub"], str):
        found.append("its sub is no string")
    if isinstance(claims.get("exp"), int | float) and claims["exp"] <= _clock_of(issued):
        found.append("it had expired when it was issued")
    return found


def _is_refused_as(false: Exchange, answer: Exchange, token: str) -> bool:
    if answer.status not in (401, 403) or false.status != answer.status:
        return False
    return gist(false) == gist(answer) or bool(flaws(token, answer))


def _must_be_ready(target: Target, actor: Actor) -> None:
    """Raises Untested where something may have to be done before the token is worth anything."""
    for operation in target.contract.operations:
        if path_words(operation.path) & _STEPS:
            raise Untested(f"{operation.label} may have to be called before a token opens anything")
    for exchange in filter(None, (actor.entry, actor.registration)):
        for way, value in leaves(object_of(exchange)):
            name = normal(way[-1])
            if (name in _READY and value is False) or (value and any(step in name for step in _STEPS)):
                raise Untested(f"{exchange.operation} says of the account that {way[-1]} is {value!r}")


def _entries(target: Target, actor: Actor) -> list[Exchange]:
    """Every login of the actor that gave a token. Raises Untested where a login of the service's was not tried."""
    labels = [login.operation.label for login in target.doorman.logins]
    tried = [one for one in target.tape if one.actor == actor.name and one.operation in labels]
    left = [label for label in labels if label not in {one.operation for one in tried}]
    if left:
        raise Untested(f"{left[0]} may issue other tokens, and was not tried")
    return [one for one in tried if tokens_in(one)]


def _closed_reads(target: Target) -> Iterator[tuple[Operation, Exchange]]:
    """Reads that need nothing but credentials and are refused without, each with that refusal."""
    for read in likely_reads(target.contract, READS):
        if any(p.required and p.location in ("header", "cookie") for p in read.parameters):
            continue
        bare = target.guards.ask(read)
        if bare is not None and bare.status in (401, 403):
            yield read, bare


def _ways(target: Target, entries: list[Exchange], bare: Exchange) -> list[tuple[str, Presentation]]:
    """Every token with every presentation. Raises Untested where neither document nor refusal says how it is presented."""
    challenge = bare.header("www-authenticate") or ""
    declared = [one for one in target.contract.schemes if one.scheme != "basic"]
    if not declared and challenge.lower().split(" ")[0].rstrip(",") in ("", "basic", "digest"):
        raise Untested("nothing says how a token is presented")
    found: list[tuple[Place, str]] = [one for entry in entries for one in tokens_in(entry)[:TOKENS]]
    return [
        (unprefixed(token)[1], presentation)
        for place, token in found
        for presentation in presentations(target.contract, unprefixed(token)[1], place, challenge)
    ]


def _shown(target: Target, read: Operation, actor: Actor, presentation: Presentation, token: str) -> Exchange:
    return target.send(target.request(read, actor, headers=presentation.headers(token)))


def _clock_of(exchange: Exchange) -> float:
    """The time of the service, by its own clock where it shows one."""
    try:
        return parsedate_to_datetime(exchange.header("date") or "").timestamp()
    except ValueError:
        return time.time()
