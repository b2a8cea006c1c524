"""A register of sensors with SQLModel: one base under tables and schemas, and no table in a request or an answer.

Function-based repositories and services, Loguru, `requirements.txt`, an application factory.
"""

from __future__ import annotations

FILES = {
    "pyproject.toml": """
        [project]
        name = "sensors"
        version = "2.0"
        requires-python = ">=3.11,<4"
        dynamic = ["dependencies"]

        [tool.setuptools.dynamic]
        dependencies = { file = ["requirements.txt"] }
    """,
    "requirements.txt": """
        alembic==1.14.0
        asyncpg==0.30.0
        fastapi==0.115.6
        loguru==0.7.3
        pydantic-settings==2.7.0
        sqlmodel==0.0.22
        uvicorn==0.34.0
    """,
    "requirements-dev.txt": "-r requirements.txt\nhttpx==0.28.1\npytest==8.3.4\npytest-asyncio==0.25.0\n",
    ".env.example": "DB_URL=\nINGEST_KEY=\n",
    ".gitignore": "*.env\n.env\n",
    "README.md": "# Sensors\n",
    "alembic.ini": "[alembic]\nscript_location = backend/alembic\n",
    "backend/alembic/versions/001_sensor.py": """
        import sqlmodel
        from alembic import op
        from sqlalchemy import Column

        revision = "001"
        down_revision = None


        def upgrade() -> None:
            op.create_table("sensor", Column("id", sqlmodel.Integer, primary_key=True))
    """,
    "backend/__init__.py": "",
    "backend/settings.py": '''
        """Settings of the installation."""

        from pydantic import Field, SecretStr
        from pydantic_settings import BaseSettings, SettingsConfigDict


        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True)

            db_url: SecretStr
            ingest_key: SecretStr = Field(min_length=32)
            page_size_default: int = 25


        def load_settings() -> Settings:
            return Settings()
    ''',
    "backend/tables.py": '''
        """Tables, and the schemas that share their columns."""

        from datetime import UTC, datetime

        from sqlmodel import Field, SQLModel


        class SensorBase(SQLModel):
            name: str = Field(max_length=80, index=True)
            unit: str = Field(default="K", max_length=10)


        class Sensor(SensorBase, table=True):
            id: int | None = Field(default=None, primary_key=True)
            secret_note: str = ""
            created_at: datetime = Field(default_factory=lambda: datetime.now(UTC))


        class SensorCreate(SensorBase):
            pass


        class SensorUpdate(SQLModel):
            name: str | None = Field(default=None, max_length=80)
            unit: str | None = Field(default=None, max_length=10)


        class SensorPublic(SensorBase):
            id: int


        class SensorsPublic(SQLModel):
            data: list[SensorPublic]
            count: int
    ''',
    "backend/engine.py": '''
        """Engine and sessions."""

        from collections.abc import AsyncGenerator

        from fastapi import Request
        from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
        from sqlmodel.ext.asyncio.session import AsyncSession

        from backend.settings import Settings


        def make_engine(settings: Settings) -> AsyncEngine:
            return create_async_engine(settings.db_url.get_secret_value(), pool_pre_ping=True)


        async def open_session(request: Request) -> AsyncGenerator[AsyncSession, None]:
            async with AsyncSession(request.app.state.engine, expire_on_commit=False) as session:
                yield session
    ''',
    "backend/crud/__init__.py": "",
    "backend/crud/sensors.py": '''
        """Rows of sensors."""

        from collections.abc import Sequence

        from sqlmodel import col, func, select
        from sqlmodel.ext.asyncio.session import AsyncSession

        from backend.tables import Sensor, SensorCreate, SensorUpdate


        async def insert(session: AsyncSession, data: SensorCreate) -> Sensor:
            sensor = Sensor.model_validate(data)
            session.add(sensor)
            await session.flush()
            return sensor


        async def fetch(session: AsyncSession, sensor_id: int) -> Sensor | None:
            return await session.get(Sensor, sensor_id)


        async def page(session: AsyncSession, skip: int, limit: int) -> tuple[Sequence[Sensor], int]:
            count = (await session.exec(select(func.count()).select_from(Sensor))).one()
            rows = await session.exec(select(Sensor).order_by(col(Sensor.id)).offset(skip).limit(limit))
            return rows.all(), count


        async def change(session: AsyncSession, sensor: Sensor, data: SensorUpdate) -> Sensor:
            sensor.sqlmodel_update(data.model_dump(exclude_unset=True))
            session.add(sensor)
            await session.flush()
            return sensor
    ''',
    "backend/services/__init__.py": "",
    "backend/services/errors.py": '''
        class UnknownSensorError(LookupError):
            """No sensor has that number."""
    ''',
    "backend/services/register.py": '''
        """What may be done with the register."""

        from collections.abc import Sequence

        from loguru import logger
        from sqlmodel.ext.asyncio.session import AsyncSession

        from backend.crud import sensors
        from backend.services.errors import UnknownSensorError
        from backend.tables import Sensor, SensorCreate, SensorUpdate


        async def add_sensor(session: AsyncSession, data: SensorCreate) -> Sensor:
            sensor = await sensors.insert(session, data)
            await session.commit()
            logger.bind(sensor=sensor.id).info("sensor added")
            return sensor


        async def get_sensor(session: AsyncSession, sensor_id: int) -> Sensor:
            sensor = await sensors.fetch(session, sensor_id)
            if sensor is None:
                raise UnknownSensorError(sensor_id)
            return sensor


        async def list_sensors(session: AsyncSession, skip: int, limit: int) -> tuple[Sequence[Sensor], int]:
            return await sensors.page(session, skip, limit)


        async def update_sensor(session: AsyncSession, sensor_id: int, data: SensorUpdate) -> Sensor:
            sensor = await sensors.change(session, await get_sensor(session, sensor_id), data)
            await session.commit()
            return sensor
    ''',
    "backend/api/__init__.py": "",
    "backend/api/deps.py": """
        from typing import Annotated

        from fastapi import Depends, Query
        from sqlmodel import SQLModel
        from sqlmodel.ext.asyncio.session import AsyncSession

        from backend.engine import open_session

        SessionDep = Annotated[AsyncSession, Depends(open_session)]


        class Paging(SQLModel):
            skip: int
            limit: int


        def paging(
            skip: Annotated[int, Query(ge=0, le=1_000_000)] = 0, limit: Annotated[int, Query(gt=0, le=100)] = 25
        ) -> Paging:
            return Paging(skip=skip, limit=limit)


        PagingDep = Annotated[Paging, Depends(paging)]
    """,
    "backend/api/routes.py": '''
        """All that the service can be asked."""

        from typing import Any

        from fastapi import APIRouter

        from backend.api.deps import PagingDep, SessionDep
        from backend.services import register
        from backend.tables import SensorCreate, SensorPublic, SensorsPublic, SensorUpdate

        api = APIRouter(prefix="/sensors")


        @api.get("/", response_model=SensorsPublic)
        async def read_sensors(session: SessionDep, paging: PagingDep) -> Any:
            data, count = await register.list_sensors(session, paging.skip, paging.limit)
            return {"data": data, "count": count}


        @api.post("/", response_model=SensorPublic, status_code=201)
        async def create_sensor(session: SessionDep, sensor_in: SensorCreate) -> Any:
            return await register.add_sensor(session, sensor_in)


        @api.get("/{sensor_id}", response_model=SensorPublic)
        async def read_sensor(session: SessionDep, sensor_id: int) -> Any:
            return await register.get_sensor(session, sensor_id)


        @api.patch("/{sensor_id}", response_model=SensorPublic)
        async def update_sensor(session: SessionDep, sensor_id: int, sensor_in: SensorUpdate) -> Any:
            return await register.update_sensor(session, sensor_id, sensor_in)
    ''',
    "backend/application.py": '''
        """The factory."""

        from collections.abc import Awaitable, Callable

        from fastapi import FastAPI, Request, Response
        from fastapi.exceptions import RequestValidationError
        from fastapi.responses import JSONResponse
        from loguru import logger
        from sqlalchemy.exc import DBAPIError

        from backend.api.routes import api
        from backend.engine import make_engine
        from backend.services.errors import UnknownSensorError
        from backend.settings import Settings, load_settings


        async def unknown(request: Request, exc: UnknownSensorError) -> JSONResponse:
            return JSONResponse({"detail": "no such sensor"}, status_code=404)


        async def invalid(request: Request, exc: RequestValidationError) -> JSONResponse:
            return JSONResponse({"detail": [error["msg"] for error in exc.errors()]}, status_code=422)


        async def database(request: Request, exc: DBAPIError) -> JSONResponse:
            logger.opt(exception=exc).error("database failed")
            return JSONResponse({"detail": "database failed"}, status_code=503)


        def create_app(settings: Settings | None = None) -> FastAPI:
            app = FastAPI(
                exception_handlers={
                    UnknownSensorError: unknown,
                    RequestValidationError: invalid,
                    DBAPIError: database,
                }
            )
            app.state.engine = make_engine(settings or load_settings())

            @app.middleware("http")
            async def last_resort(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
                try:
                    return await call_next(request)
                except Exception:
                    logger.exception("unhandled")
                    return JSONResponse({"detail": "internal error"}, status_code=500)

            app.include_router(api, prefix="/api/v2")
            return app
    ''',
    "tests/conftest.py": """
        from collections.abc import AsyncIterator

        import pytest_asyncio
        from httpx import ASGITransport, AsyncClient

        from backend.application import create_app


        @pytest_asyncio.fixture
        async def http() -> AsyncIterator[AsyncClient]:
            transport = ASGITransport(create_app())
            async with AsyncClient(transport=transport, base_url="http://testserver") as client:
                yield client
    """,
    "tests/test_sensors.py": """
        import pytest
        from httpx import AsyncClient

        BASE = "/api/v2/sensors"


        @pytest.mark.asyncio
        class TestSensors:
            async def test_create_and_read(self, http: AsyncClient) -> None:
                created = await http.post(f"{BASE}/", json={"name": "attic"})
                number = created.json()["id"]
                assert (await http.get(f"{BASE}/{number}")).json()["name"] == "attic"
                changed = await http.patch(f"{BASE}/{number}", json={"unit": "C"})
                assert changed.json()["unit"] == "C"

            async def test_list(self, http: AsyncClient) -> None:
                assert (await http.get(f"{BASE}/", params={"limit": 1})).status_code == 200
    """,
}
