"""Registering, finding, changing and deleting users."""

from collections.abc import Sequence

from reference_app.core.exceptions import ConflictException, ForbiddenException, NotFoundException
from reference_app.core.security import Passwords
from reference_app.models.user import User
from reference_app.repositories.user_repository import EMAIL_TAKEN, UserRepository
from reference_app.schemas.user import UserCreate, UserUpdate

SUPERUSER_FIELDS = frozenset({"is_active", "is_superuser"})


class UserService:
    """The rules about users. `actor` is the user on whose behalf something happens."""

    def __init__(self, users: UserRepository, passwords: Passwords) -> None:
        self._users = users
        self._passwords = passwords

    async def get_user(self, user_id: int) -> User:
        """The user with this id. Raises NotFoundException."""
        user = await self._users.get_by_id(user_id)
        if user is None:
            raise NotFoundException(f"User with id {user_id} not found")
        return user

    async def get_users(
        self, actor: User, skip: int, limit: int, *, is_active: bool = True, search: str = ""
    ) -> tuple[Sequence[User], int]:
        """A page of users and the number of all. Inactive ones are for superusers: ForbiddenException."""
        if not is_active and not actor.is_superuser:
            raise ForbiddenException
        return await self._users.get_users(skip, limit, is_active=is_active, search=search)

    async def create_user(self, data: UserCreate, *, is_superuser: bool = False) -> User:
        """Register a user. Raises ConflictException if the address is taken."""
        values = data.model_dump(exclude={"password"})
        # First, since a connection is held from the first query on.
        values["hashed_password"] = await self._passwords.hash(data.password)
        if await self._users.get_by_email(data.email) is not None:
            raise ConflictException(EMAIL_TAKEN)
        return await self._users.create({**values, "is_superuser": is_superuser})

    async def update_user(self, actor: User, user_id: int, data: UserUpdate) -> User:
        """Change the fields that were sent.

        Raises NotFoundException, ConflictException if the address is taken, and ForbiddenException unless
        the actor is that user or a superuser.
        """
        user = await self.get_user(user_id)
        _require_self_or_superuser(actor, user)
        values = data.model_dump(exclude_unset=True)
        if SUPERUSER_FIELDS & values.keys() and not actor.is_superuser:
            raise ForbiddenException
        if "password" in values:
            await self._users.release()
            values["hashed_password"] = await self._passwords.hash(values.pop("password"))
            user = await self.get_user(user_id)
        return await self._users.update(user, values)

    async def delete_user(self, actor: User, user_id: int) -> None:
        """Delete a user and all they own. Raises NotFoundException and, as above, ForbiddenException."""
        user = await self.get_user(user_id)
        _require_self_or_superuser(actor, user)
        if not await self._users.delete(user_id):
            raise NotFoundException(f"User with id {user_id} not found")


def _require_self_or_superuser(actor: User, user: User) -> None:
    if actor.id != user.id and not actor.is_superuser:
        raise ForbiddenException
