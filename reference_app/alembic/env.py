"""Alembic's entry point. The application hands it a connection; the command line has it make its own."""

import asyncio

from alembic import context
from sqlalchemy import Connection

from reference_app.core.config import Settings
from reference_app.db.base import Base
from reference_app.db.session import Database


def run_migrations(connection: Connection) -> None:
    """Run the migrations that were asked for on this connection."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_server_default=True,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


async def connect_and_run_migrations() -> None:
    """Run the migrations on the configured database."""
    database = Database(Settings())
    async with database.engine.begin() as connection:
        await connection.run_sync(run_migrations)
    await database.dispose()


def print_sql() -> None:
    """Write the statements instead of executing them (`alembic upgrade head --sql`)."""
    context.configure(url=Settings().database_url, target_metadata=Base.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    print_sql()
elif (given := context.config.attributes.get("connection")) is not None:
    run_migrations(given)
else:
    asyncio.run(connect_and_run_migrations())
