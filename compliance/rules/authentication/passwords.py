"""Which passwords are taken, and what is taken for them afterwards."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.catalogue import Level, Need, Phase, Untested, Violation, rule
from compliance.contract.model import Operation
from compliance.contract.subjects import login, registration
from compliance.target.attempts import attempt, lets_in
from compliance.target.denials import is_client_error
from compliance.target.reach import Target
from compliance.target.registering import TurnedAway
from compliance.target.tape import Exchange
from compliance.target.tokens import says_no

#: Bytes that a well-known hash function reads of a password.
READ = 72
#: The shortest and the longest password that the standard speaks of.
TOO_SHORT, LONG = 7, 64


@rule(
    "AUT-023",
    "A password is compared exactly",
    level=Level.SHOULD,
    subjects=login,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def passwords_are_compared_exactly(target: Target, _: Operation) -> None:
    """
    Why: whatever is ignored of a password need not be guessed.

    Breaks: `bcrypt.checkpw(password.encode()[:72], hashed)`, or `password.lower()` on both sides

    Conforms: argon2 or scrypt over the whole password; or a maximum of 72 bytes
    """
    owner = target.lodgers.keyholder.owner
    for cause, difference, nearly in _nearly(owner.password):
        target.secrets.keep(f"nearly {owner.name}", nearly)
        answer = attempt(target, owner, nearly)
        if lets_in(target, answer, owner):
            other = attempt(target, owner, target.secrets.password(f"wrong for {owner.name}"))
            if lets_in(target, other, owner):
                raise Untested("any password logs in, so that none is compared")
            observed = f"{answer.status} with a token for {difference}"
            raise Violation(cause, "a refusal", observed, [answer])
    target.doorman.log_in(owner)


def _nearly(password: str) -> Iterator[tuple[str, str, str]]:
    """Passwords that differ from one in little: what it means where one of them logs in, and in what it differs."""
    end = "the end of a password does not count"
    if len(password) > READ:
        behind = "x" if password[READ] != "x" else "y"
        other = password[:READ] + behind + password[READ + 1 :]
        yield end, f"one that differs behind its {READ}nd byte", other
    yield end, "one without its last character", password[:-1]
    yield end, "one with a blank behind it", f"{password} "
    if password.swapcase() != password:
        yield "capital letters of a password do not count", "one in other capitals", password.swapcase()


@rule(
    "AUT-027",
    "A password of fewer than eight characters is refused",
    level=Level.SHOULD,
    subjects=registration,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def short_passwords_are_refused(target: Target, _: Operation) -> None:
    """
    Why: a short password is guessed, whatever the hash.

    Breaks: `password: str`

    Conforms: `password: Annotated[str, Field(min_length=8, max_length=128)]`
    """
    usual = target.lodgers.keyholder  # the same registration takes a longer password
    short = usual if len(usual.owner.password) <= TOO_SHORT else None
    try:
        made = short or target.account("shorty", usable=False, length=TOO_SHORT)
        actor, answer = made.owner, made.exchange
    except TurnedAway as refusal:
        actor, answer = refusal.actor, refusal.exchange
    entry = attempt(target, actor, actor.password)
    if lets_in(target, entry, actor):
        length = len(actor.password)
        what, observed = "a short password is taken", f"{answer.status}, and {length} characters log in"
        raise Violation(what, "a client error and no account", observed, [answer, entry])
    if not (is_client_error(answer) or says_no(answer)):
        raise Untested(f"{answer}: neither an account that logs in nor a refusal")


@rule(
    "AUT-028",
    "A password of 64 characters is accepted",
    level=Level.SHOULD,
    subjects=registration,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def long_passwords_are_accepted(target: Target, _: Operation) -> None:
    """
    Why: phrases and the products of password managers are long, and a hash is no longer for it.

    Breaks: `password: Annotated[str, Field(max_length=32)]`, or a column for the password itself

    Conforms: `password: Annotated[str, Field(min_length=8, max_length=128)]`
    """
    if len(target.lodgers.keyholder.owner.password) >= LONG:
        return  # what takes more takes as many
    try:
        made = target.account("longfellow", usable=False, length=LONG)
    except TurnedAway as refusal:
        if not (is_client_error(refusal.exchange) or says_no(refusal.exchange)):
            raise
        target.account("shorter", usable=False)  # the usual password is taken at the same moment
        status = refusal.exchange.status
        raise _refused(
            "a long password is refused", f"{status} for {LONG} characters", refusal.exchange
        ) from None
    entry = attempt(target, made.owner, made.owner.password)
    if not lets_in(target, entry, made.owner):
        target.doorman.log_in(target.lodgers.keyholder.owner)  # the usual one does at the same moment
        raise _refused("a long password does not log in", f"{entry.status} for {LONG} characters", entry)


def _refused(cause: str, observed: str, answer: Exchange) -> Violation:
    return Violation(cause, "an account that logs in", observed, [answer])
