"""The application on a migrated database, once on SQLite and once on PostgreSQL, and its users.

The application runs as it is served: its lifespan, its own engine and its own session for each request.
Nothing is overridden, so what a request did not commit the next one does not see.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack

import pytest
from fastapi import FastAPI
from sqlalchemy import NullPool, update
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from reference_app.core.config import Settings
from reference_app.db.base import Base
from reference_app.main import create_app
from reference_app.models.user import User
from tests.reference_app.actors import Client, login, register
from tests.reference_app.migrations import migrate
from tests.reference_app.postgres import create_database, postgres_cluster

NewDatabase = Callable[[], str]


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


@pytest.fixture(scope="session")
def database_url(new_database: NewDatabase) -> str:
    """Return the URL of the migrated database that the tests share."""
    url = new_database()
    migrate(url)
    return url
