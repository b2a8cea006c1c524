"""A library that lends books, in ports and adapters: the domain in the middle, HTTP and SQL around it.

A `src` folder, ports as protocols, tables mapped apart from the entities, lists by a cursor, Alembic.
"""

from __future__ import annotations

FILES = {
    "pyproject.toml": """
        [project]
        name = "lending"
        version = "1.0.0"
        requires-python = ">=3.11"
        dependencies = [
            "aiosqlite", "alembic", "asyncpg", "fastapi", "pydantic-settings", "sqlalchemy[asyncio]", "structlog",
            "uvicorn[standard]",
        ]

        [dependency-groups]
        dev = ["httpx", "pytest", "pytest-asyncio"]

        [tool.pytest.ini_options]
        asyncio_mode = "auto"
        pythonpath = ["src"]
    """,
    ".env.example": "LENDING_DATABASE_URL=\nLENDING_LOG_LEVEL=INFO\n",
    ".gitignore": ".env\n__pycache__/\n",
    "README.md": "# Lending\n\nCopy `.env.example` to `.env`, `alembic upgrade head`, `uvicorn lending.bootstrap:build --factory`.\n",
    "alembic.ini": "[alembic]\nscript_location = migrations\n",
    "migrations/versions/0001_books.py": '''
        """Books."""

        import sqlalchemy as sa
        from alembic import op

        revision = "0001"
        down_revision = None


        def upgrade() -> None:
            op.create_table(
                "books",
                sa.Column("id", sa.Uuid, primary_key=True),
                sa.Column("title", sa.String(200), nullable=False),
                sa.Column("borrower", sa.String(100)),
            )


        def downgrade() -> None:
            op.drop_table("books")
    ''',
    "src/lending/__init__.py": "",
    "src/lending/domain/__init__.py": "",
    "src/lending/domain/book.py": '''
        """What a book is, and what may happen to it."""

        from dataclasses import dataclass
        from uuid import UUID

        from lending.domain.errors import AlreadyLent


        @dataclass(slots=True)
        class Book:
            id: UUID
            title: str
            borrower: str | None = None

            def lend_to(self, borrower: str) -> None:
                if self.borrower is not None:
                    raise AlreadyLent(self.id)
                self.borrower = borrower
    ''',
    "src/lending/domain/errors.py": '''
        """What can go wrong in the library."""

        from uuid import UUID


        class LendingError(Exception):
            """Anything that the library refuses."""


        class BookUnknown(LendingError):
            def __init__(self, book_id: UUID) -> None:
                super().__init__(f"no book {book_id}")


        class AlreadyLent(LendingError):
            def __init__(self, book_id: UUID) -> None:
                super().__init__(f"book {book_id} is lent")


        class ShelfUnavailable(LendingError):
            """Whatever keeps the books does not answer."""
    ''',
    "src/lending/domain/ports.py": '''
        """What the domain asks of the world."""

        from typing import Protocol
        from uuid import UUID

        from lending.domain.book import Book


        class Shelf(Protocol):
            async def put(self, book: Book) -> None: ...

            async def take(self, book_id: UUID) -> Book | None: ...

            async def after(self, cursor: UUID | None, limit: int) -> list[Book]: ...

            async def remove(self, book_id: UUID) -> bool: ...


        class UnitOfWork(Protocol):
            @property
            def shelf(self) -> Shelf: ...

            async def commit(self) -> None: ...
    ''',
    "src/lending/application/__init__.py": "",
    "src/lending/application/lending_desk.py": '''
        """The use cases."""

        from uuid import UUID, uuid4

        import structlog

        from lending.domain.book import Book
        from lending.domain.errors import BookUnknown
        from lending.domain.ports import UnitOfWork

        log = structlog.get_logger(__name__)


        class LendingDesk:
            def __init__(self, work: UnitOfWork) -> None:
                self._work = work

            async def acquire(self, title: str) -> Book:
                book = Book(uuid4(), title)
                await self._work.shelf.put(book)
                await self._work.commit()
                log.info("book_acquired", book_id=str(book.id))
                return book

            async def find(self, book_id: UUID) -> Book:
                book = await self._work.shelf.take(book_id)
                if book is None:
                    raise BookUnknown(book_id)
                return book

            async def browse(self, cursor: UUID | None, limit: int) -> list[Book]:
                return await self._work.shelf.after(cursor, limit)

            async def lend(self, book_id: UUID, borrower: str) -> Book:
                book = await self.find(book_id)
                book.lend_to(borrower)
                await self._work.shelf.put(book)
                await self._work.commit()
                return book

            async def discard(self, book_id: UUID) -> None:
                if not await self._work.shelf.remove(book_id):
                    raise BookUnknown(book_id)
                await self._work.commit()
    ''',
    "src/lending/adapters/__init__.py": "",
    "src/lending/adapters/inbound/__init__.py": "",
    "src/lending/adapters/inbound/http/__init__.py": "",
    "src/lending/adapters/inbound/http/books.py": '''
        """Books over HTTP."""

        from typing import Annotated
        from uuid import UUID

        from fastapi import APIRouter, Depends, Query, status

        from lending.adapters.inbound.http.messages import BookCard, BookShelf, LoanSlip, NewBook
        from lending.adapters.inbound.http.wiring import get_desk
        from lending.application.lending_desk import LendingDesk

        books = APIRouter(prefix="/books", tags=["books"])
        Desk = Annotated[LendingDesk, Depends(get_desk)]


        @books.get("")
        async def browse(
            desk: Desk, cursor: UUID | None = None, limit: Annotated[int, Query(ge=1, le=50)] = 20
        ) -> BookShelf:
            found = await desk.browse(cursor, limit)
            following = found[-1].id if len(found) == limit else None
            return BookShelf(items=[BookCard.model_validate(one) for one in found], next_cursor=following)


        @books.post("", status_code=status.HTTP_201_CREATED)
        async def acquire(desk: Desk, book: NewBook) -> BookCard:
            return BookCard.model_validate(await desk.acquire(book.title))


        @books.get("/{book_id}")
        async def look_up(desk: Desk, book_id: UUID) -> BookCard:
            return BookCard.model_validate(await desk.find(book_id))


        @books.put("/{book_id}/loan")
        async def lend(desk: Desk, book_id: UUID, slip: LoanSlip) -> BookCard:
            return BookCard.model_validate(await desk.lend(book_id, slip.borrower))


        @books.delete("/{book_id}", status_code=status.HTTP_204_NO_CONTENT)
        async def discard(desk: Desk, book_id: UUID) -> None:
            await desk.discard(book_id)
    ''',
    "src/lending/adapters/inbound/http/messages.py": '''
        """What goes over the wire."""

        from typing import Annotated
        from uuid import UUID

        from pydantic import BaseModel, ConfigDict, StringConstraints

        Title = Annotated[str, StringConstraints(min_length=1, max_length=200)]
        Person = Annotated[str, StringConstraints(min_length=1, max_length=100)]


        class NewBook(BaseModel):
            title: Title


        class LoanSlip(BaseModel):
            borrower: Person


        class BookCard(BaseModel):
            model_config = ConfigDict(from_attributes=True)

            id: UUID
            title: str
            borrower: str | None


        class BookShelf(BaseModel):
            items: list[BookCard]
            next_cursor: UUID | None
    ''',
    "src/lending/adapters/inbound/http/wiring.py": '''
        """Which adapter stands behind which port."""

        from collections.abc import AsyncIterator
        from typing import Annotated

        from fastapi import Depends, Request

        from lending.adapters.outbound.persistence.work import SqlUnitOfWork
        from lending.application.lending_desk import LendingDesk


        async def get_work(request: Request) -> AsyncIterator[SqlUnitOfWork]:
            async with request.app.state.sessions() as session:
                yield SqlUnitOfWork(session)


        async def get_desk(work: Annotated[SqlUnitOfWork, Depends(get_work)]) -> LendingDesk:
            return LendingDesk(work)
    ''',
    "src/lending/adapters/inbound/http/problems.py": '''
        """Errors as answers."""

        import structlog
        from fastapi import FastAPI, Request, status
        from fastapi.exceptions import RequestValidationError
        from fastapi.responses import JSONResponse
        from sqlalchemy.exc import SQLAlchemyError

        from lending.domain.errors import AlreadyLent, BookUnknown, LendingError

        log = structlog.get_logger(__name__)
        STATUSES: dict[type[LendingError], int] = {
            BookUnknown: status.HTTP_404_NOT_FOUND,
            AlreadyLent: status.HTTP_409_CONFLICT,
        }


        def install(app: FastAPI) -> None:
            @app.exception_handler(LendingError)
            async def refuse(_: Request, error: LendingError) -> JSONResponse:
                return JSONResponse({"detail": str(error)}, STATUSES.get(type(error), 400))

            @app.exception_handler(RequestValidationError)
            async def explain(_: Request, error: RequestValidationError) -> JSONResponse:
                said = [{"loc": one["loc"], "msg": one["msg"], "type": one["type"]} for one in error.errors()]
                return JSONResponse({"detail": said}, 422)

            @app.exception_handler(SQLAlchemyError)
            async def blame_storage(_: Request, error: SQLAlchemyError) -> JSONResponse:
                log.error("storage_failed", kind=type(error).__name__)
                return JSONResponse({"detail": "try again later"}, 503)

            @app.exception_handler(Exception)
            async def apologise(_: Request, error: Exception) -> JSONResponse:
                log.error("unhandled", exc_info=error)
                return JSONResponse({"detail": "internal error"}, 500)
    ''',
    "src/lending/adapters/outbound/__init__.py": "",
    "src/lending/adapters/outbound/persistence/__init__.py": "",
    "src/lending/adapters/outbound/persistence/mapping.py": '''
        """The tables behind the entities."""

        from uuid import UUID

        from sqlalchemy import String
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


        class Base(DeclarativeBase):
            pass


        class BookRow(Base):
            __tablename__ = "books"

            id: Mapped[UUID] = mapped_column(primary_key=True)
            title: Mapped[str] = mapped_column(String(200))
            borrower: Mapped[str | None] = mapped_column(String(100))
    ''',
    "src/lending/adapters/outbound/persistence/shelf.py": '''
        """The shelf in a database."""

        from uuid import UUID

        from sqlalchemy import delete, select
        from sqlalchemy.ext.asyncio import AsyncSession

        from lending.adapters.outbound.persistence.mapping import BookRow
        from lending.domain.book import Book


        class SqlShelf:
            def __init__(self, session: AsyncSession) -> None:
                self._session = session

            async def put(self, book: Book) -> None:
                await self._session.merge(BookRow(id=book.id, title=book.title, borrower=book.borrower))

            async def take(self, book_id: UUID) -> Book | None:
                row = await self._session.get(BookRow, book_id)
                return None if row is None else _book(row)

            async def after(self, cursor: UUID | None, limit: int) -> list[Book]:
                rows = select(BookRow).order_by(BookRow.id).limit(limit)
                if cursor is not None:
                    rows = rows.where(BookRow.id > cursor)
                return [_book(row) for row in await self._session.scalars(rows)]

            async def remove(self, book_id: UUID) -> bool:
                removed = await self._session.scalar(
                    delete(BookRow).where(BookRow.id == book_id).returning(BookRow.id)
                )
                return removed is not None


        def _book(row: BookRow) -> Book:
            return Book(row.id, row.title, row.borrower)
    ''',
    "src/lending/adapters/outbound/persistence/work.py": '''
        """One unit of work in one session."""

        from sqlalchemy.ext.asyncio import AsyncSession

        from lending.adapters.outbound.persistence.shelf import SqlShelf


        class SqlUnitOfWork:
            def __init__(self, session: AsyncSession) -> None:
                self._session = session
                self.shelf = SqlShelf(session)

            async def commit(self) -> None:
                await self._session.commit()
    ''',
    "src/lending/configuration.py": '''
        """What differs from one installation to the next."""

        from pydantic import SecretStr
        from pydantic_settings import BaseSettings, SettingsConfigDict


        class Configuration(BaseSettings):
            model_config = SettingsConfigDict(env_prefix="LENDING_", env_file=".env")

            database_url: SecretStr
            log_level: str = "INFO"
    ''',
    "src/lending/bootstrap.py": '''
        """Everything put together."""

        from collections.abc import AsyncIterator
        from contextlib import asynccontextmanager

        from fastapi import FastAPI
        from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

        from lending.adapters.inbound.http import books, problems
        from lending.configuration import Configuration


        def build(configuration: Configuration | None = None) -> FastAPI:
            chosen = configuration or Configuration()
            engine = create_async_engine(chosen.database_url.get_secret_value())

            @asynccontextmanager
            async def lifespan(_: FastAPI) -> AsyncIterator[None]:
                yield
                await engine.dispose()

            app = FastAPI(title="Lending", lifespan=lifespan)
            app.state.sessions = async_sessionmaker(engine, expire_on_commit=False)
            app.include_router(books.books, prefix="/v1")
            problems.install(app)
            return app
    ''',
    "tests/conftest.py": """
        from collections.abc import AsyncIterator
        from pathlib import Path

        import pytest
        from httpx import ASGITransport, AsyncClient
        from pydantic import SecretStr
        from sqlalchemy.ext.asyncio import create_async_engine

        from lending.adapters.outbound.persistence.mapping import Base
        from lending.bootstrap import build
        from lending.configuration import Configuration


        @pytest.fixture
        async def client(tmp_path: Path) -> AsyncIterator[AsyncClient]:
            url = f"sqlite+aiosqlite:///{tmp_path}/test.db"
            engine = create_async_engine(url)
            async with engine.begin() as connection:
                await connection.run_sync(Base.metadata.create_all)
            await engine.dispose()
            app = build(Configuration(database_url=SecretStr(url)))
            async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
                yield client
    """,
    "tests/test_books.py": """
        from httpx import AsyncClient


        async def test_a_book_is_lent_once(client: AsyncClient) -> None:
            book = (await client.post("/v1/books", json={"title": "Emma"})).json()
            path = f"/v1/books/{book['id']}"
            assert (await client.get(path)).json()["borrower"] is None
            assert (await client.put(f"{path}/loan", json={"borrower": "Ann"})).status_code == 200
            assert (await client.put(f"{path}/loan", json={"borrower": "Bob"})).status_code == 409


        async def test_a_book_is_discarded(client: AsyncClient) -> None:
            book = (await client.post("/v1/books", json={"title": "Emma"})).json()
            assert (await client.delete(f"/v1/books/{book['id']}")).status_code == 204
            assert (await client.get("/v1/books", params={"limit": 5})).json()["items"] == []
    """,
}
