"""Passwords and access tokens."""

import os
from datetime import timedelta

import jwt
from anyio import CapacityLimiter, to_thread
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from reference_app.core.config import Settings
from reference_app.core.exceptions import InvalidTokenException
from reference_app.utils.helpers import MAX_ID, utcnow

ALGORITHM = "HS256"
REQUIRED_CLAIMS = ["sub", "exp", "iat"]

# Ours are a third of this. The bound keeps a hostile header from nesting deeper than a parser can follow.
MAX_TOKEN_LENGTH = 512


class Passwords:
    """Hashes with argon2id, in threads of its own so that the event loop and other work stay responsive.

    A hash keeps one processor busy for tens of milliseconds: call these with no database connection held.
    """

    def __init__(self, settings: Settings) -> None:
        self._argon2 = PasswordHash(
            [
                Argon2Hasher(
                    memory_cost=settings.argon2_memory_kib,
                    time_cost=settings.argon2_time_cost,
                    parallelism=settings.argon2_parallelism,
                )
            ]
        )
        self._limiter = CapacityLimiter(os.cpu_count() or 1)
        self._nobody = self._argon2.hash("the password of nobody")

    async def hash(self, password: str) -> str:
        """The salted hash of a password, in PHC format."""
        return await to_thread.run_sync(self._argon2.hash, password, limiter=self._limiter)

    async def verify(self, password: str, hashed_password: str | None) -> bool:
        """Whether the hash is this password's. Without a hash: no, after the same time."""
        matches = await to_thread.run_sync(
            self._argon2.verify, password, hashed_password or self._nobody, limiter=self._limiter
        )
        return matches and hashed_password is not None


class Tokens:
    """Issues and reads access tokens: signed JWTs that name a user and end soon."""

    def __init__(self, settings: Settings) -> None:
        self._key = settings.signing_key()
        self._lifetime = timedelta(minutes=settings.access_token_expire_minutes)

    def issue(self, user_id: int) -> str:
        """A token for the user, valid from now."""
        now = utcnow()
        claims = {"sub": str(user_id), "iat": now, "exp": now + self._lifetime}
        return jwt.encode(claims, self._key, algorithm=ALGORITHM)

    def read(self, token: str) -> int:
        """The id of the user whom the token names. Raises InvalidTokenException for any other token."""
        if len(token) > MAX_TOKEN_LENGTH:
            raise InvalidTokenException
        try:
            claims = jwt.decode(
                token, self._key, algorithms=[ALGORITHM], options={"require": REQUIRED_CLAIMS}
            )
            user_id = int(claims["sub"])
        except (jwt.InvalidTokenError, ValueError) as error:
            raise InvalidTokenException from error
        if not 1 <= user_id <= MAX_ID:
            raise InvalidTokenException
        return user_id
