"""What all repositories do."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from reference_app.core.exceptions import ConflictException, NotFoundException
from reference_app.models.base import Base
from reference_app.utils.helpers import later_than

Model = TypeVar("Model", bound=Base)


class BaseRepository(Generic[Model]):
    """The rows of one table. Changes are flushed here and committed by whoever owns the session."""

    model: type[Model]

    conflicts: ClassVar[Mapping[str, str]] = {}
    """What to tell the client when a constraint is violated, by its name and by SQLite's words for it."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get_by_id(self, row_id: int) -> Model | None:
        """The row with this id."""
        return await self._session.get(self.model, row_id)

    async def get_page(
        self, skip: int, limit: int, *conditions: ColumnElement[bool]
    ) -> tuple[Sequence[Model], int]:
        """At most `limit` of the rows that meet all conditions, newest first, and how many do."""
        count = select(func.count()).select_from(self.model).where(*conditions)
        page = (
            select(self.model)
            .where(*conditions)
            .order_by(self.model.created_at.desc(), self.model.id.desc())
            .offset(skip)
            .limit(limit)
        )
        total = await self._session.scalar(count) or 0
        rows = (await self._session.scalars(page)).all()
        return rows, total

    async def create(self, values: Mapping[str, Any]) -> Model:
        """Insert a row. Raises ConflictException where a constraint forbids it."""
        row = self.model(**values)
        self._session.add(row)
        await self._flush()
        return row

    async def update(self, row: Model, values: Mapping[str, Any]) -> Model:
        """Set these values; `updated_at` moves if that changes anything.

        Raises ConflictException where a constraint forbids it, NotFoundException if the row has gone.
        """
        for name, value in values.items():
            setattr(row, name, value)
        if self._session.is_modified(row):
            row.updated_at = later_than(row.updated_at)
            await self._flush()
        return row

    async def delete(self, row_id: int) -> bool:
        """Delete the row, and whether there was one."""
        deleted = await self._session.scalar(
            delete(self.model).where(self.model.id == row_id).returning(self.model.id)
        )
        return deleted is not None

    async def release(self) -> None:
        """Give the connection back while something slow happens. Rows read before are no longer tracked."""
        await self._session.close()

    async def _flush(self) -> None:
        try:
            await self._session.flush()
        except StaleDataError as error:
            raise NotFoundException from error
        except IntegrityError as error:
            violated = _violated_constraint(error)
            if violated not in self.conflicts:
                raise
            raise ConflictException(self.conflicts[violated]) from error


def _violated_constraint(error: IntegrityError) -> str:
    """The constraint's name where the driver tells it (asyncpg), else the database's words (SQLite)."""
    cause = error.orig.__cause__ if error.orig else None
    return getattr(cause, "constraint_name", None) or str(error.orig)
