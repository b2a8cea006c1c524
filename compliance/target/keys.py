"""The key that signs the service's tokens, given or guessed, and the tokens that can be made with it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from compliance.catalogue import NotApplicable, Untested
from compliance.target.forging import Token, sign, take_apart
from compliance.target.guessing import Guess, guess
from compliance.target.secrets import COMMON, WHOLE, Secrets


@dataclass(frozen=True)
class Mint:
    """Makes tokens that the service itself could have made, from one that it did make."""

    token: Token
    key: bytes

    def make(self, changes: Mapping[str, Any] | None = None, without: Iterable[str] = ()) -> str:
        """A well signed token with other claims, and without some; as it was where nothing changes: the control."""
        claims = {**self.token.claims, **(changes or {})}
        left = {name: value for name, value in claims.items() if name not in set(without)}
        return sign(self.token.header, left, self.key, self.token.algorithm)


class Keys:
    """What is known of the key: what a person gave, and what was guessed once the first token was there."""

    def __init__(self, given: str, secrets: Secrets) -> None:
        self._given = given
        self._secrets = secrets
        self._readable = True
        self.guess: Guess | None = None

    def search(self, token: str, names: Iterable[str]) -> None:
        """See whether the key under an issued token is one that everybody knows; sends nothing."""
        taken = take_apart(token)
        self._readable = taken is not None
        if taken is None or not taken.shared or self.guess is not None:
            return
        self.guess = guess(taken, names)
        found = (self.guess.key or b"").decode()
        # A hole where every reader expects a common word would show it.
        common = len(found) < WHOLE or (len(found) < COMMON and (found.isalpha() or found.isdigit()))
        if not common:
            self._secrets.given["known key"] = found

    @property
    def had(self) -> bool:
        """Whether a key is there, or none is wanted because the tokens are not signed ones."""
        guessed = self.guess is not None and self.guess.key is not None
        return bool(self._given) or guessed or not self._readable

    def mint(self, token: str) -> Mint:
        """What makes tokens like that one.

        Raises NotApplicable where it is no JWT, Untested where the key is not known, or is another one.
        """
        taken = take_apart(token)
        if taken is None:
            raise NotApplicable("the tokens of the service are no JSON Web Tokens")
        if not taken.shared:
            raise Untested(
                f"the tokens are signed {taken.algorithm}, and the kit signs with shared secrets alone"
            )
        key = next((one for one in self._candidates() if taken.signed_by(one)), None)
        if key is None:
            raise Untested("COMPLIANCE_SIGNING_KEY does not sign the tokens that the service issues")
        return Mint(taken, key)

    def signed(self, token: str) -> bool:
        """Whether a token has a signature by what is known of the key."""
        taken = take_apart(token)
        return taken is not None and any(taken.signed_by(key) for key in self._candidates())

    def _candidates(self) -> Iterator[bytes]:
        """The given key as it stands, and what it is if it was written in base64 or in hexadecimal digits."""
        if self.guess is not None and self.guess.key is not None:
            yield self.guess.key
        if self._given:
            yield self._given.encode()
            for read in (_base64, bytes.fromhex):
                try:
                    yield read(self._given)
                except (ValueError, binascii.Error):
                    continue


def _base64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.replace("+", "-").replace("/", "_") + "=" * (-len(text) % 4))
