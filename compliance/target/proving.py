"""Proving actors: a request that succeeds in an actor's name and not without it, before any refusal is believed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from compliance.catalogue import Untested
from compliance.contract.model import Contract, Operation, Resource
from compliance.contract.paths import normal
from compliance.contract.relations import is_account
from compliance.target.actors import Actor, object_of
from compliance.target.addressing import account_value
from compliance.target.credentials import Presentation
from compliance.target.forging import take_apart
from compliance.target.intentions import changes_things
from compliance.target.presenting import presentations
from compliance.target.tape import Exchange
from compliance.target.tokens import tokens_in
from compliance.target.wire import SAFE_METHODS

if TYPE_CHECKING:
    from compliance.target.reach import Target

#: Reads, and then creates, that are tried for one actor.
READS, CREATES = 8, 3
#: Guarded operations with which every way of presenting a token is tried.
TRIALS = 3
#: Fields and claims that say whose account it is, first what one account alone has.
_IDENTITY = (
    *("id", "uuid", "pk", "sub", "userid", "useruuid", "uid", "nameid"),
    *("email", "useremail", "username", "login", "handle", "uniquename", "preferredusername", "upn"),
)


class Refused(Untested):
    """The service refused the credentials, which is worse than not knowing."""


def prove(target: Target, actor: Actor) -> None:
    """Find a request that succeeds with the actor's credentials and not without.

    Raises Refused where the credentials were refused, Untested where nothing shows that they are worth anything.
    """
    tried = _attempt(target, actor)
    while not actor.proven:
        if not tried or not target.doorman.log_in_elsewhere(actor):
            raise _doubt(actor, tried)
        tried = _attempt(target, actor)


def _attempt(target: Target, actor: Actor) -> list[Exchange]:
    """Prove the actor, or say what was refused to it."""
    tried: list[Exchange] = []
    weak = _by_a_read(target, actor, tried)
    if actor.proven:
        return tried
    if weak is not None:
        # What says that it is guarded answers anybody: a fault for the rules, and no reason to doubt the actor.
        _believe(target, actor, weak, None, accepted=False)
    else:
        _by_its_account(target, actor, tried)
        if not actor.proven:
            _by_a_create(target, actor, tried)
    return tried


def _by_a_read(target: Target, actor: Actor, tried: list[Exchange]) -> Operation | None:
    """Prove by the first read that tells; else a read that is declared guarded and answers anybody, if there is one."""
    weak: Operation | None = None
    for operation in likely_reads(target.contract):
        bare = target.guards.ask(operation)
        if bare is None or (bare.ok and not operation.guarded and operation is not target.contract.me):
            continue
        try:
            exchange = _accepted(target, operation, actor, bare, trials=len(tried) < TRIALS)
        except Untested:
            continue  # no answer is none, and there are other reads
        if exchange.ok and (300 <= bare.status < 500 or _names_only(exchange, bare, actor)):
            _believe(target, actor, operation, exchange)
            break
        if exchange.ok and operation.guarded:
            weak = weak or operation
        elif not exchange.ok:
            tried.append(exchange)
        if len(tried) >= READS:
            break
    return weak


def _doubt(actor: Actor, tried: list[Exchange]) -> Untested:
    said = "; ".join(f"{e.operation} -> {e.status}" for e in tried[-5:])
    if tried and all(e.status == 401 for e in tried):
        return Refused(f"no guarded operation accepted the credentials of {actor.name} ({said})")
    why = (
        f"no guarded operation succeeded ({said})" if tried else "none refuses a request without credentials"
    )
    return Untested(f"nothing shows that {actor.name} is let in: {why}")


def _believe(
    target: Target, actor: Actor, operation: Operation, exchange: Exchange | None, *, accepted: bool = True
) -> None:
    actor.proven, actor.proof = True, operation if operation.method in SAFE_METHODS else None
    actor.accepted = accepted
    target.doorman.settle(actor)
    if exchange is not None and operation is target.contract.me:
        actor.identity = {**actor.identity, **object_of(exchange)}


def likely_reads(contract: Contract, most: int = 2 * READS) -> Iterator[Operation]:
    """Reads that need nothing but credentials: "me" first, then guarded ones, then those of which nothing is said."""
    listed = [listing.operation for listing in contract.lists]
    ordered = [*filter(None, [contract.me]), *listed, *contract.operations]
    plain = [one for one in dict.fromkeys(ordered) if is_plain_read(contract, one)]
    yield from sorted(plain, key=lambda one: (one is not contract.me, not one.guarded, one.guarded is False))[
        :most
    ]


def is_plain_read(contract: Contract, operation: Operation) -> bool:
    """A GET without anything to fill in, which does nothing but answer."""
    needed = [p for p in operation.parameters if p.required and p.location in ("path", "query")]
    return (
        operation.method == "GET"
        and not needed
        and "{" not in operation.path
        and not changes_things(contract.operations, operation)
    )


def _accepted(
    target: Target, operation: Operation, actor: Actor, bare: Exchange, *, trials: bool, **how: Any
) -> Exchange:
    """The answer under the first presentation that is accepted, which the actor keeps, else under the likeliest."""
    usual, first = (actor.place, actor.token, actor.presentation), None
    for place, token, presentation in _ways(target, actor, bare) if trials else [usual]:
        if actor.token:
            actor.presentation = presentation
            if token != actor.token:
                target.doorman.take(actor, place, token)
        exchange = target.send(target.request(operation, actor, **how))
        # "Not you" beside "not without credentials" says that these were understood.
        if (
            exchange.ok
            or exchange.status not in (401, 403, bare.status)
            or (exchange.status, bare.status) == (403, 401)
        ):
            return exchange
        first = first or exchange
    actor.place, actor.token, actor.presentation = usual
    return first or exchange


def _ways(target: Target, actor: Actor, bare: Exchange) -> list[tuple[Any, str, Presentation]]:
    """Every token that its login gave, with every way of presenting it."""
    usual = (actor.place, actor.token, actor.presentation)
    if actor.settled or not actor.token:
        return [usual]
    challenge = bare.header("www-authenticate") or ""
    found = tokens_in(actor.entry, None) if actor.entry else []
    mine = [one for one in found if one[0] == actor.place] or [(actor.place, actor.token)]
    others = [one for one in found if one[0] != actor.place]
    return [usual] + [
        (place, token, presentation)
        for place, token in (*mine, *others[:2])
        for presentation in presentations(target.contract, token, place, challenge)
        if (place, presentation) != (usual[0], usual[2])
    ]


def _names_only(exchange: Exchange, bare: Exchange, actor: Actor) -> bool:
    """Whether an answer names the actor where anybody else's does not: credentials are optional, and were seen."""
    names = [name for name in (actor.username, *actor.names) if len(name) > 3]
    return bare.ok and any(name in exchange.text and name not in bare.text for name in names)


def _by_its_account(target: Target, actor: Actor, tried: list[Exchange]) -> None:
    """Where no plain read is guarded, `GET /users/{username}` may be: with the actor's own name in it."""
    for operation in _account_reads(target.contract)[:CREATES]:
        value = account_value(target, actor, operation.path_parameters[0])
        if value is None:
            continue
        values = {operation.path_parameters[0]: value}
        try:
            bare = target.send(target.request(operation, values=values))
            if bare.status not in (401, 403):
                continue
            exchange = _accepted(target, operation, actor, bare, trials=True, values=values)
        except Untested:
            continue
        if exchange.ok:
            _believe(target, actor, operation, exchange)
            actor.proof = None  # those who ask for one want to call it as it stands
            return
        tried.append(exchange)


def _account_reads(contract: Contract) -> list[Operation]:
    """Guarded reads of nothing but an account."""
    return [
        one
        for one in contract.operations
        if one.method == "GET"
        and one.guarded
        and len(one.path_parameters) == 1
        and is_account(contract, one.path_parameters[0])
        and not any(p.required and p.location == "query" for p in one.parameters)
        and not changes_things(contract.operations, one)
    ]


def _by_a_create(target: Target, actor: Actor, tried: list[Exchange]) -> None:
    """Where no read is guarded, a create may be: whoever may do it is somebody."""
    if not target.grants.writes:
        return
    for resource in _plain_creates(target)[:CREATES]:
        create = resource.create
        if create is None:
            continue
        try:
            body = target.body(create)
            bare = target.send(target.request(create, **body))
            if bare.status not in (401, 403):
                continue
            exchange = _accepted(target, create, actor, bare, trials=True, **target.body(create))
        except Untested:
            continue
        if exchange.ok:
            _believe(target, actor, create, None)
            return
        tried.append(exchange)


def _plain_creates(target: Target) -> list[Resource]:
    """Creates of rows that can be deleted again, and of no accounts."""
    accounts = target.contract.accounts
    return [
        r
        for r in target.contract.resources
        if r.create
        and r.delete
        and r is not accounts
        and not r.create.path_parameters
        and r.create.guarded is not False
    ]


def same_account(one: Actor, other: Actor) -> bool | None:
    """Whether two actors are one and the same account, None where nothing tells."""
    if one.token and one.token == other.token:
        return True
    for left, right in ((_said(one), _said(other)), (_claimed(one), _claimed(other))):
        strongest = next((key for key in _IDENTITY if key in left and key in right), None)
        if strongest:
            return str(left[strongest]) == str(right[strongest])
    if one.username and other.username:
        return one.username == other.username
    return None


def _said(actor: Actor) -> dict[str, Any]:
    """What the service says the account is, at whatever place of the answer."""
    return account_fields(actor.identity)


def _claimed(actor: Actor) -> dict[str, Any]:
    token = take_apart(actor.token)
    return account_fields(token.claims) if token else {}


def naming_claims(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """The claims of a token that say whose it is, `sub` or what stands in its place, however deep."""
    return tuple(name for name, value in claims.items() if account_fields({name: value}))


def account_fields(value: Mapping[str, Any], depth: int = 2) -> dict[str, Any]:
    """The fields by which an account is known, at the outermost place that has any."""
    found = {
        normal(str(key)): inner
        for key, inner in value.items()
        if normal(str(key)) in _IDENTITY and isinstance(inner, str | int) and inner != ""
    }
    for inner in value.values() if depth and not found else ():
        if isinstance(inner, Mapping):
            found |= account_fields(inner, depth - 1)
    return found
