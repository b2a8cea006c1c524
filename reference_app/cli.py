"""Administration: `python -m reference_app.cli migrate` and `… create-superuser --email …`."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from getpass import getpass

from pydantic import ValidationError

from reference_app.core.config import Settings
from reference_app.core.exceptions import ConflictException
from reference_app.core.security import Passwords
from reference_app.db.migrate import migrate
from reference_app.db.session import Database
from reference_app.repositories.user_repository import UserRepository
from reference_app.schemas.user import UserCreate
from reference_app.services.user_service import UserService

PASSWORD_VARIABLE = "REFERENCE_SUPERUSER_PASSWORD"  # noqa: S105 - the variable's name


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments say. The exit status: 0 if it is done, 1 if it cannot be."""
    parser = argparse.ArgumentParser(prog="python -m reference_app.cli", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("migrate", help="bring the database up to date")
    create = commands.add_parser(
        "create-superuser", help=f"the password is read from {PASSWORD_VARIABLE} or asked for"
    )
    create.add_argument("--email", required=True)
    create.add_argument("--full-name", default="Superuser")
    options = parser.parse_args(arguments)

    settings = Settings()
    if options.command == "migrate":
        asyncio.run(_migrate(settings))
        return _say("The database is up to date.")
    try:
        password = os.environ.get(PASSWORD_VARIABLE) or getpass()
        data = UserCreate(email=options.email, full_name=options.full_name, password=password)
        return _say(asyncio.run(_create_superuser(settings, data)))
    except ValidationError as error:
        wrong = "; ".join(f"{problem['loc'][0]}: {problem['msg']}" for problem in error.errors())
        return _say(wrong, status=1)
    except EOFError:
        return _say(f"There is no terminal to ask for the password: set {PASSWORD_VARIABLE}.", status=1)
    except ConflictException as error:
        return _say(f"{data.email}: {error.detail}", status=1)


async def _migrate(settings: Settings) -> None:
    database = Database(settings)
    try:
        await migrate(database)
    finally:
        await database.dispose()


async def _create_superuser(settings: Settings, data: UserCreate) -> str:
    database = Database(settings)
    try:
        if database.is_sqlite:
            await migrate(database)
        async with database.session.begin() as session:
            users = UserRepository(session)
            known = await users.get_by_email(data.email)
            if known is not None and known.is_superuser:
                return f"{data.email} is a superuser already. Nothing was changed."
            await UserService(users, Passwords(settings)).create_user(data, is_superuser=True)
        return f"{data.email} is a superuser now."
    finally:
        await database.dispose()


def _say(message: str, *, status: int = 0) -> int:
    (sys.stderr if status else sys.stdout).write(message + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
