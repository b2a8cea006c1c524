"""What an issued token shows of itself, to whoever holds it."""

from __future__ import annotations

import time
from typing import NoReturn

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import Service
from compliance.contract.subjects import service
from compliance.target.forging import Token, take_apart
from compliance.target.reach import Target
from compliance.target.tokens import lifetime

#: Seconds in 31 days, and some more for a month that somebody took for a little longer.
LONGEST = 31 * 86_400 + 3600


@rule(
    "AUT-012",
    "The signing secret is not a known word",
    level=Level.MUST,
    subjects=service,
    phase=Phase.READ,
    needs={Need.USER},
)
def secret_is_no_known_word(target: Target, _: Service) -> None:
    """
    Why: whoever guesses it makes tokens for every user, and guesses on his own machine, where nobody sees it.

    Breaks: `SECRET_KEY = "your-secret-key"`, or the sample of a tutorial

    Conforms: `SECRET_KEY` from the environment, made by `openssl rand -hex 32`
    """
    token = _issued(target)
    if not token.shared:
        raise NotApplicable(f"the tokens are signed {token.algorithm}, without a shared secret")
    guess = target.keys.guess
    if guess is None or not (guess.whole or guess.key):
        raise Untested("the words could not be tried in the time that they are given")
    if guess.key is not None:
        entry = target.alice.entry
        raise Violation(
            "the tokens are signed with a known word",
            "at least 32 random bytes",
            f"it stands in {guess.source}, and signs what the login issued; it is not shown here",
            [entry] if entry else [],
        )


@rule(
    "AUT-015",
    "An issued token names its subject and expires within 31 days",
    level=Level.SHOULD,
    subjects=service,
    phase=Phase.READ,
    needs={Need.USER},
)
def issued_tokens_name_their_subject_and_end(target: Target, _: Service) -> None:
    """
    Why: an access token cannot be taken back, so its life is how long a thief may use it.

    Breaks: `jwt.encode({"user_id": user.id}, key)`

    Conforms: `jwt.encode({"sub": str(user.id), "exp": now + timedelta(minutes=30)}, key)`
    """
    token = _issued(target)
    if target.alice.entry is None:
        raise Untested("the token of alice was given, and may live longer than one that a login issues")
    subject, end = token.claims.get("sub"), token.claims.get("exp")
    if not isinstance(subject, str) or not subject:
        _complain(target, "an issued token names no subject", "a text as `sub`", _kind(subject))
    if not isinstance(end, int | float) or isinstance(end, bool):
        _complain(target, "an issued token has no expiry", "a number as `exp`", _kind(end))
    lasts = lifetime(target.alice.token, target.alice.entry, time.time())
    if lasts is None or lasts <= -1:
        _complain(target, "an issued token has ended before it begins", "an `exp` in the future", "the past")
    elif lasts > LONGEST:
        _complain(target, "an issued token lives too long", "at most 31 days", f"{lasts / 86_400:.0f} days")


def _issued(target: Target) -> Token:
    """Alice's token. Raises NotApplicable where nobody can read it."""
    alice = target.alice
    if not alice.token:
        raise NotApplicable("users are let in without a token")
    token = take_apart(alice.token)
    if token is None:
        raise NotApplicable("the tokens of the service are no JSON Web Tokens that can be read")
    return token


def _kind(value: object) -> str:
    return "none" if value is None else f"a value of type {type(value).__name__}"


def _complain(target: Target, cause: str, expected: str, observed: str) -> NoReturn:
    entry = target.alice.entry
    raise Violation(cause, expected, observed, [entry] if entry else [])
