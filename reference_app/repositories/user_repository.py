"""Users in the database."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select

from reference_app.models.user import User
from reference_app.repositories.base import BaseRepository

EMAIL_TAKEN = "Email already registered"


class UserRepository(BaseRepository[User]):
    """The table of users."""

    model = User
    conflicts = {"uq_users_email": EMAIL_TAKEN, "UNIQUE constraint failed: users.email": EMAIL_TAKEN}  # noqa: RUF012

    async def get_by_email(self, email: str) -> User | None:
        """The user with this address, whatever its case."""
        found = await self._session.scalars(select(User).where(User.email == email.lower()))
        return found.one_or_none()

    async def get_users(
        self, skip: int, limit: int, *, is_active: bool, search: str = ""
    ) -> tuple[Sequence[User], int]:
        """A page of active or of inactive users whose name or address contains `search`, and their number."""
        conditions: list[ColumnElement[bool]] = [User.is_active.is_(is_active)]
        if search:
            conditions.append(
                or_(
                    User.full_name.icontains(search, autoescape=True),
                    User.email.icontains(search, autoescape=True),
                )
            )
        return await self.get_page(skip, limit, *conditions)
