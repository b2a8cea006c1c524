"""The engine and its sessions."""

import asyncio
import sqlite3
import time
from contextlib import suppress
from typing import Any

from sqlalchemy import event, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from reference_app.core.config import Settings
from reference_app.utils.logger import get_logger

BUSY_TIMEOUT_SECONDS = 5
HEALTH_TIMEOUT_SECONDS = 2
JOURNAL_ATTEMPTS = 20
JOURNAL_PAUSE_SECONDS = 0.05

logger = get_logger(__name__)


class Database:
    """One engine for the life of the application."""

    def __init__(self, settings: Settings) -> None:
        self.is_sqlite = make_url(settings.database_url).get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(settings) if self.is_sqlite else _server_engine(settings)
        self.session: async_sessionmaker[AsyncSession] = async_sessionmaker(
            self.engine, expire_on_commit=False
        )

    async def is_up(self) -> bool:
        """Whether the database answers, and soon."""
        try:
            async with asyncio.timeout(HEALTH_TIMEOUT_SECONDS), self.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError) as error:
            logger.warning("database_down", error=type(error).__name__)
            return False
        return True

    async def dispose(self) -> None:
        """Close all connections."""
        await self.engine.dispose()


def _server_engine(settings: Settings) -> AsyncEngine:
    return create_async_engine(
        settings.database_url,
        hide_parameters=True,
        pool_size=settings.database_pool_size,
        max_overflow=0,
        pool_pre_ping=True,
    )


def _sqlite_engine(settings: Settings) -> AsyncEngine:
    # The driver begins a transaction at the first write, and with IMMEDIATE it waits for the lock there.
    # Reads before it lock nothing. A deferred transaction could not wait: one that has read and then
    # writes fails at once when another connection wrote in between.
    engine = create_async_engine(
        settings.database_url,
        hide_parameters=True,
        connect_args={"isolation_level": "IMMEDIATE", "timeout": BUSY_TIMEOUT_SECONDS},
    )
    event.listen(engine.sync_engine, "connect", _set_pragmas)
    return engine


def _set_pragmas(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
    cursor = connection.cursor()
    _write_ahead(cursor)
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()
    # SQLite's own function knows ASCII only; searching should ignore the case of every letter.
    connection.create_function("lower", 1, _lower, deterministic=True)


def _write_ahead(cursor: Any) -> None:  # noqa: ANN401 - the driver's own type
    """Keep the journal beside the database. Whoever turns it on while another does is refused at once, and not made to wait."""
    for _ in range(JOURNAL_ATTEMPTS):
        with suppress(sqlite3.OperationalError):
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        time.sleep(JOURNAL_PAUSE_SECONDS)
    cursor.execute("PRAGMA journal_mode = WAL")


def _lower(value: str | None) -> str | None:
    return None if value is None else value.lower()
