"""Faults in the twins, each one that such a structure makes likely."""

from __future__ import annotations

from tests.source.projects import Text
from tests.source.twins import domains, hexagonal, one_base, plain_sql

LENDING = "src/lending"


def changed(files: Text, path: str, *lines: tuple[str, str]) -> Text:
    """The files with parts of one of them replaced."""
    text = files[path]
    for old, new in lines:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
        text = text.replace(old, new)
    return {**files, path: text}


def moved(files: Text, old: str, new: str) -> Text:
    """The files with one of them elsewhere, and with imports that say so."""
    before, after = (path.removeprefix("src/").removesuffix(".py").replace("/", ".") for path in (old, new))
    return {new if path == old else path: text.replace(before, after) for path, text in files.items()}


def in_hexagonal(path: str, *lines: tuple[str, str]) -> Text:
    return changed(hexagonal.FILES, f"{LENDING}/{path}", *lines)


def in_domains(path: str, *lines: tuple[str, str]) -> Text:
    return changed(domains.FILES, path, *lines)


def in_one_base(path: str, *lines: tuple[str, str]) -> Text:
    return changed(one_base.FILES, f"backend/{path}", *lines)


def in_plain_sql(path: str, *lines: tuple[str, str]) -> Text:
    return changed(plain_sql.FILES, path, *lines)


#: A fault that only such a structure makes likely: what it is -> the project, the rules that find it, and where.
FAULTS: dict[str, tuple[Text, set[str], str]] = {
    "the application imports an inbound adapter": (
        in_hexagonal(
            "application/lending_desk.py",
            (
                "import UnitOfWork\n",
                "import UnitOfWork\n        from lending.adapters.inbound.http.books import Desk\n",
            ),
        ),
        {"ARC-001@source"},
        "src/lending/application/lending_desk.py",
    ),
    "an outbound adapter imports a use case": (
        in_hexagonal(
            "adapters/outbound/persistence/shelf.py",
            ("import Book\n\n", "import Book\n        from lending.application.lending_desk import log\n\n"),
        ),
        {"ARC-001@source"},
        "src/lending/adapters/outbound/persistence/shelf.py",
    ),
    "a use case answers 404": (
        in_hexagonal(
            "application/lending_desk.py",
            ("import structlog\n", "import structlog\n        from fastapi import HTTPException\n"),
            (
                "book is None:\n                    raise BookUnknown(book_id)",
                "book is None:\n                    raise HTTPException(404)",
            ),
        ),
        {"ARC-003@source", "COD-013@source"},
        "src/lending/application/lending_desk.py",
    ),
    "a router of one domain counts the rows of another": (
        in_domains(
            "shop/users/router.py",
            (
                "OAuth2PasswordRequestForm\n\n",
                "OAuth2PasswordRequestForm\n        from sqlalchemy import func, select\n\n",
            ),
            (
                "from shop.users.dependencies",
                "from shop.database import DbSession\n        from shop.orders.models import Order\n        from shop.users.dependencies",
            ),
            ("me(user: CurrentUser)", "me(user: CurrentUser, session: DbSession)"),
            (
                "            return user\n",
                (
                    "            await session.scalar(select(func.count(Order.id)).where(Order.buyer_id == user.id))\n"
                    "            return user\n"
                ),
            ),
        ),
        {"ARC-004@source"},
        "shop/users/router.py",
    ),
    "a repository of one domain imports the service of another": (
        in_domains(
            "shop/orders/repository.py",
            (
                "from shop.orders.models",
                "from shop.users.service import UserService\n        from shop.orders.models",
            ),
        ),
        {"ARC-001@source"},
        "shop/orders/repository.py",
    ),
    "the profile has the password of the sign-up": (
        in_domains("shop/users/schemas.py", ("class Profile(BaseModel):", "class Profile(SignUp):")),
        {"SEC-002@source"},
        "shop/users/schemas.py",
    ),
    "no test asks for the profile": (
        in_domains(
            "tests/test_users.py",
            ('(await api.get("/users/me", headers=headers)).json()["email"]', 'headers["email"]'),
        ),
        {"PRJ-012@source"},
        "shop/users/router.py",
    ),
    "the table is a body": (
        in_one_base(
            "api/routes.py",
            ("import SensorCreate", "import Sensor, SensorCreate"),
            ("sensor_in: SensorCreate)", "sensor_in: Sensor)"),
        ),
        {"CON-013@source"},
        "backend/api/routes.py",
    ),
    "the envelope holds tables": (
        in_one_base("tables.py", ("data: list[SensorPublic]", "data: list[Sensor]")),
        {"CON-013@source"},
        "backend/api/routes.py",
    ),
    "all rows through three functions": (
        in_one_base("crud/sensors.py", (".offset(skip).limit(limit)", "")),
        {"DAT-010@source"},
        "backend/crud/sensors.py",
    ),
    "an engine of SQLModel is synchronous": (
        in_one_base(
            "engine.py",
            (
                "create_async_engine\n        from sqlmodel",
                "create_async_engine\n        from sqlmodel import create_engine\n        from sqlmodel",
            ),
            ("return create_async_engine(", "return create_engine("),
        ),
        {"DAT-002@source"},
        "backend/engine.py",
    ),
    "a dependency takes any page size": (
        in_one_base("api/deps.py", ("Query(gt=0, le=100)", "Query(gt=0)")),
        {"PAG-003@source"},
        "backend/api/deps.py",
    ),
    "a word in the text of a query": (
        in_plain_sql(
            "notes/repositories/notes.py",
            ("'%' || $1 || '%'", "'%{word}%'"),
            ("OFFSET $2 LIMIT $3", "OFFSET $1 LIMIT $2"),
            ("                    word,\n", ""),
        ),
        {"DAT-009@source"},
        "notes/repositories/notes.py",
    ),
    "the order of a query is any text": (
        in_plain_sql(
            "notes/repositories/notes.py",
            ("order: Order, offset", "order: str, offset"),
            ("order.value", "order"),
        ),
        {"DAT-009@source"},
        "notes/repositories/notes.py",
    ),
    "a service has the pool": (
        in_plain_sql(
            "notes/services/notebook.py",
            ("from uuid import UUID, uuid4\n", "from uuid import UUID, uuid4\n\n        import asyncpg\n"),
            ("notes: NoteRepository)", "notes: NoteRepository, pool: asyncpg.Pool)"),
            ("self._notes = notes\n", "self._notes = notes\n                self._pool = pool\n"),
            (
                "await self._notes.delete(note_id)",
                "await self._pool.execute('DELETE FROM notes WHERE id = $1', note_id)",
            ),
        ),
        {"ARC-004@source"},
        "notes/services/notebook.py",
    ),
    "an operation connects": (
        in_plain_sql(
            "notes/web/endpoints.py",
            ("from fastapi import APIRouter", "import asyncpg\n        from fastapi import APIRouter"),
            (
                "            return await book.read(note_id)",
                "            await (await asyncpg.connect()).close()\n            return await book.read(note_id)",
            ),
        ),
        {"ARC-007@source"},
        "notes/web/endpoints.py",
    ),
    "a class of paging without a maximum": (
        in_plain_sql("notes/web/endpoints.py", ("Query(ge=1, le=100)", "Query(ge=1)")),
        {"PAG-003@source"},
        "notes/web/endpoints.py",
    ),
}
