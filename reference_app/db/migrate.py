"""Bringing a database up to date with the models, from inside the application."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from reference_app.db.session import Database

# Processes that start together must migrate one after the other.
LOCKS = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "SELECT pg_advisory_xact_lock(20260101)"}


def alembic_config() -> Config:
    """Alembic's configuration for the migrations that ship with this package."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parents[1] / "alembic").replace("%", "%%"))
    return config


async def migrate(database: Database, revision: str = "head") -> None:
    """Upgrade to the revision, all or nothing. Does nothing if the database is there already."""
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql(LOCKS[connection.dialect.name])
        await connection.run_sync(_upgrade, revision)


def _upgrade(connection: Connection, revision: str) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
