"""Credentials that are missing or forged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import Contract, Operation
from compliance.contract.subjects import guarded
from compliance.target.actors import Actor, object_of
from compliance.target.addressing import account_value
from compliance.target.births import is_key
from compliance.target.controls import (
    garbage_is_refused,
    genuine_works,
    is_let_in,
    must_be_refusals,
    must_succeed,
    scene_with_token,
    with_token,
)
from compliance.target.denials import is_client_error, is_denied, may_deny
from compliance.target.forgeries import Forgery, forgeries
from compliance.target.forging import take_apart
from compliance.target.proving import account_fields, is_plain_read
from compliance.target.reach import Target
from compliance.target.staging import Scene, stage
from compliance.target.tape import Exchange
from compliance.target.wire import SAFE_METHODS


def guarded_reads(contract: Contract) -> Iterable[Operation]:
    """Guarded operations that can be tried with one bad token after another, since none of them changes anything.

    Where the document declares no credentials at all, every plain read may be one: that shows at run time.
    """
    declared = [operation for operation in guarded(contract) if operation.method in SAFE_METHODS]
    if any(operation.guarded for operation in contract.operations):
        return declared
    silent = [o for o in contract.operations if o.guarded is None and is_plain_read(contract, o)]
    return dict.fromkeys((*declared, *silent))


@rule(
    "AUT-001",
    "A guarded operation refuses a request without credentials",
    level=Level.MUST,
    subjects=guarded,
    phase=Phase.WRITE,
    needs={Need.USER},
)
def nobody_is_refused(target: Target, operation: Operation) -> None:
    """
    Why: an operation that says it is guarded and answers anybody gives a false sense of safety.

    Breaks: an endpoint without `current_user: CurrentUser`

    Conforms: `current_user: Annotated[User, Depends(get_current_user)]`, 401 or 403 without a token
    """
    scene = stage(target, operation)
    bare = target.send(scene.request(target, target.anonymous))
    if may_deny(bare) and is_denied(bare, _genuine(target, scene)):
        return
    if bare.ok and _may_be_optional(operation) and garbage_is_refused(target, scene):
        raise NotApplicable("it answers without credentials and refuses wrong ones: they are optional here")
    if bare.ok and not operation.guarded and not _tells_whose_it_is(target, scene, bare):
        raise NotApplicable("nothing says that it is guarded, and it tells nobody anything about anybody")
    if bare.ok:
        said = ", though the document guards all operations" if operation.inherits_guard else ""
        raise Violation(
            "no credentials are needed",
            "401 or 403",
            f"{bare.status} without credentials{said}",
            [bare],
        )
    if not is_client_error(bare):
        raise Untested(f"{bare}: neither an answer nor a refusal of credentials")
    must_succeed(_genuine(target, scene))


@rule(
    "AUT-002",
    "A forged token is refused",
    level=Level.MUST,
    subjects=guarded_reads,
    phase=Phase.READ,
    needs={Need.USER},
)
def forged_tokens_are_refused(target: Target, operation: Operation) -> None:
    """
    Why: a token that anybody can write makes everybody anybody.

    Breaks: `jwt.decode(token, options={"verify_signature": False})`, or an algorithm taken from the token

    Conforms: `jwt.decode(token, key, algorithms=["HS256"], options={"require": ["exp", "sub"]})`
    """
    scene = scene_with_token(target, operation)
    genuine = genuine_works(target, scene)
    answers: list[Exchange] = []
    made = list(_forgeries(target, operation, scene))
    sent = target.several([with_token(target, scene, forged.token) for forged in made])
    for forged, exchange in zip(made, sent, strict=True):
        if isinstance(exchange, Untested):
            if forged.odd:
                continue  # dropped by the server before anybody looked at it
            raise exchange
        if is_let_in(target, scene, exchange, genuine):
            raise Violation(
                "a forged token is accepted", "401", f"{exchange.status} for {forged.name}", [exchange]
            )
        if not forged.odd:
            answers.append(exchange)
    must_be_refusals(answers)
    genuine_works(target, scene)


def stands_for_all(target: Target, operation: Operation) -> bool:
    """Whether this is the guarded read that is asked everything; of the others a few questions tell enough.

    One guard serves most operations; one that was written for a single operation lets more through than a rare forgery.
    """
    reads = list(guarded_reads(target.contract))
    proof = target.alice.proof
    return operation is (proof if proof in reads else reads[0])


def _forgeries(target: Target, operation: Operation, scene: Scene) -> Iterable[Forgery]:
    genuine, bob = scene.owner.token, target.actors.get("bob")
    taken = take_apart(genuine)
    published = target.public_keys if taken is not None and not taken.shared else ()
    made = forgeries(genuine, bob.token if bob else None, published, _names(target, scene.owner, genuine))
    return made if stands_for_all(target, operation) else [one for one in made if one.telling]


def _names(target: Target, owner: Actor, genuine: str) -> list[str]:
    """What an account is known by. Its name is no token even where the login hands it out as one, as a tutorial's does.

    An id may be one, where nobody else ever sees it.
    """
    key = account_value(target, owner, "id")
    return [owner.username, *([str(key)] if is_key(key) and str(key) != genuine else [])]


def _genuine(target: Target, scene: Scene) -> Exchange:
    """The answer to the request as it is meant, by the administrator where its owner may not."""
    genuine = target.send(scene.request(target))
    if genuine.forbidden and not scene.personal and not target.lacks(Need.ADMIN):
        return target.send(scene.request(target, target.admin))
    return genuine


def _tells_whose_it_is(target: Target, scene: Scene, bare: Exchange) -> bool:
    """Whether a read that nothing declares guarded shows somebody's account to nobody: "me" has no other meaning."""
    seen = _account_of(target.send(scene.request(target)))
    shown = _account_of(bare)
    named = any(value in (scene.owner.username, *scene.owner.names) for value in seen.values())
    return named and any(shown.get(name) for name in seen)


def _account_of(exchange: Exchange) -> Mapping[str, Any]:
    """What an answer says of an account by which it is known."""
    return account_fields(object_of(exchange))


def _may_be_optional(operation: Operation) -> bool:
    """Reads and creates may serve guests beside users; nobody changes a row without saying who it is."""
    return operation.method in SAFE_METHODS or (operation.method == "POST" and not operation.path_parameters)
