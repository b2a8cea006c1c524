"""Which credentials a recorded request showed: none at all, or a token that nobody ever issued."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.target.guards import shown_credentials
from compliance.target.tape import Exchange
from compliance.target.tokens import unprefixed

if TYPE_CHECKING:
    from compliance.target.reach import Target


def shows_none(exchange: Exchange) -> bool:
    """Whether a request came without credentials, in its headers and in its body: a login has them there."""
    return exchange.actor == "anonymous" and not shown_credentials(exchange)


def shows_a_bad_token(target: Target, exchange: Exchange) -> bool:
    """Whether a request showed a token that the service did not issue, nor its key sign.

    A genuine one, of an account that ended or in an odd place, may well be answered otherwise than a forged one.
    """
    shown = shown_credentials(exchange)
    secrets = target.secrets
    genuine = {token for tokens in secrets.tokens.values() for token in tokens} | set(secrets.given.values())
    if not shown or any(known and known in value for known in genuine for value in shown):
        return False
    return not any(target.keys.signed(unprefixed(value)[1]) for value in shown)


def bearer_token(exchange: Exchange) -> str:
    """The token that a request showed under the scheme Bearer, empty where it showed none."""
    for name, value in exchange.request_headers:
        scheme, _, token = value.strip().partition(" ")
        if name.lower() == "authorization" and scheme.lower() == "bearer":
            return token.strip()
    return ""
