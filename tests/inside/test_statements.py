"""Statements: whose they are, where they come from, and which of them are a fault."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import FastAPI, Query
from pydantic import BaseModel
from sqlalchemy import ForeignKey, create_engine, event, func, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload

from compliance.catalogue import NotApplicable, Violation
from compliance.contract.model import Service
from compliance.inside import Watch
from compliance.rules.runtime.blocking import statements_are_awaited
from compliance.rules.runtime.pages import rows_are_cut_by_the_database, statements_do_not_grow
from compliance.rules.runtime.writes import writes_belong_together
from tests.inside.serving import watched


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "authors"
    id: Mapped[int] = mapped_column(primary_key=True)


class Post(Base):
    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"))
    author: Mapped[Author] = relationship()


class PostOut(BaseModel):
    id: int
    author: int


class Page(BaseModel):
    items: list[PostOut]
    total: int


Limit = Annotated[int, Query(le=100)]
COUNT = select(func.count()).select_from(Post)


def application(folder: Path, **settings: Any) -> FastAPI:
    url = f"sqlite+aiosqlite:///{folder / 'posts.db'}"
    engine = create_async_engine(url, **settings)
    synchronous = create_engine(f"sqlite:///{folder / 'posts.db'}")

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        with synchronous.connect() as connection:  # the start may do as it likes
            connection.execute(text("SELECT 1"))
        yield
        await engine.dispose()
        synchronous.dispose()

    app = FastAPI(lifespan=life)

    @app.get("/eager")
    async def eager(skip: int = 0, limit: Limit = 10) -> Page:
        async with AsyncSession(engine) as session:
            chosen = (
                select(Post).options(selectinload(Post.author)).order_by(Post.id).offset(skip).limit(limit)
            )
            rows = (await session.scalars(chosen)).all()
            return Page(
                items=[PostOut(id=row.id, author=row.author.id) for row in rows],
                total=await session.scalar(COUNT) or 0,
            )

    @app.get("/lazy")
    async def lazy(skip: int = 0, limit: Limit = 10) -> Page:
        async with AsyncSession(engine) as session:
            rows = (await session.scalars(select(Post).order_by(Post.id).offset(skip).limit(limit))).all()
            items = [PostOut(id=row.id, author=(await row.awaitable_author(session)).id) for row in rows]
            return Page(items=items, total=await session.scalar(COUNT) or 0)

    @app.get("/all")
    async def everything(skip: int = 0, limit: Limit = 10) -> Page:
        async with AsyncSession(engine) as session:
            rows = (await session.scalars(select(Post).order_by(Post.id))).all()
            items = [PostOut(id=row.id, author=row.author_id) for row in rows[skip : skip + limit]]
            return Page(items=items, total=len(rows))

    @app.get("/on-the-loop")
    async def on_the_loop() -> int:
        with Session(synchronous) as session:
            return session.scalar(COUNT) or 0

    @app.get("/in-a-thread")
    def in_a_thread() -> int:
        with Session(synchronous) as session:
            return session.scalar(COUNT) or 0

    @app.post("/posts", status_code=201)
    async def create() -> int:
        async with AsyncSession(engine, expire_on_commit=False) as session:
            author = Author()
            session.add(author)
            await session.flush()
            post = Post(author_id=author.id)
            session.add(post)
            await session.commit()
            return post.id

    return app


async def _awaitable_author(post: Post, session: AsyncSession) -> Author:
    return (await session.scalars(select(Author).where(Author.id == post.author_id))).one()


Post.awaitable_author = _awaitable_author  # type: ignore[attr-defined]


@pytest.fixture
def posts(tmp_path: Path) -> Iterator[tuple[Any, Watch]]:
    """A client and a watch, and a few posts."""
    with watched(application(tmp_path)) as (client, watch):
        for _ in range(6):
            assert client.post("/posts").status_code == 201
        yield client, watch


def lists(client: Any, watch: Watch, path: str) -> Any:
    """The list at a path, after it was asked for few and for many items while it grew."""
    for _ in range(3):
        client.post("/posts")
        for limit in (1, 2, 50):
            assert client.get(path, params={"limit": limit}).status_code == 200
    return next(one for one in watch.lists() if one.operation.path == path)


def test_a_statement_belongs_to_its_request_and_its_place(posts: tuple[Any, Watch]):
    client, watch = posts
    client.get("/eager?limit=2")

    served = watch.requests[-1]
    places = {str(one.place).rpartition(":")[0] for one in served.statements}
    assert [one.verb for one in served.statements] == ["SELECT"] * 3
    assert places == {"tests/inside/test_statements.py"}
    assert served.rows[0] == 2


def test_a_statement_for_every_item_is_found(posts: tuple[Any, Watch]):
    listing = lists(*posts, "/lazy")
    with pytest.raises(Violation, match="a statement is executed for every item") as found:
        statements_do_not_grow(posts[1], listing)
    assert str(found.value.proof[0]).startswith("tests/inside/test_statements.py:")


def test_rows_that_are_loaded_together_are_none(posts: tuple[Any, Watch]):
    listing = lists(*posts, "/eager")
    statements_do_not_grow(posts[1], listing)
    rows_are_cut_by_the_database(posts[1], listing)


def test_a_list_that_reads_the_table_is_found(posts: tuple[Any, Watch]):
    with pytest.raises(Violation, match="a list reads all of its rows"):
        rows_are_cut_by_the_database(posts[1], lists(*posts, "/all"))


def test_a_synchronous_engine_is_found_in_the_loop_alone(posts: tuple[Any, Watch]):
    client, watch = posts
    client.get("/in-a-thread")
    statements_are_awaited(watch, Service())

    client.get("/on-the-loop")
    with pytest.raises(Violation, match="a synchronous engine"):
        statements_are_awaited(watch, Service())


def test_writes_in_one_transaction_are_none(posts: tuple[Any, Watch]):
    writes_belong_together(posts[1], Service())


def test_writes_that_are_committed_one_by_one_are_found(tmp_path: Path):
    with watched(application(tmp_path, isolation_level="AUTOCOMMIT")) as (client, watch):
        client.post("/posts")
        with pytest.raises(Violation, match="2 writes outside of a transaction"):
            writes_belong_together(watch, Service())


def test_who_has_no_sqlalchemy_is_not_concerned():
    app = FastAPI()

    @app.get("/things")
    async def things(limit: int = 10) -> list[int]:
        return list(range(limit))

    with watched(app) as (client, watch):
        client.get("/things")
        (listing,) = watch.lists()
        for judged in (statements_do_not_grow, rows_are_cut_by_the_database):
            with pytest.raises(NotApplicable):
                judged(watch, listing)
        for rule in (statements_are_awaited, writes_belong_together):
            with pytest.raises(NotApplicable):
                rule(watch, Service())


def test_events_are_gone_afterwards(tmp_path: Path):
    with watched(application(tmp_path)) as (_, watch):
        assert event.contains(Engine, "before_cursor_execute", watch.statements._before)

    assert not event.contains(Engine, "before_cursor_execute", watch.statements._before)
