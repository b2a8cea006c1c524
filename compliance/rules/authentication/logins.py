"""What a login lets in."""

from __future__ import annotations

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import Operation
from compliance.contract.subjects import login
from compliance.target.actors import Actor
from compliance.target.reach import Target
from compliance.target.tape import Exchange
from compliance.target.tokens import token_at


@rule(
    "AUT-006",
    "A wrong password does not log in",
    level=Level.MUST,
    subjects=login,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def wrong_password_is_refused(target: Target, _: Operation) -> None:
    """
    Why: it is what a password is for.

    Breaks: `if user is None: raise UnauthorizedException()` and nothing about the password

    Conforms: `if not await verify_password(password, user.hashed_password): raise UnauthorizedException()`
    """
    if target.contract.login is None:
        raise NotApplicable("the document shows no login")
    # Where nobody can register, alice fails once, which locks nobody out, and logs in again at once.
    owner = target.account("mallory").owner if target.registrar.doors else target.alice
    if owner.entry is None or target.doorman.used is None:
        raise Untested(f"{owner.name} came in without a login")
    role, style = target.doorman.used
    password = target.secrets.password(f"wrong for {owner.name}")
    request = target.doorman.request(role, owner.username, password, owner.name, style=style)
    wrong = target.send(request)
    if _lets_in(target, wrong, owner):
        raise Violation("a wrong password logs in", "a refusal", f"{wrong.status} with a token", [wrong])
    if wrong.status >= 500:
        raise Untested(f"{wrong}: neither a token nor a refusal")
    target.doorman.log_in(owner)


def _lets_in(target: Target, exchange: Exchange, owner: Actor) -> bool:
    """Whether an answer has a token where the account's own token stood, and nothing that is guarded refuses it."""
    token = token_at(exchange, owner.place)
    proof = target.alice.proof
    if not token or proof is None:
        return bool(token)
    target.secrets.remember_token(owner.name, token)
    return target.send(target.request(proof, owner, headers=owner.presenting(token))).ok
