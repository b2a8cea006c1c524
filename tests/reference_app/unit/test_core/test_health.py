from pathlib import Path

from reference_app.core.config import Settings
from reference_app.db.session import Database


async def test_a_database_that_answers(database: Database) -> None:
    assert await database.is_up()


async def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    database = Database(Settings(_env_file=None, database_url=f"sqlite:///{tmp_path}/no/such/folder.db"))
    assert not await database.is_up()
    await database.dispose()


async def test_a_server_that_is_not_there() -> None:
    database = Database(Settings(_env_file=None, database_url="postgresql://nobody@127.0.0.1:1/nothing"))
    assert not await database.is_up()
    await database.dispose()
