"""Notes kept with asyncpg and no ORM: statements with parameters, records turned into dataclasses, migrations by dbmate.

Dependencies as classes, problems as `application/problem+json`, the standard library's logger with a JSON formatter, Hatch.
"""

from __future__ import annotations

FILES = {
    "pyproject.toml": """
        [build-system]
        requires = ["hatchling"]
        build-backend = "hatchling.build"

        [project]
        name = "notes"
        version = "0.1"
        requires-python = ">= 3.12"
        dependencies = ["asyncpg>=0.30", "fastapi>=0.115", "granian", "pydantic-settings"]

        [project.optional-dependencies]
        test = ["httpx", "pytest", "pytest-asyncio"]
    """,
    ".env.example": "# postgres\nNOTES_DSN=\nNOTES_POOL=10\n",
    ".gitignore": ".env\n.venv\n",
    "README.md": "# Notes\n\n`dbmate up`, then `granian --interface asgi notes.app:app`.\n",
    "db/migrations/20260101000000_notes.sql": """
        -- migrate:up
        CREATE TABLE notes (id uuid PRIMARY KEY, title text NOT NULL, body text NOT NULL, stars int NOT NULL);

        -- migrate:down
        DROP TABLE notes;
    """,
    "notes/__init__.py": "",
    "notes/settings.py": '''
        """Settings, from the environment alone."""

        from pydantic import Field, PostgresDsn
        from pydantic_settings import BaseSettings, SettingsConfigDict


        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_prefix="NOTES_")

            dsn: PostgresDsn
            pool: int = Field(default=10, ge=1, le=100)
    ''',
    "notes/journal.py": '''
        """Logs as lines of JSON."""

        import json
        import logging


        class Lines(logging.Formatter):
            def format(self, record: logging.LogRecord) -> str:
                values = getattr(record, "values", {})
                return json.dumps({"event": record.getMessage(), "level": record.levelname, **values})


        def start() -> None:
            handler = logging.StreamHandler()
            handler.setFormatter(Lines())
            logging.basicConfig(level=logging.INFO, handlers=[handler])
    ''',
    "notes/records.py": '''
        """What is kept."""

        from dataclasses import dataclass
        from uuid import UUID


        @dataclass(frozen=True)
        class Note:
            id: UUID
            title: str
            body: str
            stars: int
    ''',
    "notes/failures.py": '''
        """What may fail."""


        class NoteNotFoundError(Exception):
            pass


        class StorageError(Exception):
            pass
    ''',
    "notes/repositories/__init__.py": "",
    "notes/repositories/notes.py": '''
        """Notes in PostgreSQL."""

        from enum import StrEnum
        from uuid import UUID

        import asyncpg

        from notes.failures import StorageError
        from notes.records import Note

        COLUMNS = "id, title, body, stars"


        class Order(StrEnum):
            TITLE = "title"
            STARS = "stars"


        class NoteRepository:
            def __init__(self, pool: asyncpg.Pool) -> None:
                self._pool = pool

            async def insert(self, note: Note) -> None:
                try:
                    await self._pool.execute(
                        f"INSERT INTO notes ({COLUMNS}) VALUES ($1, $2, $3, $4)",
                        note.id,
                        note.title,
                        note.body,
                        note.stars,
                    )
                except asyncpg.PostgresError as error:
                    raise StorageError("insert") from error

            async def select_one(self, note_id: UUID) -> Note | None:
                row = await self._pool.fetchrow(f"SELECT {COLUMNS} FROM notes WHERE id = $1", note_id)
                return Note(**row) if row else None

            async def select_page(self, word: str, order: Order, offset: int, limit: int) -> list[Note]:
                rows = await self._pool.fetch(
                    f"""
                    SELECT {COLUMNS} FROM notes WHERE title ILIKE '%' || $1 || '%'
                    ORDER BY {order.value}, id OFFSET $2 LIMIT $3
                    """,
                    word,
                    offset,
                    limit,
                )
                return [Note(**row) for row in rows]

            async def star(self, note_id: UUID) -> Note | None:
                async with self._pool.acquire() as connection, connection.transaction():
                    row = await connection.fetchrow(
                        "UPDATE notes SET stars = stars + 1 WHERE id = $1 RETURNING " + COLUMNS, note_id
                    )
                return Note(**row) if row else None

            async def delete(self, note_id: UUID) -> bool:
                done: str = await self._pool.execute("DELETE FROM notes WHERE id = $1", note_id)
                return done == "DELETE 1"
    ''',
    "notes/services/__init__.py": "",
    "notes/services/notebook.py": '''
        """The notebook."""

        import logging
        from uuid import UUID, uuid4

        from notes.failures import NoteNotFoundError
        from notes.records import Note
        from notes.repositories.notes import NoteRepository, Order

        logger = logging.getLogger(__name__)


        class Notebook:
            def __init__(self, notes: NoteRepository) -> None:
                self._notes = notes

            async def write(self, title: str, body: str) -> Note:
                note = Note(uuid4(), title, body, 0)
                await self._notes.insert(note)
                logger.info("note_written", extra={"values": {"id": str(note.id)}})
                return note

            async def read(self, note_id: UUID) -> Note:
                return self._there(await self._notes.select_one(note_id))

            async def leaf_through(self, word: str, order: Order, offset: int, limit: int) -> list[Note]:
                return await self._notes.select_page(word, order, offset, limit)

            async def star(self, note_id: UUID) -> Note:
                return self._there(await self._notes.star(note_id))

            async def tear_out(self, note_id: UUID) -> None:
                if not await self._notes.delete(note_id):
                    raise NoteNotFoundError

            @staticmethod
            def _there(note: Note | None) -> Note:
                if note is None:
                    raise NoteNotFoundError
                return note
    ''',
    "notes/web/__init__.py": "",
    "notes/web/bodies.py": '''
        """Bodies of requests and answers."""

        from uuid import UUID

        from pydantic import BaseModel, Field


        class Draft(BaseModel):
            title: str = Field(min_length=1, max_length=120)
            body: str = Field(default="", max_length=10_000)


        class Sheet(BaseModel, from_attributes=True):
            id: UUID
            title: str
            body: str
            stars: int
    ''',
    "notes/web/endpoints.py": '''
        """Operations."""

        from typing import Annotated
        from uuid import UUID

        from fastapi import APIRouter, Depends, Query, Request, Response

        from notes.repositories.notes import NoteRepository, Order
        from notes.services.notebook import Notebook
        from notes.web.bodies import Draft, Sheet

        routes = APIRouter(prefix="/notes")


        async def notebook(request: Request) -> Notebook:
            return Notebook(NoteRepository(request.app.state.pool))


        class Leaf:
            """Which part of the list."""

            def __init__(
                self,
                offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
                limit: Annotated[int, Query(ge=1, le=100)] = 20,
            ) -> None:
                self.offset = offset
                self.limit = limit


        Book = Annotated[Notebook, Depends(notebook)]


        @routes.get("", response_model=list[Sheet])
        async def leaf_through(
            book: Book,
            leaf: Annotated[Leaf, Depends()],
            q: Annotated[str, Query(max_length=50)] = "",
            sort: Order = Order.TITLE,
        ) -> object:
            return await book.leaf_through(q, sort, leaf.offset, leaf.limit)


        @routes.post("", response_model=Sheet, status_code=201)
        async def write(book: Book, draft: Draft, response: Response) -> object:
            note = await book.write(draft.title, draft.body)
            response.headers["Location"] = f"/notes/{note.id}"
            return note


        @routes.get("/{note_id}", response_model=Sheet)
        async def read(book: Book, note_id: UUID) -> object:
            return await book.read(note_id)


        @routes.post("/{note_id}/star", response_model=Sheet)
        async def star(book: Book, note_id: UUID) -> object:
            return await book.star(note_id)


        @routes.delete("/{note_id}", status_code=204)
        async def tear_out(book: Book, note_id: UUID) -> None:
            await book.tear_out(note_id)
    ''',
    "notes/app.py": '''
        """The application."""

        import logging
        from collections.abc import AsyncIterator
        from contextlib import asynccontextmanager
        from http import HTTPStatus

        import asyncpg
        from fastapi import FastAPI, Request
        from fastapi.exceptions import RequestValidationError
        from fastapi.responses import JSONResponse

        from notes import journal
        from notes.failures import NoteNotFoundError, StorageError
        from notes.settings import Settings
        from notes.web.endpoints import routes

        logger = logging.getLogger(__name__)
        STATUSES = {
            NoteNotFoundError: HTTPStatus.NOT_FOUND,
            StorageError: HTTPStatus.SERVICE_UNAVAILABLE,
            asyncpg.PostgresError: HTTPStatus.SERVICE_UNAVAILABLE,
            RequestValidationError: HTTPStatus.UNPROCESSABLE_ENTITY,
        }


        @asynccontextmanager
        async def lifespan(app: FastAPI) -> AsyncIterator[None]:
            journal.start()
            settings = Settings()
            async with asyncpg.create_pool(str(settings.dsn), max_size=settings.pool) as pool:
                app.state.pool = pool
                yield


        async def problem(request: Request, error: Exception) -> JSONResponse:
            status = next(
                (status for kind, status in STATUSES.items() if isinstance(error, kind)),
                HTTPStatus.INTERNAL_SERVER_ERROR,
            )
            if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                logger.error("request_failed", exc_info=error)
            body = {"title": status.phrase, "status": status}
            return JSONResponse(body, status, media_type="application/problem+json")


        app = FastAPI(lifespan=lifespan, exception_handlers={Exception: problem})
        for kind in STATUSES:
            app.add_exception_handler(kind, problem)
        app.include_router(routes)
    ''',
    "tests/conftest.py": """
        from collections.abc import AsyncIterator

        import pytest_asyncio
        from httpx import ASGITransport, AsyncClient

        from notes.app import app, lifespan


        @pytest_asyncio.fixture
        async def client() -> AsyncIterator[AsyncClient]:
            async with lifespan(app), AsyncClient(transport=ASGITransport(app), base_url="http://notes") as client:
                yield client
    """,
    "tests/test_notes.py": """
        from uuid import uuid4

        import pytest
        from httpx import AsyncClient

        pytestmark = pytest.mark.asyncio


        async def test_the_life_of_a_note(client: AsyncClient) -> None:
            location = (await client.post("/notes", json={"title": "milk"})).headers["Location"]
            note_id = location.removeprefix("/notes/")
            assert (await client.get(f"/notes/{note_id}")).json()["stars"] == 0
            assert (await client.post(f"/notes/{note_id}/star")).json()["stars"] == 1
            assert (await client.delete(f"/notes/{note_id}")).status_code == 204


        @pytest.mark.parametrize("sort", ["title", "stars"])
        async def test_leafing_through(client: AsyncClient, sort: str) -> None:
            assert (await client.get("/notes", params={"sort": sort, "limit": 5})).status_code == 200


        async def test_a_note_that_is_not_there(client: AsyncClient) -> None:
            assert (await client.get(f"/notes/{uuid4()}")).status_code == 404
    """,
}
