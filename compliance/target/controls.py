"""The positive controls of an attack on credentials: without them a refusal says nothing, and neither does an answer."""

from __future__ import annotations

from collections.abc import Iterable

from compliance.catalogue import NotApplicable, Untested
from compliance.contract.model import Operation
from compliance.target.denials import is_client_error, is_denied, may_deny
from compliance.target.keys import Mint
from compliance.target.reach import Target
from compliance.target.staging import Scene, stage
from compliance.target.tape import Exchange
from compliance.target.wire import Request


def scene_with_token(target: Target, operation: Operation) -> Scene:
    """A scene for attacks on the token. Raises NotApplicable where its owner has none, or nothing guards."""
    if not operation.guarded and operation is not target.contract.me:
        answer = target.guards.ask(operation)
        if answer is not None and answer.status not in (401, 403) and not may_deny(answer):
            raise NotApplicable("nothing says that it is guarded, and it answers anybody")
    scene = stage(target, operation)
    if not scene.owner.token:
        raise NotApplicable(f"{scene.owner.name} is let in without a token, so that none can be forged")
    return scene


def scene_of_a_guard(target: Target) -> Scene:
    """A scene for attacks of which one place tells enough: a read that lets alice in, and nobody without credentials."""
    proof = target.alice.proof
    if proof is None:
        raise Untested("no read is known that lets users in and nobody else")
    return scene_with_token(target, proof)


def genuine_works(target: Target, scene: Scene) -> Exchange:
    """The answer to the genuine token. Without its success no refusal says anything."""
    genuine = target.send(scene.request(target))
    must_succeed(genuine)
    return genuine


def own_token_works(target: Target, scene: Scene) -> tuple[Mint, Exchange]:
    """What makes well signed tokens, and the answer to one with the genuine claims: the refusal of another is one of its claims."""
    mint = target.keys.mint(target.doorman.fresh(scene.owner).token)
    control = target.send(with_token(target, scene, mint.make()))
    must_succeed(control)
    return mint, control


def is_let_in(
    target: Target, scene: Scene, attack: Exchange, genuine: Exchange, *, read: bool = True
) -> bool:
    """Whether an attack got what the genuine credentials get.

    read: it stands where credentials are read, so that wrong ones are refused there even where none are needed.
    Raises Untested where nobody's request gets it as well: then a token opens nothing.
    """
    if not attack.ok or is_denied(attack, genuine):
        return False
    bare = target.send(scene.request(target, target.anonymous))
    answers_anybody = bare.ok and not is_denied(bare, genuine)
    if answers_anybody and not (read and garbage_is_refused(target, scene)):
        raise Untested(
            f"{scene.operation.label} answers without any credentials, so that no token says anything"
        )
    return True


def garbage_is_refused(target: Target, scene: Scene) -> bool:
    """Whether wrong credentials are refused, so that a guard is there even where none are needed."""
    answer = target.send(with_token(target, scene, "compliance.kit.garbage"))
    return is_client_error(answer) or may_deny(answer)


def with_token(target: Target, scene: Scene, token: str) -> Request:
    return scene.request(target, headers=scene.owner.presenting(token))


def must_succeed(exchange: Exchange) -> None:
    if not exchange.ok:
        raise Untested(f"{exchange}: the genuine request does not succeed, so that a refusal says nothing")


def must_be_refusals(exchanges: Iterable[Exchange]) -> None:
    for exchange in exchanges:
        if not (400 <= exchange.status < 500 or may_deny(exchange)):
            raise Untested(f"{exchange}: neither an answer nor a refusal")
