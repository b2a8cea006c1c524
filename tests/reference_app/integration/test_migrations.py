"""The database: its migrations, forward and back, and how a first start gets one."""

import asyncio
import os
import re
import runpy
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, inspect, select

from reference_app.cli import PASSWORD_VARIABLE, main
from reference_app.db.base import Base, User
from reference_app.db.migrate import alembic_config, migrate
from reference_app.db.session import Database
from reference_app.main import create_app
from tests.reference_app.actors import PASSWORD, PRODUCTS, USERS, Client, create_product, login, register
from tests.reference_app.conftest import NewDatabase, settings_for

ROOT = Path(__file__).parents[3]
REVISIONS = [
    script.revision
    for script in reversed(
        list(ScriptDirectory.from_config(alembic_config()).walk_revisions("base", "heads"))
    )
]


@pytest.fixture
async def connect() -> AsyncIterator[Callable[[str], Database]]:
    """Give a function that opens a database; what it opened is closed afterwards."""
    async with AsyncExitStack() as opened:

        def to(url: str) -> Database:
            database = Database(settings_for(url))
            opened.push_async_callback(database.dispose)
            return database

        yield to


@pytest.fixture
def database(new_database: NewDatabase, connect: Callable[[str], Database]) -> Database:
    """Give an empty database of this test's own."""
    return connect(new_database())


async def run(database: Database, alembic: Callable[..., Any], *arguments: str) -> None:
    """Run a command of Alembic on the database."""

    def on(connection: Connection) -> None:
        config = alembic_config()
        config.attributes["connection"] = connection
        alembic(config, *arguments)

    async with database.engine.begin() as connection:
        await connection.run_sync(on)


async def schema(database: Database) -> dict[str, Any]:
    """Return everything that the database says about its tables."""

    def of(connection: Connection) -> dict[str, Any]:
        inspector = inspect(connection)
        return {
            table: {
                "columns": {
                    column["name"]: (str(column["type"]), column["nullable"], column["default"])
                    for column in inspector.get_columns(table)
                },
                "primary key": inspector.get_pk_constraint(table),
                "foreign keys": inspector.get_foreign_keys(table),
                "unique": inspector.get_unique_constraints(table),
                "checks": inspector.get_check_constraints(table),
                "indexes": sorted(inspector.get_indexes(table), key=lambda index: str(index["name"])),
            }
            for table in inspector.get_table_names()
            if table != "alembic_version"
        }

    async with database.engine.connect() as connection:
        return await connection.run_sync(of)


async def test_stairway(database: Database) -> None:
    """Each revision can be taken, taken back and taken again, and each way leads to the same tables."""
    below = await schema(database)
    for revision in REVISIONS:
        await run(database, command.upgrade, revision)
        above = await schema(database)
        await run(database, command.downgrade, "-1")
        assert await schema(database) == below
        await run(database, command.upgrade, revision)
        assert await schema(database) == above
        below = above
    await run(database, command.check)
    await run(database, command.downgrade, "base")
    assert await schema(database) == {}


async def test_migrations_make_what_the_models_say(
    database: Database, new_database: NewDatabase, connect: Callable[[str], Database]
) -> None:
    await migrate(database)
    made_by_models = connect(new_database())
    async with made_by_models.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    assert await schema(database) == await schema(made_by_models)


async def test_processes_that_start_together_migrate_once(
    database: Database, connect: Callable[[str], Database]
) -> None:
    databases = [database, *(connect(database_url(database)) for _ in range(3))]
    # Failures are collected: Alembic's state is global, and one still at work would disturb the next test.
    outcomes = await asyncio.gather(*map(migrate, databases), return_exceptions=True)
    assert outcomes == [None] * 4
    await run(database, command.check)


def database_url(database: Database) -> str:
    return database.engine.url.render_as_string(hide_password=False)


async def test_alembic_on_the_command_line(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url(database))
    config = Config(toml_file=ROOT / "pyproject.toml")
    for action in (command.upgrade, command.upgrade):
        await asyncio.to_thread(action, config, "head")
    await asyncio.to_thread(command.check, config)
    await asyncio.to_thread(command.upgrade, config, "head", sql=True)
    assert "CREATE TABLE users" in capsys.readouterr().out


class TestFirstStart:
    """In an empty folder, with nothing configured, the service makes its own database."""

    @pytest.fixture
    def environment(self) -> dict[str, str]:
        settings = {name.upper() for name in settings_for("sqlite://").model_fields_set} | {"SECRET_KEY"}
        kept = {name: value for name, value in os.environ.items() if name.upper() not in settings}
        return kept | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}

    @pytest.fixture
    def address(self, tmp_path: Path, environment: dict[str, str]) -> Iterator[str]:
        command = [sys.executable, "-m", "uvicorn", "reference_app.main:app", "--port", "0"]
        with (
            (tmp_path / "output").open("w+b") as output,
            subprocess.Popen(
                command, cwd=tmp_path, env=environment, stdout=output, stderr=subprocess.PIPE, text=True
            ) as server,
        ):
            assert server.stderr
            log = ""
            for line in server.stderr:
                log += line
                if found := re.search(r"running on (http://\S+)", line):
                    break
            else:
                pytest.fail(f"the server did not start:\n{log}")
            yield found[1]
            server.terminate()
            server.communicate()

    async def test_serves(self, address: str, tmp_path: Path) -> None:
        async with httpx.AsyncClient(base_url=address, trust_env=False) as client:
            assert (await client.get("/health")).status_code == 200
            assert (await client.get("/docs")).status_code == 200
            user = await register(client, "alice")
            client.headers["Authorization"] = f"Bearer {await login(client, user['email'])}"
            await create_product(client)
            assert [(await client.get(path)).json()["total"] for path in (USERS, PRODUCTS)] == [1, 1]
        assert (tmp_path / "reference.db").is_file()


class TestSuperuser:
    """An administrator is made on the command line; no request can make the first one."""

    @pytest.fixture(autouse=True)
    def configured(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATABASE_URL", database_url(database))
        monkeypatch.setenv("ARGON2_MEMORY_KIB", "8")
        monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)

    async def cli(self, *arguments: str) -> int:
        return await asyncio.to_thread(main, arguments)

    async def test_is_created_and_logs_in(
        self, database: Database, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert await self.cli("migrate") == 0
        assert await self.cli("create-superuser", "--email", "Root@Example.com", "--full-name", "Root") == 0
        application = create_app(settings_for(database_url(database)))
        async with application.router.lifespan_context(application), Client(application) as client:
            token = await login(client, "root@example.com")
            user = (await client.get(f"{USERS}/me", headers={"Authorization": f"Bearer {token}"})).json()
        assert (user["full_name"], user["is_superuser"], user["is_active"]) == ("Root", True, True)
        assert PASSWORD not in "".join(capsys.readouterr())

    async def test_is_created_once(self, database: Database) -> None:
        await self.cli("migrate")
        for spelling in ("root@example.com", "ROOT@example.com"):
            assert await self.cli("create-superuser", "--email", spelling) == 0
        async with database.engine.connect() as connection:
            assert (await connection.scalar(select(func.count()).select_from(User))) == 1

    async def test_is_no_user_who_registered(
        self, database: Database, capsys: pytest.CaptureFixture[str]
    ) -> None:
        await self.cli("migrate")
        application = create_app(settings_for(database_url(database)))
        async with application.router.lifespan_context(application), Client(application) as client:
            await register(client, "alice")
            token = await login(client, "alice@example.com")
            assert await self.cli("create-superuser", "--email", "alice@example.com") == 1
            answer = await client.get(f"{USERS}/me", headers={"Authorization": f"Bearer {token}"})
        assert "alice@example.com: " in capsys.readouterr().err
        assert answer.json()["is_superuser"] is False

    def test_help(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        monkeypatch.setattr(sys, "argv", ["cli", "--help"])
        with pytest.raises(SystemExit) as exit_:
            runpy.run_path(str(ROOT / "reference_app/cli.py"), run_name="__main__")
        assert exit_.value.code == 0
        assert "create-superuser" in capsys.readouterr().out

    @pytest.mark.parametrize(("email", "password"), [("no address", PASSWORD), ("root@example.com", "short")])
    async def test_refuses(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], email: str, password: str
    ) -> None:
        monkeypatch.setenv(PASSWORD_VARIABLE, password)
        assert await self.cli("create-superuser", "--email", email) == 1
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert password not in error
