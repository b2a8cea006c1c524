"""Statements: made of strings, repeated for every row, without a limit or an order; and those that only look so."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliance.rules.data.lists import lists, lists_are_read_with_a_limit
from compliance.rules.data.pages import pages_have_an_order, queries_are_not_repeated
from compliance.rules.data.texts import sql_is_not_made_of_strings
from compliance.source import Source
from tests.source.projects import places, project, verdict

MODELS = """
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase):
    pass

class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)

class Post(Base):
    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int]
"""
HEAD = """
import logging
from enum import StrEnum
from typing import Literal
from uuid import UUID

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic_settings import BaseSettings
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from app.models import Post, User

app = FastAPI()
log = logging.getLogger()
TABLE = "users"

class Field(StrEnum):
    NAME = "name"

class Settings(BaseSettings):
    table: str

settings = Settings()
KEYS = ["a", "b"]
BY_NAME = "SELECT * FROM users WHERE name = '{}'"
Column = Literal["name", "id"]

class Tenant(UUID): ...

class Dialect:
    @property
    def serial(self) -> str:
        return "SERIAL" if self.real else "INTEGER"

def where(parts: list[str] | None = None) -> str:
    parts = parts or []
    parts.append(asked())
    return "WHERE " + " AND ".join(parts)

def ordered(column: str) -> str:
    return f"lower({column})"

class Row(BaseModel):
    id: int

class Page(BaseModel):
    items: list[Row]
    total: int
"""


def written(folder: Path, text: str) -> Source:
    return project(folder, {"app/models.py": MODELS, "app/main.py": f"{HEAD}\n{text}\n"})


class TestTexts:
    @pytest.mark.parametrize(
        "statement",
        [
            """await db.execute(text(f"SELECT * FROM users WHERE name = '{name}'"))""",
            """await db.execute(text("SELECT * FROM users ORDER BY " + name))""",
            """await db.execute(text("SELECT * FROM users WHERE name = '%s'" % name))""",
            """await db.execute(text("DELETE FROM {}".format(name)))""",
            """query = f"SELECT * FROM {name}"; await db.execute(text(query))""",
            """select(User).where(text(f"name = '{name}'"))""",
            """await connection.fetch(f"SELECT * FROM users WHERE name = '{name}'")""",
            """await connection.exec_driver_sql("DROP TABLE " + name)""",
            """statement = "SELECT * FROM users WHERE name = '" + name + "'\"""",
            """query = "SELECT * FROM users"; query += f" WHERE name = '{name}'"; await db.execute(text(query))""",
            """parts = ["a = 1"]; parts.append(name); await db.execute(text(f"SELECT 1 WHERE {' AND '.join(parts)}"))""",
            """clause = ""; clause, _ = build(name); await db.execute(text(f"SELECT 1 WHERE {clause}"))""",
            """await db.execute(text(f"SELECT * FROM users ORDER BY {ordered(name)}"))""",
            """await db.execute(text(f"SELECT 1 {where()}"))""",
            """for one in [name]: await db.execute(text(f"DROP TABLE {one}"))""",
            """await db.execute(text(BY_NAME.format(name)))""",
            """await connection.fetch(BY_NAME.format(name))""",
            """await db.execute(text(BY_NAME % name))""",
            """await db.execute(text("SELECT * FROM users WHERE name = ':name'".replace(":name", name)))""",
            """await db.execute(text(" ".join(["SELECT * FROM users ORDER BY", name])))""",
            """rows = ",".join([name] * 3); await db.execute(text(f"SELECT 1 WHERE id IN ({rows})"))""",
            """rows = ",".join(2 * name); await db.execute(text(f"SELECT 1 WHERE id IN ({rows})"))""",
        ],
    )
    def test_a_value_in_the_statement_is_found(self, tmp_path: Path, statement: str):
        source = written(
            tmp_path, f"async def get(db: AsyncSession, connection, name: str):\n    {statement}"
        )

        assert len(places(sql_is_not_made_of_strings, source)) == 1

    @pytest.mark.parametrize(
        "statement",
        [
            """await db.execute(text("SELECT * FROM users WHERE name = :name"), {"name": name})""",
            """await db.execute(text("SELECT * FROM users " "WHERE id = 1"))""",
            """await db.execute(text(f"SELECT * FROM {TABLE}"))""",
            """await db.execute(text(BY_NAME.format(TABLE)))""",
            """await db.execute(text(" ".join(["SELECT 1 FROM", TABLE])))""",
            """marks = ",".join("?" * len(name)); await db.execute(text(f"SELECT 1 WHERE id IN ({marks})"))""",
            """marks = ",".join(["?"] * 3); await db.execute(text(f"SELECT 1 WHERE id IN ({marks})"))""",
            """await db.execute(text(BY_NAME.replace("users", TABLE)))""",
            """await db.execute(text(f"SELECT * FROM {User.__tablename__}"))""",
            """await db.execute(text(f"SELECT * FROM {settings.table}"))""",
            """await db.execute(text(f"SELECT * FROM users ORDER BY {field.value}"))""",
            """await db.execute(text(f"SELECT * FROM users LIMIT {number}"))""",
            """await db.execute(text(f"SET search_path TO {quote(name)}"))""",
            """parts = ["a = 1"]; parts.append("b = :b"); await db.execute(text(f"SELECT 1 WHERE {' AND '.join(parts)}"))""",
            """clause = "a = 1"; clause = f"({clause}) OR b = :b"; await db.execute(text(f"SELECT 1 WHERE {clause}"))""",
            """for one in ["a", "b"]: await db.execute(text(f"DROP TABLE {one}"))""",
            """every = " OR ".join(f"data->>'{key}'" for key in KEYS); await db.execute(text(f"SELECT 1 WHERE {every}"))""",
            """await db.execute(text(f"SELECT * FROM users ORDER BY {ordered('id')} {'DESC' if name else 'ASC'}"))""",
            """await db.execute(text(f"CREATE TABLE a (id {dialect.serial})"))""",
            """await db.execute(text(f"SELECT * FROM users ORDER BY {column}"))""",
            """await db.execute(text(f"SELECT '{tenant}'::uuid"))""",
            """await connection.fetch("SELECT * FROM users WHERE name = $1", name)""",
            """log.info(f"delete from {name} where all of it")""",
            """raise ValueError(f"Select something from {name} first")""",
            """await client.execute(f"restart {name}")""",
            """await client.execute(f"Select the best of {name} with care")""",
            """render(text(f"Hello {name}")) if False else None""",
        ],
    )
    def test_what_is_bound_or_known_is_left_alone(self, tmp_path: Path, statement: str):
        head = "from app.html import text\n" if statement.startswith("render") else ""
        source = written(
            tmp_path,
            f"{head}async def get(db: AsyncSession, connection, client, name: str, field: Field, number: int,"
            f" dialect: Dialect, column: Column, tenant: Tenant):\n    {statement}",
        )

        assert verdict(sql_is_not_made_of_strings, source) == "pass"


class TestRepeated:
    @pytest.mark.parametrize(
        "loop",
        [
            "for user in users:\n        await db.scalars(select(Post).where(Post.user_id == user.id))",
            "for user in users:\n        query = select(Post).where(Post.user_id == user.id)\n        await db.execute(query)",
            "for user in users:\n        await db.get(Post, user.id)",
            "for user in users:\n        await posts_of(db, user.id)",
            "for user in await db.scalars(select(User)):\n        await db.get(Post, user.id)",
            "return [await posts_of(db, user.id) for user in users]",
            "for user in await all_users(db):\n        await db.get(Post, user.id)",
        ],
    )
    def test_a_query_for_every_row_is_found(self, tmp_path: Path, loop: str):
        below = """
async def all_users(db: AsyncSession):
    return (await db.scalars(select(User))).all()

async def posts_of(db: AsyncSession, user_id: int):
    return (await db.scalars(select(Post).where(Post.user_id == user_id))).all()
"""
        text = f"async def get(db: AsyncSession):\n    users = (await db.scalars(select(User))).all()\n    {loop}\n"

        assert len(places(queries_are_not_repeated, written(tmp_path, below + text))) == 1

    @pytest.mark.parametrize(
        "loop",
        [
            "for user in users:\n        user.name = user.name.lower()",
            "for user in users:\n        await db.delete(user)",
            "for user in users:\n        await db.execute(update(User).where(User.id == user.id))",
            "ids = [user.id for user in users]\n    await db.scalars(select(Post).where(Post.user_id.in_(ids)))",
            "for word in words:\n        await db.scalars(select(Post).where(Post.id == word))",
            "for user in users:\n        words.get(user.id)",
            "for user in users:\n        await session.get(user.id)",
        ],
    )
    def test_one_query_for_all_of_them_is_left_alone(self, tmp_path: Path, loop: str):
        text = f"async def get(db: AsyncSession, words, session):\n    users = (await db.scalars(select(User))).all()\n    {loop}\n"

        assert verdict(queries_are_not_repeated, written(tmp_path, text)) == "pass"


class TestLists:
    @pytest.mark.parametrize(
        "body",
        [
            "return (await db.scalars(select(User))).all()",
            "result = await db.execute(select(User))\n    return result.scalars().all()",
            "query = select(User)\n    query = query.where(User.id > 1)\n    return list(await db.scalars(query))",
            "rows = await db.execute(select(User))\n    return [Row(id=row.id) for row in rows]",
            "return await Users(db).all()",
            "found = []\n    for user in await db.scalars(select(User)):\n        found.append(user)\n    return found",
            "users = await Users(db).all()\n    return [Row.model_validate(one) for one in users]",
            "query = start()\n    return (await db.scalars(query)).all()",
            "return (await db.scalars(select(User).order_by(User.id).offset(10))).all()",
            "return (await db.scalars(select(User).limit(None))).all()",
        ],
    )
    @pytest.mark.parametrize("answer", ["list[Row]", "Page"])
    def test_all_rows_are_found(self, tmp_path: Path, body: str, answer: str):
        below = """
def start(): return select(User)

class Users:
    def __init__(self, db: AsyncSession):
        self.db = db

    async def all(self):
        return (await self.db.scalars(select(User))).all()
"""
        text = f"{below}\n@app.get('/users', response_model={answer})\nasync def get(db: AsyncSession):\n    {body}\n"
        source = written(tmp_path, text)

        assert places(lists_are_read_with_a_limit, source, next(iter(lists(source)))) != []

    @pytest.mark.parametrize(
        "body",
        [
            "return (await db.scalars(select(User).limit(limit))).all()",
            "query = select(User)\n    query = query.limit(limit)\n    return (await db.scalars(query)).all()",
            "query = cut(select(User), limit)\n    return (await db.scalars(query)).all()",
            "return (await db.scalars(select(User).where(User.id.in_(ids)))).all()",
            (
                "ids = (await db.scalars(select(Post.user_id))).all()\n"
                "    return (await db.scalars(select(User).where(User.id.in_(ids)).limit(limit))).all()"
            ),
            (
                "posts = (await db.scalars(select(Post))).all()\n    number = len(posts)\n"
                "    rows = (await db.scalars(select(User).limit(limit))).all()\n    return Page(items=rows, total=number)"
            ),
            (
                "known = {post.id for post in await db.scalars(select(Post))}\n"
                "    rows = (await db.scalars(select(User).limit(limit))).all()\n    return [Row(id=1) for row in rows if row.id in known]"
            ),
        ],
    )
    def test_a_limit_or_what_the_request_names_is_left_alone(self, tmp_path: Path, body: str):
        below = "def cut(query, limit): return query.limit(limit)\n"
        text = f"{below}\n@app.get('/users')\nasync def get(db: AsyncSession, limit: int, ids: list[int]) -> list[Row]:\n    {body}\n"
        source = written(tmp_path, text)

        assert verdict(lists_are_read_with_a_limit, source, next(iter(lists(source)))) == "pass"

    @pytest.mark.parametrize(("end", "outcome"), [(".limit(10)", "pass"), ("", "violation")])
    def test_sqlmodel_is_read_alike(self, tmp_path: Path, end: str, outcome: str):
        text = f"""
            from typing import Annotated
            from fastapi import Depends, FastAPI
            from sqlmodel import Field, SQLModel, select
            from sqlmodel.ext.asyncio.session import AsyncSession

            class Hero(SQLModel, table=True):
                id: int = Field(primary_key=True)

            Heroes = list[Hero]
            app = FastAPI()

            @app.get("/heroes", response_model=Heroes)
            async def get(session: Annotated[AsyncSession, Depends(None)]):
                return (await session.exec(select(Hero){end})).all()
        """
        source = project(tmp_path, {"app/main.py": text})

        assert verdict(lists_are_read_with_a_limit, source, next(iter(lists(source)))) == outcome

    def test_a_list_behind_which_no_query_shows_is_undecided(self, tmp_path: Path):
        source = written(
            tmp_path, "@app.get('/users')\nasync def get(crud) -> list[Row]: return await crud.all()"
        )

        assert "no query shows" in verdict(lists_are_read_with_a_limit, source, next(iter(lists(source))))

    @pytest.mark.parametrize(
        "text",
        [
            "@app.get('/users/{id}')\nasync def get(id: int) -> Row: ...",
            "@app.post('/users')\nasync def get(id: int) -> list[Row]: ...",
            "class Cart(BaseModel):\n    id: int\n    owner: int\n    items: list[Row]\n\n@app.get('/cart')\nasync def get() -> Cart: ...",
        ],
    )
    def test_what_answers_with_one_object_is_no_list(self, tmp_path: Path, text: str):
        assert list(lists(written(tmp_path, text))) == []

    @pytest.mark.parametrize("library", ["asyncpg", "databases", "tortoise", "beanie"])
    def test_another_library_is_no_matter_of_the_rule(self, tmp_path: Path, library: str):
        text = f"import {library}\nfrom fastapi import FastAPI\napp = FastAPI()\n@app.get('/')\nasync def get() -> list[int]: ...\n"
        source = project(tmp_path, {"app/main.py": text})

        assert "does not use SQLAlchemy" in verdict(
            lists_are_read_with_a_limit, source, next(iter(lists(source)))
        )


class TestOrder:
    @pytest.mark.parametrize(
        "body",
        [
            "return select(User).offset(skip).limit(limit)",
            "query = select(User).where(User.id > 1)\n    return query.limit(limit).offset(skip)",
        ],
    )
    def test_a_page_in_no_order_is_found(self, tmp_path: Path, body: str):
        text = f"def get(skip: int, limit: int):\n    {body}\n"

        assert len(places(pages_have_an_order, written(tmp_path, text))) == 1

    @pytest.mark.parametrize(
        "body",
        [
            "return select(User).order_by(User.id).offset(skip).limit(limit)",
            "query = select(User).offset(skip)\n    return query.order_by(User.id) if skip else query",
            "return add_sorting(select(User)).offset(skip)",
            "return statement.offset(skip).limit(limit)",
            "return select(User).limit(1)",
            "return moment.offset(skip)",
        ],
    )
    def test_an_order_or_another_statement_is_left_alone(self, tmp_path: Path, body: str):
        text = f"def get(skip: int, limit: int, statement, moment):\n    {body}\n"

        assert verdict(pages_have_an_order, written(tmp_path, text)) == "pass"
