"""Tokens that end in the middle of a run: whose request is sent again with a new one, and whose is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from compliance.target.actors import Actor
from compliance.target.tape import Exchange
from compliance.target.wire import Request

if TYPE_CHECKING:
    from compliance.target.reach import Target

#: Actors that rules share, and therefore leave as they are.
KEPT = ("alice", "bob", "admin")


def renewed(
    target: Target, send: Callable[[Request], Exchange], request: Request, refused: Exchange
) -> Request | None:
    """The request with a new token, where it was refused because the old one has ended; else None.

    Only for actors that no rule harms: the refusal of an account that a rule made for itself may be what the rule
    waits for. And only where a read that was allowed before is refused now, and allowed again with the new token.
    """
    actor = target.actors.get(request.actor)
    if refused.status != 401 or actor is None or not _may_have_ended(actor, request) or actor.proof is None:
        return None
    look = Request("GET", actor.proof.path, actor=actor.name, operation=actor.proof.label)
    if send(replace(look, headers=actor.headers)).status != 401 or not target.doorman.renew(actor):
        return None
    return _with_token(request, actor) if send(replace(look, headers=actor.headers)).ok else None


def _may_have_ended(actor: Actor, request: Request) -> bool:
    kept = actor.name in KEPT and actor.proven and actor.password != ""
    return kept and actor.token != "" and set(actor.headers) <= set(request.headers)


def _with_token(request: Request, actor: Actor) -> Request:
    """The request with the present credentials in place of those that it had."""
    names = {name.lower() for name, _ in actor.headers}
    others = [one for one in request.headers if one[0].lower() not in names]
    return replace(request, headers=(*others, *actor.headers))
