"""What a login lets in."""

from __future__ import annotations

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import Operation
from compliance.contract.subjects import login
from compliance.target.acceptance import flaws, refusals_of_issued_token
from compliance.target.attempts import attempt, lets_in
from compliance.target.reach import Target

#: What logs in where a directory takes nothing for a guest, and where the password is part of a statement.
NO_PASSWORDS = ((" for an empty password", ""), (" for a condition of SQL", "' OR '1'='1"))


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
    alone = not target.registrar.doors
    owner = target.alice if alone else target.account("mallory").owner
    if owner.entry is None or target.doorman.used is None:
        raise Untested(f"{owner.name} came in without a login")
    for said, password in (
        ("", target.secrets.password(f"wrong for {owner.name}")),
        *(() if alone else NO_PASSWORDS),
    ):
        wrong = attempt(target, owner, password)
        if lets_in(target, wrong, owner):
            observed = f"{wrong.status} with a token{said}"
            raise Violation("a wrong password logs in", "a refusal", observed, [wrong])
    target.doorman.log_in(owner)


@rule(
    "AUT-007",
    "The token that a login issues is accepted",
    level=Level.MUST,
    subjects=login,
    phase=Phase.READ,
)
def issued_tokens_are_accepted(target: Target, _: Operation) -> None:
    """
    Why: a login that hands out dead tokens lets nobody in, and every test that makes its own token overlooks it.

    Breaks: `jwt.encode({"sub": user.id}, key)`, since a library refuses a `sub` that is no string when it reads it

    Conforms: `jwt.encode({"sub": str(user.id), "exp": …}, key)`
    """
    doors = {one.operation.label for one in target.doorman.logins}
    entered = [
        one for one in target.actors.values() if one.token and one.entry and one.entry.operation in doors
    ]
    if any(actor.accepted for actor in entered):
        return
    if not entered:
        raise Untested("no login issued a token")
    actor = entered[0]
    refusals = refusals_of_issued_token(target, actor)
    if refusals and actor.entry is not None:
        why = "".join(f"; {flaw}" for flaw in flaws(actor.token, actor.entry))
        raise Violation(
            "an issued token opens nothing",
            "a guarded operation that takes it",
            f"every guarded read ({len(refusals)}) refuses it as it refuses a forged one{why}",
            [actor.entry, refusals[-1]],
        )
