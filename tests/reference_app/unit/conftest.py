"""A database of its own for every test: a migrated SQLite file."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from reference_app.core.config import Settings
from reference_app.core.security import Passwords, Tokens
from reference_app.db.migrate import migrate
from reference_app.db.session import Database
from reference_app.models.user import User
from reference_app.repositories.product_repository import ProductRepository
from reference_app.repositories.user_repository import UserRepository
from reference_app.services.auth_service import AuthService
from reference_app.services.product_service import ProductService
from reference_app.services.user_service import UserService

AddUser = Callable[..., Awaitable[User]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        database_url=f"sqlite:///{tmp_path}/unit.db",
        secret_key="a key that only the unit tests sign with",
        argon2_memory_kib=8,
        argon2_time_cost=1,
    )


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings)
    await migrate(database)
    yield database
    await database.dispose()


@pytest.fixture
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    async with database.session() as session:
        yield session


@pytest.fixture
def users(session: AsyncSession) -> UserRepository:
    return UserRepository(session)


@pytest.fixture
def products(session: AsyncSession) -> ProductRepository:
    return ProductRepository(session)


@pytest.fixture
def passwords(settings: Settings) -> Passwords:
    return Passwords(settings)


@pytest.fixture
def tokens(settings: Settings) -> Tokens:
    return Tokens(settings)


@pytest.fixture
def user_service(users: UserRepository, passwords: Passwords) -> UserService:
    return UserService(users, passwords)


@pytest.fixture
def auth_service(users: UserRepository, passwords: Passwords, tokens: Tokens) -> AuthService:
    return AuthService(users, passwords, tokens)


@pytest.fixture
def product_service(products: ProductRepository) -> ProductService:
    return ProductService(products)


@pytest.fixture
def add_user(users: UserRepository) -> AddUser:
    async def add_user(name: str, **values: object) -> User:
        row = {"email": f"{name}@example.com", "full_name": name.title(), "hashed_password": "none"}
        return await users.create(row | values)

    return add_user


@pytest.fixture
async def alice(add_user: AddUser) -> User:
    return await add_user("alice")


@pytest.fixture
async def bob(add_user: AddUser) -> User:
    return await add_user("bob")


@pytest.fixture
async def admin(add_user: AddUser) -> User:
    return await add_user("admin", is_superuser=True)
