"""A shop, a package for each domain: router, service, repository, models and schemas of one thing stand together.

Users who log in, SQLAlchemy's asynchronous session, the standard library's logger, Poetry, no `src`.
"""

from __future__ import annotations

FILES = {
    "pyproject.toml": """
        [tool.poetry]
        name = "shop"
        version = "0.4.0"
        description = "Orders"
        authors = []
        packages = [{ include = "shop" }]

        [tool.poetry.dependencies]
        python = "^3.12"
        fastapi = { version = "^0.115", extras = ["standard"] }
        sqlalchemy = { version = "^2.0", extras = ["asyncio"] }
        asyncpg = "^0.30"
        pydantic-settings = "^2.6"
        pyjwt = "^2.9"
        argon2-cffi = "^23.1"
        alembic = "^1.14"
        python-multipart = "*"

        [tool.poetry.group.dev.dependencies]
        pytest = "^8"
        anyio = "^4"
        httpx = "^0.28"
    """,
    ".env.example": "DATABASE_URL=\nSIGNING_KEY=\n",
    ".gitignore": ".env\n",
    "README.md": "# Shop\n",
    "alembic.ini": "[alembic]\nscript_location = migrations\n",
    "migrations/env.py": """
        from alembic import context

        from shop.database import Base
        from shop.orders import models as order_models
        from shop.users import models as user_models

        assert order_models and user_models
        context.configure(target_metadata=Base.metadata)
    """,
    "migrations/versions/a1_first.py": """
        from alembic import op

        revision = "a1"
        down_revision = None


        def upgrade() -> None:
            op.execute("CREATE TABLE users (id serial PRIMARY KEY, email text UNIQUE, password_hash text)")
            op.execute("CREATE TABLE orders (id serial PRIMARY KEY, buyer_id int REFERENCES users, note text)")
    """,
    "shop/__init__.py": "",
    "shop/config.py": """
        from functools import lru_cache

        from pydantic import PostgresDsn, SecretStr
        from pydantic_settings import BaseSettings


        class Settings(BaseSettings):
            database_url: PostgresDsn
            signing_key: SecretStr
            token_minutes: int = 30


        @lru_cache
        def get_settings() -> Settings:
            return Settings()
    """,
    "shop/database.py": """
        from collections.abc import AsyncIterator
        from functools import lru_cache
        from typing import Annotated

        from fastapi import Depends
        from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
        from sqlalchemy.orm import DeclarativeBase

        from shop.config import get_settings


        class Base(DeclarativeBase):
            pass


        @lru_cache
        def session_factory() -> async_sessionmaker[AsyncSession]:
            return async_sessionmaker(create_async_engine(str(get_settings().database_url)))


        async def get_session() -> AsyncIterator[AsyncSession]:
            async with session_factory()() as session, session.begin():
                yield session


        DbSession = Annotated[AsyncSession, Depends(get_session)]
    """,
    "shop/exceptions.py": """
        import logging

        from fastapi import FastAPI, Request
        from fastapi.exceptions import RequestValidationError
        from fastapi.responses import JSONResponse
        from sqlalchemy.exc import IntegrityError

        logger = logging.getLogger(__name__)


        class ShopError(Exception):
            status = 400


        class Missing(ShopError):
            status = 404


        class Refused(ShopError):
            status = 401


        async def on_shop_error(request: Request, error: ShopError) -> JSONResponse:
            return JSONResponse({"detail": str(error)}, error.status)


        async def on_invalid(request: Request, error: RequestValidationError) -> JSONResponse:
            return JSONResponse({"detail": [one["msg"] for one in error.errors()]}, 422)


        async def on_conflict(request: Request, error: IntegrityError) -> JSONResponse:
            logger.warning("integrity error on %s", request.url.path)
            return JSONResponse({"detail": "conflict"}, 409)


        async def on_anything(request: Request, error: Exception) -> JSONResponse:
            logger.error("unhandled error on %s", request.url.path, exc_info=error)
            return JSONResponse({"detail": "internal error"}, 500)


        def add_handlers(app: FastAPI) -> None:
            app.add_exception_handler(ShopError, on_shop_error)
            app.add_exception_handler(RequestValidationError, on_invalid)
            app.add_exception_handler(IntegrityError, on_conflict)
            app.add_exception_handler(Exception, on_anything)
    """,
    "shop/main.py": """
        from fastapi import FastAPI

        from shop.exceptions import add_handlers
        from shop.orders.router import router as orders
        from shop.users.router import router as users

        app = FastAPI(title="Shop")
        add_handlers(app)
        for router in (orders, users):
            app.include_router(router, prefix="/api")
    """,
    "shop/orders/__init__.py": "",
    "shop/orders/models.py": """
        from sqlalchemy import ForeignKey
        from sqlalchemy.orm import Mapped, mapped_column

        from shop.database import Base


        class Order(Base):
            __tablename__ = "orders"

            id: Mapped[int] = mapped_column(primary_key=True)
            buyer_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
            note: Mapped[str]
    """,
    "shop/orders/schemas.py": """
        from pydantic import BaseModel, ConfigDict, Field


        class OrderIn(BaseModel):
            note: str = Field(default="", max_length=500)


        class OrderOut(OrderIn):
            model_config = ConfigDict(from_attributes=True)

            id: int


        class OrderPage(BaseModel):
            items: list[OrderOut]
            total: int
    """,
    "shop/orders/repository.py": """
        from collections.abc import Sequence

        from sqlalchemy import func, select
        from sqlalchemy.ext.asyncio import AsyncSession

        from shop.orders.models import Order


        class OrderRepository:
            def __init__(self, session: AsyncSession) -> None:
                self.session = session

            async def add(self, order: Order) -> Order:
                self.session.add(order)
                await self.session.flush()
                return order

            async def of_buyer(self, buyer_id: int, offset: int, limit: int) -> Sequence[Order]:
                mine = select(Order).where(Order.buyer_id == buyer_id)
                found = await self.session.scalars(mine.order_by(Order.id.desc()).offset(offset).limit(limit))
                return found.all()

            async def count(self, buyer_id: int) -> int:
                counted = select(func.count()).select_from(Order).where(Order.buyer_id == buyer_id)
                return await self.session.scalar(counted) or 0

            async def one(self, buyer_id: int, order_id: int) -> Order | None:
                found = select(Order).where(Order.id == order_id, Order.buyer_id == buyer_id)
                return await self.session.scalar(found)
    """,
    "shop/orders/service.py": """
        from collections.abc import Sequence

        from shop.exceptions import Missing
        from shop.orders.models import Order
        from shop.orders.repository import OrderRepository


        class OrderService:
            def __init__(self, orders: OrderRepository) -> None:
                self._orders = orders

            async def place(self, buyer_id: int, note: str) -> Order:
                return await self._orders.add(Order(buyer_id=buyer_id, note=note))

            async def page(self, buyer_id: int, page: int, size: int) -> tuple[Sequence[Order], int]:
                found = await self._orders.of_buyer(buyer_id, (page - 1) * size, size)
                return found, await self._orders.count(buyer_id)

            async def get(self, buyer_id: int, order_id: int) -> Order:
                order = await self._orders.one(buyer_id, order_id)
                if order is None:
                    raise Missing("no such order")
                return order
    """,
    "shop/orders/dependencies.py": """
        from typing import Annotated

        from fastapi import Depends

        from shop.database import DbSession
        from shop.orders.repository import OrderRepository
        from shop.orders.service import OrderService


        async def order_service(session: DbSession) -> OrderService:
            return OrderService(OrderRepository(session))


        Orders = Annotated[OrderService, Depends(order_service)]
    """,
    "shop/orders/router.py": """
        from typing import Annotated

        from fastapi import APIRouter, Path, Query

        from shop.orders.dependencies import Orders
        from shop.orders.schemas import OrderIn, OrderOut, OrderPage
        from shop.users.dependencies import CurrentUser

        router = APIRouter(prefix="/orders", tags=["orders"])
        Size = Annotated[int, Query(ge=1, le=100)]


        @router.post("/", response_model=OrderOut, status_code=201)
        async def place_order(body: OrderIn, user: CurrentUser, orders: Orders) -> object:
            return await orders.place(user.id, body.note)


        @router.get("/", response_model=OrderPage)
        async def list_orders(
            user: CurrentUser, orders: Orders, page: Annotated[int, Query(ge=1, le=10_000)] = 1, size: Size = 20
        ) -> dict[str, object]:
            items, total = await orders.page(user.id, page, size)
            return {"items": items, "total": total}


        @router.get("/{order_id}", response_model=OrderOut)
        async def get_order(
            order_id: Annotated[int, Path(ge=1, le=2**31 - 1)], user: CurrentUser, orders: Orders
        ) -> object:
            return await orders.get(user.id, order_id)
    """,
    "shop/users/__init__.py": "",
    "shop/users/models.py": """
        from sqlalchemy.orm import Mapped, mapped_column

        from shop.database import Base


        class User(Base):
            __tablename__ = "users"

            id: Mapped[int] = mapped_column(primary_key=True)
            email: Mapped[str] = mapped_column(unique=True)
            password_hash: Mapped[str]
    """,
    "shop/users/schemas.py": """
        from typing import Annotated

        from pydantic import BaseModel, ConfigDict, EmailStr, Field, SecretStr


        class SignUp(BaseModel):
            email: EmailStr
            password: Annotated[SecretStr, Field(min_length=12, max_length=128)]


        class Profile(BaseModel):
            model_config = ConfigDict(from_attributes=True)

            id: int
            email: str


        class Token(BaseModel):
            access_token: str
            token_type: str = "bearer"
    """,
    "shop/users/security.py": """
        from datetime import UTC, datetime, timedelta

        import jwt
        from argon2 import PasswordHasher
        from argon2.exceptions import VerificationError

        from shop.config import Settings

        ALGORITHM = "HS256"
        hasher = PasswordHasher()


        def matches(password: str, digest: str) -> bool:
            try:
                return hasher.verify(digest, password)
            except VerificationError:
                return False


        def issue(user_id: int, settings: Settings) -> str:
            until = datetime.now(UTC) + timedelta(minutes=settings.token_minutes)
            claims = {"sub": str(user_id), "exp": until}
            return jwt.encode(claims, settings.signing_key.get_secret_value(), ALGORITHM)


        def subject(token: str, settings: Settings) -> int | None:
            try:
                claims = jwt.decode(token, settings.signing_key.get_secret_value(), algorithms=[ALGORITHM])
            except jwt.InvalidTokenError:
                return None
            return int(claims["sub"])
    """,
    "shop/users/repository.py": """
        from sqlalchemy import select
        from sqlalchemy.ext.asyncio import AsyncSession

        from shop.users.models import User


        class UserRepository:
            def __init__(self, session: AsyncSession) -> None:
                self.session = session

            async def by_email(self, email: str) -> User | None:
                return await self.session.scalar(select(User).where(User.email == email))

            async def by_id(self, user_id: int) -> User | None:
                return await self.session.get(User, user_id)

            async def add(self, user: User) -> User:
                self.session.add(user)
                await self.session.flush()
                return user
    """,
    "shop/users/service.py": """
        import asyncio
        import logging

        from shop.config import Settings
        from shop.exceptions import Refused
        from shop.users.models import User
        from shop.users.repository import UserRepository
        from shop.users.schemas import SignUp
        from shop.users.security import hasher, issue, matches, subject

        logger = logging.getLogger(__name__)


        class UserService:
            def __init__(self, users: UserRepository, settings: Settings) -> None:
                self._users = users
                self._settings = settings

            async def sign_up(self, data: SignUp) -> User:
                digest = await asyncio.to_thread(hasher.hash, data.password.get_secret_value())
                user = await self._users.add(User(email=data.email, password_hash=digest))
                logger.info("signed up", extra={"user_id": user.id})
                return user

            async def log_in(self, email: str, password: str) -> str:
                user = await self._users.by_email(email)
                if user is None or not await asyncio.to_thread(matches, password, user.password_hash):
                    raise Refused("wrong e-mail or password")
                return issue(user.id, self._settings)

            async def of_token(self, token: str) -> User:
                user_id = subject(token, self._settings)
                user = None if user_id is None else await self._users.by_id(user_id)
                if user is None:
                    raise Refused("no valid token")
                return user
    """,
    "shop/users/dependencies.py": """
        from typing import Annotated

        from fastapi import Depends
        from fastapi.security import OAuth2PasswordBearer

        from shop.config import Settings, get_settings
        from shop.database import DbSession
        from shop.users.models import User
        from shop.users.repository import UserRepository
        from shop.users.service import UserService

        bearer = OAuth2PasswordBearer(tokenUrl="/api/users/token")


        async def user_service(
            session: DbSession, settings: Annotated[Settings, Depends(get_settings)]
        ) -> UserService:
            return UserService(UserRepository(session), settings)


        Users = Annotated[UserService, Depends(user_service)]


        async def current_user(token: Annotated[str, Depends(bearer)], users: Users) -> User:
            return await users.of_token(token)


        CurrentUser = Annotated[User, Depends(current_user)]
    """,
    "shop/users/router.py": """
        from typing import Annotated

        from fastapi import APIRouter, Depends
        from fastapi.security import OAuth2PasswordRequestForm

        from shop.users.dependencies import CurrentUser, Users
        from shop.users.schemas import Profile, SignUp, Token

        router = APIRouter(prefix="/users", tags=["users"])


        @router.post("/", response_model=Profile, status_code=201)
        async def sign_up(body: SignUp, users: Users) -> object:
            return await users.sign_up(body)


        @router.post("/token")
        async def log_in(form: Annotated[OAuth2PasswordRequestForm, Depends()], users: Users) -> Token:
            return Token(access_token=await users.log_in(form.username, form.password))


        @router.get("/me", response_model=Profile)
        async def me(user: CurrentUser) -> object:
            return user
    """,
    "tests/__init__.py": "",
    "tests/conftest.py": """
        from collections.abc import AsyncIterator

        import httpx
        import pytest

        from shop.main import app


        @pytest.fixture
        def anyio_backend() -> str:
            return "asyncio"


        @pytest.fixture
        async def api() -> AsyncIterator[httpx.AsyncClient]:
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="http://shop/api") as client:
                yield client
    """,
    "tests/test_users.py": """
        import httpx
        import pytest

        pytestmark = pytest.mark.anyio


        async def logged_in(api: httpx.AsyncClient) -> dict[str, str]:
            account = {"email": "ann@example.org", "password": "correct horse battery"}
            await api.post("/users/", json=account)
            form = {"username": account["email"], "password": account["password"]}
            token = (await api.post("/users/token", data=form)).json()["access_token"]
            return {"Authorization": f"Bearer {token}"}


        async def test_who_signs_up_is_known(api: httpx.AsyncClient) -> None:
            headers = await logged_in(api)
            assert (await api.get("/users/me", headers=headers)).json()["email"] == "ann@example.org"
    """,
    "tests/test_orders.py": """
        import httpx
        import pytest

        from tests.test_users import logged_in

        pytestmark = pytest.mark.anyio


        async def test_an_order_is_placed_and_found(api: httpx.AsyncClient) -> None:
            headers = await logged_in(api)
            placed = (await api.post("/orders/", json={"note": "soon"}, headers=headers)).json()
            assert (await api.get(f"/orders/{placed['id']}", headers=headers)).json() == placed
            assert (await api.get("/orders/", headers=headers)).json()["total"] == 1
    """,
}
