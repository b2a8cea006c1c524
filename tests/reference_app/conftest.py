"""The application on a migrated database, once on SQLite and once on PostgreSQL, and its users.

The application runs as it is served: its lifespan, its own engine and its own session for each request.
Nothing is overridden, so what a request did not commit the next one does not see.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Table, insert, select, update

from reference_app.api.throttle import Throttle
from reference_app.core.config import Settings
from reference_app.db.base import Base, Product, User
from reference_app.db.migrate import migrate
from reference_app.db.session import Database
from reference_app.main import create_app
from reference_app.utils.helpers import utcnow
from tests.reference_app.actors import Client, login, register
from tests.reference_app.postgres import create_database, postgres_cluster

NewDatabase = Callable[[], str]
AddRows = Callable[..., Awaitable[list[int]]]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with postgres_cluster() as server:
        yield server


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> NewDatabase:
    """Return a function that creates an empty database and returns its URL."""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_server")
        return lambda: create_database(server)
    return lambda: f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('sqlite') / 'test.db'}"


def settings_for(database_url: str) -> Settings:
    """Return settings that depend on no environment, with the cheapest of hashes."""
    return Settings(
        _env_file=None,
        environment="development",
        log_level="INFO",
        database_url=database_url,
        secret_key="a key that signs tokens in tests only",
        argon2_memory_kib=8,
        argon2_time_cost=1,
        argon2_parallelism=1,
    )


@pytest.fixture(scope="session")
def settings(new_database: NewDatabase) -> Settings:
    return settings_for(new_database())


@pytest.fixture(scope="session")
async def migrated(settings: Settings) -> AsyncIterator[Database]:
    """Give the tests' own way into the database that the application uses."""
    database = Database(settings)
    await migrate(database)
    yield database
    await database.dispose()


@pytest.fixture(scope="session")
async def running(settings: Settings, migrated: Database) -> AsyncIterator[FastAPI]:
    application = create_app(settings)
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture
async def database(migrated: Database) -> Database:
    """Give the database with all tables empty."""
    async with migrated.engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            await connection.execute(table.delete())
    return migrated


@pytest.fixture
def app(running: FastAPI, database: Database) -> FastAPI:
    running.state.throttle = Throttle()  # what other tests guessed is forgotten
    return running


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[Client]:
    """Give a client that is nobody."""
    async with Client(app) as client:
        yield client


async def actor(app: FastAPI, client: Client, name: str) -> AsyncIterator[Client]:
    user = await register(client, name)
    async with Client(app, await login(client, user["email"])) as client_of_user:
        client_of_user.user = user
        yield client_of_user


@pytest.fixture
async def alice(app: FastAPI, client: Client) -> AsyncIterator[Client]:
    async for client_of_user in actor(app, client, "alice"):
        yield client_of_user


@pytest.fixture
async def bob(app: FastAPI, client: Client, alice: Client) -> AsyncIterator[Client]:
    """Give an ordinary user who registered after alice."""
    async for client_of_user in actor(app, client, "bob"):
        yield client_of_user


@pytest.fixture
async def admin(app: FastAPI, client: Client, bob: Client, change_user: Any) -> AsyncIterator[Client]:
    """Give a superuser who registered after alice and bob."""
    async for client_of_user in actor(app, client, "admin"):
        await change_user(client_of_user.user["id"], is_superuser=True)
        yield client_of_user


@pytest.fixture
def change_user(database: Database) -> Callable[..., Awaitable[None]]:
    """Return a function that changes the row of a user behind the application's back."""

    async def change(user_id: int, **values: Any) -> None:
        async with database.engine.begin() as connection:
            await connection.execute(update(User).where(User.id == user_id).values(**values))

    return change


@pytest.fixture
def stored_hash(database: Database) -> Callable[[int], Awaitable[str]]:
    """Return a function that reads what the database keeps of a user's password."""

    async def read(user_id: int) -> str:
        async with database.engine.connect() as connection:
            return (await connection.execute(select(User.hashed_password).filter_by(id=user_id))).scalar_one()

    return read


@pytest.fixture
def add_products(database: Database, alice: Client) -> AddRows:
    """Return a function that adds products of alice: so many or so named, a second apart or at once."""

    async def add(names: int | list[str], at_once: bool = False) -> list[int]:
        common = {"price": Decimal(1), "owner_id": alice.user["id"]}
        return await add_rows(database, Product.__table__, "name", names, at_once, common)

    return add


@pytest.fixture
def add_users(database: Database) -> AddRows:
    """Return a function that adds users who cannot log in."""

    async def add(names: int | list[str], at_once: bool = False) -> list[int]:
        return await add_rows(database, User.__table__, "full_name", names, at_once, {"hashed_password": "!"})

    return add


async def add_rows(
    database: Database,
    table: Table,
    column: str,
    names: int | list[str],
    at_once: bool,
    common: dict[str, Any],
) -> list[int]:
    if isinstance(names, int):
        names = [f"Row {number}" for number in range(names)]
    start, step = utcnow(), timedelta(seconds=0 if at_once else 1)
    numbers = []
    async with database.engine.begin() as connection:
        for number, name in enumerate(names):
            row = {column: name, "created_at": start + number * step} | common
            if "email" in table.c:
                row["email"] = f"row{number}@example.org"
            inserted = await connection.execute(insert(table).values(row).returning(table.c.id))
            numbers.append(inserted.scalar_one())
    return numbers
