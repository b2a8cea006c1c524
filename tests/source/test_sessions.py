"""Engines and sessions: synchronous ones are found behind every name, and what is none is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliance.rules.data.closing import sessions_are_closed
from compliance.rules.data.sessions import engines_are_asynchronous, sessions_are_asynchronous
from compliance.rules.data.statements import queries_are_select_statements
from tests.source.projects import places, project, verdict

MAIN = "from fastapi import FastAPI\n\napp = FastAPI()\n"
DATABASE = """
    from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

    engine = create_async_engine("sqlite+aiosqlite://")
    factory = async_sessionmaker(engine)
"""
TABLES = """
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    class Base(DeclarativeBase):
        pass

    class User(Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)
"""


class TestParameters:
    @pytest.mark.parametrize(
        "text",
        [
            "from sqlalchemy.orm import Session\n\ndef get(db: Session): ...",
            "from sqlalchemy import orm\n\ndef get(db: orm.Session | None = None): ...",
            "from sqlmodel import Session\n\nasync def get(*, db: 'Session'): ...",
            "from sqlalchemy.orm import Session as Db\n\nclass Users:\n    def __init__(self, db: Db): ...",
            "from sqlalchemy.orm import Session\n\nclass Own(Session): ...\n\ndef get(db: Own): ...",
            "from sqlalchemy.orm import scoped_session\n\ndef get(db: scoped_session): ...",
            "from sqlalchemy.orm import Session\n\ndef make():\n    def get(db: Session): ...\n    return get",
            "from sqlalchemy.orm import Session\n\nclass Routes:\n    db: Session = Depends(get_db)",
            "from sqlalchemy.orm import Session\n\nclass Users:\n    db: Session\n    def __init__(self, db: Session): ...",
        ],
    )
    def test_a_synchronous_session_is_found(self, tmp_path: Path, text: str):
        source = project(tmp_path, {"app/main.py": MAIN, "app/users.py": text})

        assert len(places(sessions_are_asynchronous, source)) == 1

    def test_a_dependency_is_followed_through_aliases_of_other_modules(self, tmp_path: Path):
        source = project(
            tmp_path,
            {
                "app/main.py": MAIN,
                "app/deps.py": """
                    from typing import Annotated
                    from fastapi import Depends
                    from sqlalchemy.orm import Session

                    def get_db() -> Session: ...

                    SessionDep = Annotated[Session, Depends(get_db)]
                """,
                "app/users.py": """
                    from app.deps import SessionDep, get_db
                    from fastapi import Depends

                    def first(db: SessionDep): ...
                    def second(db=Depends(get_db)): ...
                """,
            },
        )

        assert places(sessions_are_asynchronous, source) == ["app/users.py:5", "app/users.py:6"]

    @pytest.mark.parametrize(
        "text",
        [
            "from sqlalchemy.ext.asyncio import AsyncSession\n\nasync def get(db: AsyncSession): ...",
            "from sqlmodel.ext.asyncio.session import AsyncSession\n\nasync def get(db: AsyncSession): ...",
            "import sqlalchemy\nfrom app.schemas import Session\n\ndef get(session: Session): ...",
            "import sqlalchemy\nimport requests\n\ndef get(session: requests.Session): ...",
            """
            from sqlalchemy.ext.asyncio import AsyncSession
            from sqlalchemy.orm import Session

            async def count(db: AsyncSession) -> int:
                return await db.run_sync(_count)

            def _count(session: Session) -> int:
                return _helper(session)

            def _helper(session: Session) -> int: ...
            """,
            """
            from sqlalchemy import event
            from sqlalchemy.orm import Session

            @event.listens_for(Session, "before_flush")
            def stamp(session: Session, context, instances): ...
            """,
        ],
    )
    def test_what_is_none_or_is_meant_to_be_one_is_left_alone(self, tmp_path: Path, text: str):
        files = {"app/main.py": MAIN, "app/schemas.py": "class Session: ...\n", "app/users.py": text}

        assert verdict(sessions_are_asynchronous, project(tmp_path, files)) == "pass"

    @pytest.mark.parametrize("name", ["cli", "commands", "worker"])
    def test_a_program_beside_the_service_may_take_one(self, tmp_path: Path, name: str):
        text = "import typer\nfrom sqlalchemy.orm import Session\nfrom app.seeds import seed\n\ndef run(db: Session): ..."
        seeds = "from sqlalchemy.orm import Session\n\ndef seed(db: Session): ..."
        source = project(tmp_path, {"app/main.py": MAIN, f"app/{name}.py": text, "app/seeds.py": seeds})

        assert verdict(sessions_are_asynchronous, source) == "pass"

    def test_a_job_of_a_worker_may_take_one(self, tmp_path: Path):
        text = "from sqlalchemy.orm import Session\nfrom app.worker import queue\n\n@queue.task\ndef run(db: Session): ..."
        files = {
            "app/main.py": MAIN,
            "app/worker.py": "import celery\nqueue = celery.Celery()",
            "app/jobs.py": text,
        }

        assert verdict(sessions_are_asynchronous, project(tmp_path, files)) == "pass"

    @pytest.mark.parametrize("library", ["asyncpg", "aiosqlite", "databases", "tortoise", "beanie"])
    def test_another_library_is_no_matter_of_the_rule(self, tmp_path: Path, library: str):
        source = project(tmp_path, {"app/main.py": MAIN, "app/db.py": f"import {library}\n"})

        assert verdict(sessions_are_asynchronous, source) == "the service does not use SQLAlchemy"

    def test_nothing_is_said_where_a_file_could_not_be_read(self, tmp_path: Path):
        source = project(tmp_path, {"app/main.py": MAIN, "app/db.py": "import sqlalchemy\n\ndef get(:\n"})

        assert "app/db.py could not be read" in verdict(sessions_are_asynchronous, source)

    def test_what_is_found_stays_although_a_file_could_not_be_read(self, tmp_path: Path):
        text = "from sqlalchemy.orm import Session\n\ndef get(db: Session): ..."
        source = project(tmp_path, {"app/main.py": MAIN, "app/db.py": text, "app/worse.py": "def get(:\n"})

        assert verdict(sessions_are_asynchronous, source) == "violation"


class TestEngines:
    @pytest.mark.parametrize(
        "text",
        [
            "from sqlalchemy import create_engine\nengine = create_engine('sqlite://')",
            "import sqlalchemy as sa\nengine = sa.create_engine('sqlite://')",
            "from sqlmodel import create_engine as make\nengine = make('sqlite://')",
            "from sqlalchemy.orm import sessionmaker\nfactory = sessionmaker()",
            "from sqlalchemy.orm import Session, sessionmaker\nfactory = sessionmaker(class_=Session)",
            "from sqlalchemy.orm import scoped_session, sessionmaker\nfactory = scoped_session(sessionmaker())",
        ],
    )
    def test_a_synchronous_one_is_found(self, tmp_path: Path, text: str):
        source = project(tmp_path, {"app/main.py": MAIN, "app/db.py": text})

        assert places(engines_are_asynchronous, source) == ["app/db.py:2"]

    @pytest.mark.parametrize(
        "text",
        [
            DATABASE,
            """
            from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
            from sqlalchemy.orm import sessionmaker
            factory = sessionmaker(create_async_engine("sqlite+aiosqlite://"), class_=AsyncSession)
            """,
            """
            from sqlalchemy.orm import sessionmaker
            from sqlmodel.ext.asyncio.session import AsyncSession

            class Own(AsyncSession): ...

            factory = sessionmaker(class_=Own)
            """,
            """
            from sqlalchemy.orm import sessionmaker
            def make(**options):
                return sessionmaker(**options)
            """,
            """
            from sqlmodel import create_engine
            from sqlalchemy.ext.asyncio import AsyncEngine
            engine = AsyncEngine(create_engine("sqlite+aiosqlite://"))
            """,
            """
            import databases
            import sqlalchemy
            database = databases.Database("sqlite://")
            metadata = sqlalchemy.MetaData()
            metadata.create_all(sqlalchemy.create_engine("sqlite://"))
            """,
            "import sqlalchemy\nfrom app.factories import create_engine\nengine = create_engine()",
        ],
    )
    def test_what_is_asynchronous_is_left_alone(self, tmp_path: Path, text: str):
        files = {"app/main.py": MAIN, "app/factories.py": "def create_engine(): ...\n", "app/db.py": text}

        assert verdict(engines_are_asynchronous, project(tmp_path, files)) == "pass"

    def test_migrations_and_command_lines_are_beside_the_service(self, tmp_path: Path):
        text = "from sqlalchemy import create_engine\nengine = create_engine('sqlite://')\n"
        files = {
            "app/main.py": MAIN + "import sqlalchemy\n",
            "alembic/env.py": text,
            "app/cli.py": "import click\n" + text,
        }

        assert verdict(engines_are_asynchronous, project(tmp_path, files)) == "pass"


class TestQueries:
    @pytest.mark.parametrize(
        "text",
        [
            "def get(db: Session):\n    return db.query(User).all()",
            "def get(db):\n    return db.query(User.id).all()",
            "class Users:\n    def __init__(self, db: Session): self.db = db\n    def get(self): return self.db.query(1)",
            "async def get(db):\n    return await db.run_sync(lambda session: session.query(User).all())",
        ],
    )
    def test_the_legacy_query_is_found(self, tmp_path: Path, text: str):
        head = "from sqlalchemy.orm import Session\nfrom app.models import User\n"
        source = project(
            tmp_path, {"app/main.py": MAIN, "app/models.py": TABLES, "app/users.py": head + text}
        )

        assert len(places(queries_are_select_statements, source)) == 1

    @pytest.mark.parametrize(
        "text",
        [
            "async def get(db: AsyncSession):\n    return await db.scalars(select(User))",
            "async def get(client):\n    return await client.query('SELECT 1')",
            "def get(index, request):\n    return index.query(request.vector, top_k=3)",
            "def get(request):\n    return request.url.query",
        ],
    )
    def test_other_queries_are_left_alone(self, tmp_path: Path, text: str):
        head = (
            "from sqlalchemy import select\nfrom sqlalchemy.ext.asyncio import AsyncSession\n"
            "from app.models import User\n"
        )
        source = project(
            tmp_path, {"app/main.py": MAIN, "app/models.py": TABLES, "app/users.py": head + text}
        )

        assert verdict(queries_are_select_statements, source) == "pass"


class TestClosing:
    @pytest.mark.parametrize(
        "text",
        [
            "async def get():\n    session = factory()\n    return await session.get(1, 2)",
            "async def get():\n    session = factory()\n    yield session\n    await session.close()",
            "async def get():\n    return await factory().get(1, 2)",
            "session = factory()",
            "async def get():\n    session = AsyncSession(engine)\n    await session.commit()",
            "def get_session():\n    return factory()\n\ndef route(session=Depends(get_session)): ...",
            "def get(service):\n    return service(factory())",
            "async def get():\n    session = factory()\n    try:\n        yield session\n    finally:\n        session.close()",
        ],
    )
    def test_one_that_may_stay_open_is_found(self, tmp_path: Path, text: str):
        head = "from fastapi import Depends\nfrom sqlalchemy.ext.asyncio import AsyncSession\nfrom app.db import engine, factory\n\n"
        source = project(tmp_path, {"app/main.py": MAIN, "app/db.py": DATABASE, "app/users.py": head + text})

        assert len(places(sessions_are_closed, source)) == 1

    @pytest.mark.parametrize(
        "text",
        [
            "async def get():\n    async with factory() as session:\n        yield session",
            "async def get():\n    async with factory() as session, session.begin():\n        yield session",
            "async def get():\n    async with factory.begin() as session:\n        yield session",
            "async def get():\n    session = factory()\n    try:\n        yield session\n    finally:\n        await session.close()",
            "async def get():\n    s = factory()\n    try:\n        yield s\n    finally:\n        await asyncio.shield(s.close())",
            "async def get(stack):\n    session = await stack.enter_async_context(factory())\n    return session",
            "async def get():\n    session = factory()\n    async with session:\n        yield session",
            "def opened():\n    return factory()\n\nasync def get():\n    async with opened() as session:\n        yield session",
            """
class Unit:
    async def __aenter__(self):
        self.session = factory()
        return self

    async def __aexit__(self, *_):
        await self.session.close()
            """,
            """
class Users:
    def __init__(self, make: async_sessionmaker):
        self.make = make

    async def get(self):
        async with self.make() as session:
            return session
            """,
            """
class Unit:
    def __init__(self, session): self.session = session
    async def __aexit__(self, *_): await self.session.close()

async def get():
    async with Unit(factory()) as unit:
        return unit
            """,
            """
async def middleware(request, call_next):
    request.state.db = factory()
    try:
        return await call_next(request)
    finally:
        await request.state.db.close()
            """,
            (
                "from sqlalchemy.ext.asyncio import async_scoped_session\nCurrent = async_scoped_session(factory)\n\n"
                "async def get():\n    return await Current().get(1, 2)"
            ),
            "def stamp(connection):\n    session = Session(bind=connection)\n    session.flush()",
        ],
    )
    def test_one_that_is_closed_is_left_alone(self, tmp_path: Path, text: str):
        head = (
            "from sqlalchemy.ext.asyncio import async_sessionmaker\nfrom sqlalchemy.orm import Session\n"
            "from app.db import factory\n\n"
        )
        source = project(tmp_path, {"app/main.py": MAIN, "app/db.py": DATABASE, "app/users.py": head + text})

        assert verdict(sessions_are_closed, source) == "pass"

    def test_the_factory_of_an_object_is_known(self, tmp_path: Path):
        text = """
            from sqlalchemy.orm import sessionmaker

            class Database:
                def __init__(self, engine):
                    self.make = sessionmaker(engine)

                def rows(self):
                    session = self.make()
                    return session.execute("")
        """
        source = project(tmp_path, {"app/main.py": MAIN, "app/db.py": text})

        assert places(sessions_are_closed, source) == ["app/db.py:9"]
