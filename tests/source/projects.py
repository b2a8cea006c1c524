"""Small projects, written into a folder and read as a source tree."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from compliance.catalogue import NotApplicable, Rule, Untested, Violation
from compliance.source import Source, read_source

Text = Mapping[str, str]


def project(
    folder: Path, files: Text, package: str = "", layers: Mapping[str, Sequence[str]] | None = None
) -> Source:
    """The source tree of these files: path -> text, whose common indentation does not count."""
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(textwrap.dedent(text), encoding="utf-8")
    return read_source(folder, package, layers)


def verdict(rule: Rule, source: Source, subject: object = None) -> str:
    """What the rule makes of it: `pass`, `violation`, or the reason of an Untested or a NotApplicable."""
    try:
        rule(source, subject or source)
    except Violation:
        return "violation"
    except (Untested, NotApplicable) as reason:
        return str(reason)
    return "pass"


def places(rule: Rule, source: Source, subject: object = None) -> list[str]:
    """Where the rule finds a violation, as `file:line`; empty where it passes."""
    try:
        rule(source, subject or source)
    except Violation as violation:
        return [str(place) for place in violation.proof]
    return []


def found(rule: Rule, source: Source) -> Violation:
    """The violation that the rule raises for the whole of it."""
    with pytest.raises(Violation) as caught:
        rule(source, source)
    return caught.value


def shop(**files: str) -> dict[str, str]:
    """A conformant layered service, with files changed or added: `services__mail` is `app/services/mail.py`."""
    return {**SHOP, **{f"app/{name.replace('__', '/')}.py": text for name, text in files.items()}}


#: The layers of the standard, each with one module that does what the layer is for.
SHOP = {
    "app/__init__.py": "",
    "app/main.py": """
        from fastapi import FastAPI
        from app.api.users import router
        app = FastAPI()
        app.include_router(router)
    """,
    "app/api/users.py": """
        from typing import Annotated
        from fastapi import APIRouter, Depends
        from app.dependencies import get_service
        from app.services.users import UserService

        router = APIRouter()

        @router.get("/users/{user_id}")
        async def get_user(user_id: int, service: Annotated[UserService, Depends(get_service)]):
            return await service.get(user_id)
    """,
    "app/dependencies.py": """
        from collections.abc import AsyncIterator
        from typing import Annotated
        from fastapi import Depends
        from sqlalchemy.ext.asyncio import AsyncSession
        from app.core.database import SessionLocal
        from app.repositories.users import UserRepository
        from app.services.users import UserService

        async def get_session() -> AsyncIterator[AsyncSession]:
            async with SessionLocal() as session:
                yield session
                await session.commit()

        async def get_service(session: Annotated[AsyncSession, Depends(get_session)]) -> UserService:
            return UserService(UserRepository(session))
    """,
    "app/core/database.py": """
        from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
        engine = create_async_engine("sqlite+aiosqlite://")
        SessionLocal = async_sessionmaker(engine)
    """,
    "app/core/config.py": "LIMIT = 10\n",
    "app/services/users.py": """
        from app.repositories.users import UserRepository

        class UserService:
            def __init__(self, users: UserRepository) -> None:
                self.users = users

            async def get(self, user_id: int):
                return await self.users.get(user_id)
    """,
    "app/repositories/users.py": """
        from sqlalchemy import select
        from sqlalchemy.ext.asyncio import AsyncSession
        from app.core.config import LIMIT
        from app.models.user import User

        class UserRepository:
            def __init__(self, session: AsyncSession) -> None:
                self.session = session

            async def get(self, user_id: int) -> User | None:
                return await self.session.get(User, user_id)

            async def all(self):
                return await self.session.scalars(select(User).limit(LIMIT))
    """,
    "app/models/user.py": """
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

        class Base(DeclarativeBase):
            pass

        class User(Base):
            __tablename__ = "users"
            id: Mapped[int] = mapped_column(primary_key=True)
            name: Mapped[str]
    """,
}
