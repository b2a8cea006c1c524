"""Logging in, and knowing who someone is afterwards."""

from reference_app.core.exceptions import ForbiddenException, InvalidTokenException, UnauthorizedException
from reference_app.core.security import Passwords, Tokens
from reference_app.models.user import User
from reference_app.repositories.user_repository import UserRepository


class AuthService:
    """Turns credentials into tokens and tokens into users."""

    def __init__(self, users: UserRepository, passwords: Passwords, tokens: Tokens) -> None:
        self._users = users
        self._passwords = passwords
        self._tokens = tokens

    async def login(self, email: str, password: str) -> str:
        """A token for the user with this address and password.

        Raises UnauthorizedException, after the same time and in the same words whether the address or the
        password is wrong, and ForbiddenException for an inactive user.
        """
        user = await self._users.get_by_email(email)
        await self._users.release()
        if not await self._passwords.verify(password, user.hashed_password if user else None) or user is None:
            raise UnauthorizedException("Incorrect email or password")
        _require_active(user)
        return self._tokens.issue(user.id)

    async def get_current_user(self, token: str) -> User:
        """The user whom a token names. Raises InvalidTokenException; ForbiddenException if inactive."""
        user = await self._users.get_by_id(self._tokens.read(token))
        if user is None:
            raise InvalidTokenException
        _require_active(user)
        return user


def _require_active(user: User) -> None:
    if not user.is_active:
        raise ForbiddenException("Inactive user")
