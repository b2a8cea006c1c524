"""Two requests that differ in one place: a body that is valid, and a fresh one with something else at the end of a way."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compliance.catalogue import Untested
from compliance.contract.deviations import path_values
from compliance.contract.validity import Way
from compliance.target.staging import stage
from compliance.target.tape import Exchange
from compliance.target.tokens import says_no

if TYPE_CHECKING:
    from compliance.contract.model import Operation
    from compliance.target.reach import Target

#: What is answered where a row is not any more, or is somebody else's.
_NOT_THERE = (403, 404, 410)
#: Changes a body; False where the place for it is not there.
Change = Callable[[Any], bool]


@dataclass(frozen=True, eq=False)
class Altered:
    """The control, which succeeded, and the same with the change."""

    control: Exchange
    altered: Exchange
    body: Any


def put(way: Way, value: Any) -> Change:
    """Puts a value at the end of a way."""

    def change(body: Any) -> bool:
        holder = _holder(body, way)
        if holder is None or not way:
            return False
        try:
            holder[way[-1]] = value
        except (IndexError, TypeError):
            return False
        return True

    return change


def drop(way: Way) -> Change:
    """Takes away what is at the end of a way."""

    def change(body: Any) -> bool:
        holder = _holder(body, way)
        if not isinstance(holder, dict) or not way or way[-1] not in holder:
            return False
        del holder[way[-1]]
        return True

    return change


def send_altered(target: Target, operation: Operation, like: Exchange, change: Change) -> Altered | None:
    """Send a valid body and then the changed one, by the path and as the actor of an earlier request.

    What was there then may have been moved or deleted since; another row has to do.
    None where the change has no place in the body. Raises Untested where the control does not succeed.
    """
    who = target.actors.get(like.actor)
    if who is None or not who.proven:
        raise Untested(f"{like.actor} is nobody who could send it again")
    values = path_values(operation, target.client.below(like.url).partition("?")[0])
    if values is None:
        raise Untested("the path of the request cannot be told apart")
    changed = copy.deepcopy(target.body(operation, actor=who))
    if "json" not in changed or not change(changed["json"]):
        return None
    control = target.call(operation, who, values, **target.body(operation, actor=who))
    scene = stage(target, operation) if control.status in _NOT_THERE and values else None
    if scene is not None:
        who, body = scene.owner, target.body(operation, actor=scene.owner, created=scene.created)
        control = target.call(operation, who, scene.values, **body)
    if not accepted(control):
        raise Untested(f"a valid body was answered {control.status}, so that a refusal would say nothing")
    where = scene.where(target, operation) if scene is not None else values
    return Altered(control, target.call(operation, who, where, **changed), changed["json"])


def accepted(exchange: Exchange) -> bool:
    """Whether an answer says that what was sent is taken, and not only put aside to be looked at later."""
    return exchange.ok and exchange.status not in (202, 207) and not says_no(exchange)


def _holder(body: Any, way: Way) -> Any:
    """What holds the end of a way, None where nothing does."""
    for step in way[:-1]:
        try:
            body = body[step]
        except (KeyError, IndexError, TypeError):
            return None
    return body if isinstance(body, dict | list) else None
