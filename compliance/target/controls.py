"""The positive controls of an attack on credentials: without them a refusal says nothing, and neither does an answer."""

from __future__ import annotations

from collections.abc import Iterable

from compliance.catalogue import NotApplicable, Untested
from compliance.contract.model import Operation
from compliance.target.client import Request
from compliance.target.denials import is_client_error, is_denied, may_deny
from compliance.target.reach import Target
from compliance.target.staging import Scene, stage
from compliance.target.tape import Exchange


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


def sandwich(target: Target, scene: Scene) -> Exchange:
    """The genuine token works, as the answer shows, and no token does not; without both no attack says anything."""
    genuine = target.send(scene.request(target))
    must_succeed(genuine)
    bare = target.send(scene.request(target, target.anonymous))
    if bare.ok and not is_denied(bare, genuine) and not garbage_is_refused(target, scene):
        raise Untested(
            f"{scene.operation.label} answers without any credentials, so that no token says anything"
        )
    return genuine


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
