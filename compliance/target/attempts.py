"""One login by a name and a password, whatever comes of it, and whether what comes of it lets anybody in."""

from __future__ import annotations

import re
import secrets
import string
from typing import TYPE_CHECKING

from compliance.catalogue import Untested
from compliance.target.actors import Actor
from compliance.target.tape import Exchange
from compliance.target.tokens import token_at
from compliance.target.wire import Request

if TYPE_CHECKING:
    from compliance.target.reach import Target


def login_of(target: Target, actor: Actor, password: str, username: str = "") -> Request:
    """The request by which an actor would log in with another password, or under another name."""
    if target.doorman.used is None:
        raise Untested("nobody came in by a login")
    role, style = target.doorman.used
    return target.doorman.request(role, username or actor.username, password, actor.name, style=style)


def attempt(target: Target, actor: Actor, password: str, username: str = "") -> Exchange:
    """The answer to such a login. Raises Untested where the service made a mistake instead."""
    exchange = target.send(login_of(target, actor, password, username))
    if exchange.status >= 500:
        raise Untested(f"{exchange}: neither a token nor a refusal")
    return exchange


def lets_in(target: Target, exchange: Exchange, owner: Actor) -> bool:
    """Whether an answer has a token where the account's own token stood, and nothing that is guarded refuses it."""
    like = owner if owner.token else target.alice  # who never logged in would do it as she did
    token, proof = token_at(exchange, like.place), target.alice.proof
    if not token or proof is None:
        return bool(token)
    target.secrets.remember_token(owner.name, token)
    return target.send(target.request(proof, owner, headers=like.presenting(token))).ok


def unlike(username: str) -> str:
    """A name of the same make that nobody has: letters for letters and digits for digits, at the end of what is in front."""
    local, at, domain = username.partition("@")
    kept = min(2, len(local) - 1)
    return local[:kept] + re.sub(r"[A-Za-z0-9]", lambda sign: _other(sign[0]), local[kept:]) + at + domain


def _other(sign: str) -> str:
    kinds = (string.digits, string.ascii_lowercase, string.ascii_uppercase)
    kind = next(one for one in kinds if sign in one)
    return secrets.choice(kind.replace(sign, ""))
