import asyncio
from pathlib import Path

import pytest

from reference_app import cli
from reference_app.core.config import Settings
from reference_app.db.session import Database
from reference_app.models.user import User
from reference_app.repositories.user_repository import UserRepository


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/cli.db")
    monkeypatch.setenv("ARGON2_MEMORY_KIB", "8")
    monkeypatch.setenv(cli.PASSWORD_VARIABLE, "correct horse")


def find(email: str) -> User | None:
    async def look() -> User | None:
        database = Database(Settings())
        async with database.session() as session:
            user = await UserRepository(session).get_by_email(email)
        await database.dispose()
        return user

    return asyncio.run(look())


def test_migrating_twice(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["migrate"]) == cli.main(["migrate"]) == 0
    assert "up to date" in capsys.readouterr().out


def test_creating_a_superuser_in_an_empty_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["create-superuser", "--email", "Root@example.com"]) == 0
    user = find("root@example.com")
    assert user is not None
    assert user.is_superuser
    assert "is a superuser now" in capsys.readouterr().out


def test_creating_it_again_changes_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.main(["create-superuser", "--email", "root@example.com"])
    before = find("root@example.com")
    monkeypatch.setenv(cli.PASSWORD_VARIABLE, "another horse")
    assert cli.main(["create-superuser", "--email", "root@example.com"]) == 0
    after = find("root@example.com")
    assert before is not None
    assert after is not None
    assert before.hashed_password == after.hashed_password
    assert "already" in capsys.readouterr().out


def test_an_ordinary_user_is_not_promoted(capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["migrate"])

    async def register() -> None:
        database = Database(Settings())
        async with database.session.begin() as session:
            row = {"email": "alice@example.com", "full_name": "Alice", "hashed_password": "none"}
            await UserRepository(session).create(row)
        await database.dispose()

    asyncio.run(register())
    assert cli.main(["create-superuser", "--email", "alice@example.com"]) == 1
    assert "already registered" in capsys.readouterr().err
    assert not find("alice@example.com").is_superuser


def test_the_password_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(cli.PASSWORD_VARIABLE)
    monkeypatch.setattr(cli, "getpass", lambda: "typed by hand")
    assert cli.main(["create-superuser", "--email", "root@example.com"]) == 0


def test_what_is_wrong_is_said_without_the_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(cli.PASSWORD_VARIABLE, "s3cret")
    assert cli.main(["create-superuser", "--email", "root"]) == 1
    written = capsys.readouterr().err
    assert "email: Value is not a valid e-mail address" in written
    assert "password: String should have at least 8 characters" in written
    assert "s3cret" not in written


def test_without_a_terminal_the_variable_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_terminal() -> str:
        raise EOFError

    monkeypatch.delenv(cli.PASSWORD_VARIABLE)
    monkeypatch.setattr(cli, "getpass", no_terminal)
    assert cli.main(["create-superuser", "--email", "root@example.com"]) == 1
    assert cli.PASSWORD_VARIABLE in capsys.readouterr().err
