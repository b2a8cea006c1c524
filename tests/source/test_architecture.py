"""The rules of the architecture: what each has to find, and what it must not take for a fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliance.catalogue import Rule, load
from tests.source.projects import found, places, project, shop, verdict

RULES = {rule.id: rule for rule in load().rules if rule.family == "ARC"}
EVERY = pytest.mark.parametrize("name", sorted(RULES))
UPWARD, SKIPPING, PROTOCOL, ACCESS, COMMIT, PRESENCE, INJECTION, DECISIONS = (
    RULES[f"ARC-{number:03}@source"] for number in range(1, 9)
)

ROUTE = """
from typing import Annotated
from fastapi import APIRouter, Depends
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from app.core.database import SessionLocal, engine
from app.dependencies import get_session, get_service
from app.models.user import User
from app.repositories.users import UserRepository
from app.services.users import UserService

router = APIRouter()
SessionDep = Annotated[AsyncSession, Depends(get_session)]
ServiceDep = Annotated[UserService, Depends(get_service)]

"""


def route(body: str, parameters: str = "session: SessionDep", method: str = "post") -> str:
    """A module with one route; its body begins in line 17 of the file."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return f'{ROUTE}@router.{method}("/things")\nasync def handle(data: dict, {parameters}):\n{lines}\n'


class TestAll:
    @EVERY
    def test_the_layers_of_the_standard_are_conformant(self, tmp_path: Path, name: str):
        assert verdict(RULES[name], project(tmp_path, shop())) == "pass"

    @EVERY
    def test_what_cannot_be_read_may_hold_anything(self, tmp_path: Path, name: str):
        source = project(tmp_path, shop(services__broken="def broken(:\n"))

        assert verdict(RULES[name], source).startswith("app/services/broken.py could not be read")

    @EVERY
    def test_a_service_without_a_database_and_without_layers(self, tmp_path: Path, name: str):
        said = verdict(
            RULES[name],
            project(
                tmp_path,
                {
                    "main.py": """
                        from fastapi import FastAPI
                        app = FastAPI()

                        @app.post("/predictions")
                        def predict(features: list[float]) -> float:
                            return sum(features)
                    """
                },
            ),
        )

        assert said == "pass" or said.startswith(("nothing imports", "there are", "only "))

    @EVERY
    def test_hexagonal_folders(self, tmp_path: Path, name: str):
        files = {
            "app/__init__.py": "",
            "app/main.py": "import app.user.adapter.input.api.v1\nfrom fastapi import FastAPI\napp = FastAPI()\n",
            "app/user/adapter/input/api/v1.py": """
                from fastapi import APIRouter, Depends
                from app.container import get_use_case
                from app.user.application.service import UserService
                router = APIRouter()

                @router.post("/users")
                async def create(name: str, use_case: UserService = Depends(get_use_case)):
                    await use_case.create(name)
            """,
            "app/container.py": """
                from app.user.adapter.output.persistence.repository import UserSQLAlchemyRepo
                from app.user.application.service import UserService

                def get_use_case() -> UserService:
                    return UserService(UserSQLAlchemyRepo())
            """,
            "app/user/application/service.py": """
                from app.user.domain.repository import UserRepo

                class UserService:
                    def __init__(self, users: UserRepo) -> None:
                        self.users = users

                    async def create(self, name: str) -> None:
                        await self.users.save(name)
            """,
            "app/user/domain/repository.py": """
                from abc import ABC, abstractmethod

                class UserRepo(ABC):
                    @abstractmethod
                    async def save(self, name: str) -> None: ...
            """,
            "app/user/adapter/output/persistence/repository.py": """
                from sqlalchemy import insert
                from app.core.session import session
                from app.user.domain.repository import UserRepo

                class UserSQLAlchemyRepo(UserRepo):
                    async def save(self, name: str) -> None:
                        await session.execute(insert("users"))
            """,
            "app/core/session.py": """
                from sqlalchemy.ext.asyncio import async_scoped_session, async_sessionmaker
                session = async_scoped_session(async_sessionmaker(), scopefunc=id)
            """,
        }

        assert verdict(RULES[name], project(tmp_path, files)) == "pass"


SENDS = "    def send(self) -> None: ...\n"
PORT = f"from typing import Protocol\nclass Mail(Protocol):\n{SENDS}"
ABSTRACT = "from abc import ABC, abstractmethod\nclass Mail(ABC):\n"
META = "class Mail(metaclass=ABCMeta):\n"


class TestDirection:
    @pytest.mark.parametrize(
        ("file", "text", "line"),
        [
            ("repositories__mail", "from app.services.users import UserService\n", 1),
            ("models__mail", "def send():\n    from app.repositories.users import UserRepository\n", 2),
            ("services__mail", "from app.api import users\n", 1),
            ("services__mail", "from app.main import app\n", 1),
            ("services__mail", "import app.api.users\n", 1),
        ],
    )
    def test_an_import_of_what_lies_further_out(self, tmp_path: Path, file: str, text: str, line: int):
        source = project(tmp_path, shop(**{file: text}))

        assert places(UPWARD, source) == [f"app/{file.replace('__', '/')}.py:{line}"]

    def test_a_way_through_shared_modules(self, tmp_path: Path):
        source = project(
            tmp_path,
            shop(core__config="from app.core.events import E\nLIMIT = 1\n", core__events=UPWARD_EVENTS),
        )

        assert places(UPWARD, source) == ["app/core/events.py:1"]
        assert found(UPWARD, source).observed == (
            "1 place, the first app/core/events.py:1: "
            "imports services, and repositories (app.repositories.users) import this"
        )

    @pytest.mark.parametrize(
        "text",
        [
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from app.api.users import router\n",
            "from app.services.users import UserService\n",
            "from app.repositories import users\nfrom app.models.user import User\nfrom app.core.config import LIMIT\n",
            "from users import api\nimport services\n",
        ],
    )
    def test_what_points_inward_or_is_for_checkers_only(self, tmp_path: Path, text: str):
        assert verdict(UPWARD, project(tmp_path, shop(services__mail=text))) == "pass"

    def test_a_shared_module_may_import_services_where_nothing_inner_imports_it(self, tmp_path: Path):
        assert verdict(UPWARD, project(tmp_path, shop(core__events=UPWARD_EVENTS))) == "pass"

    @pytest.mark.parametrize(
        ("port", "is_one"),
        [
            (PORT, True),
            (f"import abc\nclass Mail(abc.ABC):\n    @abc.abstractmethod\n{SENDS}", True),
            (
                f"from abc import ABCMeta, abstractmethod\n{META}    @property\n    @abstractmethod\n{SENDS}",
                True,
            ),
            (f"{ABSTRACT}    @abstractmethod\n{SENDS}    def resend(self): self.send()\n", False),
            (f"{ABSTRACT}    pass\n", False),
            (f"class Mail:\n{SENDS}", False),
        ],
    )
    @pytest.mark.parametrize(
        "text", ["from app.services.mail import Mail\n", "from app.services import mail\nX = mail.Mail\n"]
    )
    def test_a_port_of_the_services_may_be_implemented(
        self, tmp_path: Path, port: str, is_one: bool, text: str
    ):
        source = project(tmp_path, shop(services__mail=port, repositories__smtp=text))

        assert places(UPWARD, source) == ([] if is_one else ["app/repositories/smtp.py:1"])

    def test_a_port_of_the_routes_is_none_of_the_services(self, tmp_path: Path):
        source = project(tmp_path, shop(api__mail=PORT, services__smtp="from app.api.mail import Mail\n"))

        assert places(UPWARD, source) == ["app/services/smtp.py:1"]

    def test_too_few_layers_are_undecided(self, tmp_path: Path):
        files = {f"app/part{number}.py": "import app\n" for number in range(9)}
        files |= {"app/main.py": "from fastapi import FastAPI\napp = FastAPI()\n"}

        assert verdict(UPWARD, project(tmp_path, files)).startswith("only 1 of 10 modules have a layer")


UPWARD_EVENTS = "from app.services.users import UserService\nE = 1\n"


class TestSkipping:
    @pytest.mark.parametrize(
        ("body", "parameters"),
        [
            ("return await users.get(1)", "users: Annotated[UserRepository, Depends()]"),
            ("return await UserRepository(session).get(1)", "session: SessionDep"),
            ("users = UserRepository(session)\nreturn await users.get(1)", "session: SessionDep"),
        ],
    )
    def test_a_route_that_calls_a_repository(self, tmp_path: Path, body: str, parameters: str):
        line = 17 + body.count("\n") + 1
        source = project(tmp_path, shop(api__things=route(body, parameters)))

        assert places(SKIPPING, source) == [f"app/api/things.py:{line}"]

    def test_a_function_and_an_object_of_a_repository(self, tmp_path: Path):
        repository = "from fastcrud import FastCRUD\ncrud_users = FastCRUD(dict)\ndef find(name): ...\n"
        text = route("a = await crud_users.get(1)\nreturn find(a)").replace(
            "router =", "from app.crud.things import crud_users, find\nrouter ="
        )
        source = project(tmp_path, shop(crud__things=repository, api__things=text))

        assert places(SKIPPING, source) == ["app/api/things.py:19", "app/api/things.py:20"]

    @pytest.mark.parametrize(
        "body",
        [
            "return await UserService(UserRepository(session)).get(1)",
            "users = UserRepository(session)\nreturn await UserService(users).get(1)",
        ],
    )
    def test_a_repository_that_is_handed_to_a_service(self, tmp_path: Path, body: str):
        assert verdict(SKIPPING, project(tmp_path, shop(api__things=route(body)))) == "pass"

    def test_a_function_that_makes_repositories(self, tmp_path: Path):
        factory = "from app.repositories.users import UserRepository\ndef make(db):\n    return UserRepository(db)\n"
        text = route("return await UserService(make(session)).get(1)").replace(
            "router =", "from app.repositories.factory import make\nrouter ="
        )
        source = project(tmp_path, shop(repositories__factory=factory, api__things=text))

        assert verdict(SKIPPING, source) == "pass"

    def test_without_services_another_clause_speaks(self, tmp_path: Path):
        files = shop(api__things=route("return await UserRepository(session).get(1)"))
        for name in ("app/services/users.py", "app/api/users.py", "app/dependencies.py"):
            del files[name]
        source = project(tmp_path, files | {"app/main.py": "from app.api.things import router\n"})

        assert verdict(SKIPPING, source) == "there are no services that a route could ask: ARC-006 says so"
        assert places(PRESENCE, source) == ["app/api/things.py:18"]


class TestProtocol:
    @pytest.mark.parametrize(
        "text",
        [
            "from fastapi import HTTPException\n",
            "from starlette.requests import Request\n",
            "def refuse():\n    import fastapi.responses\n",
        ],
    )
    @pytest.mark.parametrize("file", ["services__mail", "repositories__mail", "models__mail"])
    def test_an_inner_layer_that_speaks_http(self, tmp_path: Path, file: str, text: str):
        assert verdict(PROTOCOL, project(tmp_path, shop(**{file: text}))) == "violation"

    @pytest.mark.parametrize(
        "text",
        [
            "from fastapi import Depends\n",
            "from fastapi.encoders import jsonable_encoder\n",
            "from starlette.concurrency import run_in_threadpool\n",
            "from starlette.authentication import SimpleUser\n",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from fastapi import Request\n",
            "from fastapi_mail import FastMail\nfrom http import HTTPStatus\n",
        ],
    )
    def test_what_is_no_http(self, tmp_path: Path, text: str):
        assert verdict(PROTOCOL, project(tmp_path, shop(services__mail=text))) == "pass"

    def test_exceptions_of_the_application_may_be_those_of_the_framework(self, tmp_path: Path):
        text = "from fastapi import HTTPException\nclass NotFound(HTTPException): ...\n"

        assert verdict(PROTOCOL, project(tmp_path, shop(core__exceptions=text))) == "pass"


class TestAccess:
    @pytest.mark.parametrize(
        "body",
        [
            "return await session.get(User, 1)",
            "return (await session.execute(select(User))).all()",
            "session.add(User(name='a'))",
            "return select(User)",
            "async with SessionLocal() as own:\n    return await own.scalar('x')",
        ],
    )
    def test_in_a_route(self, tmp_path: Path, body: str):
        line = 18 + body.count("\n")
        source = project(tmp_path, shop(api__things=route(body)))

        assert places(ACCESS, source) == [f"app/api/things.py:{line}"]

    @pytest.mark.parametrize(
        ("file", "text"),
        [
            (
                "services__mail",
                "from sqlmodel import Session, select\ndef send(db: Session):\n    return db.exec(select(int))\n",
            ),
            (
                "services__mail",
                """
                from sqlalchemy.orm import Session

                class Mail:
                    def __init__(self, db: Session):
                        self.db = db

                    def all(self):
                        return self.db.query(int).all()
                """,
            ),
            (
                "services__mail",
                "async def send(conn):\n    return await conn.fetchrow('select name from users')\n",
            ),
            (
                "api__mail",
                (
                    "import asyncpg\nfrom app.api.users import router\n@router.get('/x')\n"
                    "async def send(request):\n    return await request.app.state.pool.execute('select a')\n"
                ),
            ),
            (
                "services__mail",
                "import asyncpg\nasync def send(pool: asyncpg.Pool):\n    return await pool.fetch('select a')\n",
            ),
            (
                "api__deps",
                """
                from sqlalchemy.ext.asyncio import AsyncSession
                from app.models.user import User

                async def get_current_user(session: AsyncSession):
                    return await session.get(User, 1)
                """,
            ),
        ],
    )
    def test_in_services_and_dependencies(self, tmp_path: Path, file: str, text: str):
        assert len(places(ACCESS, project(tmp_path, shop(**{file: text})))) == 1

    def test_records_that_fetch_themselves(self, tmp_path: Path):
        model = "from tortoise.models import Model\nclass Thing(Model):\n    pass\n"
        text = "from app.models.thing import Thing\nasync def find():\n    return await Thing.filter(id=1).first()\n"
        source = project(tmp_path, shop(models__thing=model, services__things=text))

        assert places(ACCESS, source) == ["app/services/things.py:3"]

    @pytest.mark.parametrize(
        "call", ["db.users.find_one({})", "db['users'].insert_one({})", "client.app.users.find({})"]
    )
    def test_collections(self, tmp_path: Path, call: str):
        text = f"""
            from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase
            client = AsyncIOMotorClient()

            async def find(db: AsyncIOMotorDatabase):
                return await {call}
        """

        assert places(ACCESS, project(tmp_path, shop(services__users2=text))) == ["app/services/users2.py:6"]

    def test_a_database_that_a_module_keeps(self, tmp_path: Path):
        text = route("return await database.fetch_all('select a')").replace(
            "router =", "from databases import Database\ndatabase = Database('x')\nrouter ="
        )
        source = project(tmp_path, shop(api__things=text))

        assert places(ACCESS, source) == ["app/api/things.py:20"]
        assert places(INJECTION, source) == ["app/api/things.py:20"]

    def test_one_module_with_everything(self, tmp_path: Path):
        source = project(
            tmp_path,
            {
                "main.py": """
                    from fastapi import Depends, FastAPI
                    from sqlalchemy.orm import Session
                    app = FastAPI()

                    @app.get("/users")
                    def list_users(db: Session = Depends(lambda: None)):
                        return db.query(int).all()
                """
            },
        )

        assert places(ACCESS, source) == ["main.py:8"]

    @pytest.mark.parametrize(
        "text",
        [
            "async def done(session):\n    await session.commit()\n    await session.rollback()\n",
            "import httpx\nasync def ask(session: httpx.AsyncClient):\n    return await session.get('/')\n",
            "import aiohttp\nasync def ask(session: aiohttp.ClientSession):\n    return await session.get('/')\n",
            "async def ask(session):\n    return await session.get('https://example.com')\n",
            "def ask(request):\n    return request.session.get('user')\n",
            "def find(things: dict):\n    things.update(a=1)\n    return things.get('a')\n",
            "class Basket:\n    def add(self, one): ...\ndef fill(db: Basket):\n    db.add(1)\n",
            "from app.tools import select\ndef choose():\n    return select(1)\n",
            "import redis.asyncio as redis\nasync def get(db: redis.Redis):\n    return await db.get('a')\n",
        ],
    )
    def test_what_is_no_access(self, tmp_path: Path, text: str):
        assert verdict(ACCESS, project(tmp_path, shop(services__mail=text))) == "pass"

    @pytest.mark.parametrize(
        "body", ["await session.execute(text('SELECT 1'))", "return await session.scalar(select(1))"]
    )
    def test_to_ask_whether_the_database_answers(self, tmp_path: Path, body: str):
        assert verdict(ACCESS, project(tmp_path, shop(api__health=route(body)))) == "pass"

    def test_raw_queries_in_a_repository(self, tmp_path: Path):
        text = (
            "import asyncpg\nasync def find(pool: asyncpg.Pool):\n    return await pool.fetch('select a')\n"
        )

        assert verdict(ACCESS, project(tmp_path, shop(repositories__raw=text))) == "pass"

    def test_a_command_line_and_a_module_that_is_in_no_layer(self, tmp_path: Path):
        text = "import typer\nfrom sqlalchemy.orm import Session\ndef make(db: Session):\n    db.add(1)\n"

        assert verdict(ACCESS, project(tmp_path, shop(cli=text))) == "pass"


class TestCommit:
    @pytest.mark.parametrize("call", ["commit()", "rollback()"])
    def test_a_route_that_ends_a_transaction(self, tmp_path: Path, call: str):
        source = project(tmp_path, shop(api__things=route(f"await session.{call}")))

        assert places(COMMIT, source) == ["app/api/things.py:18"]
        assert verdict(ACCESS, source) == "pass"

    def test_a_route_that_touches_rows_too_is_told_once(self, tmp_path: Path):
        source = project(tmp_path, shop(api__things=route("session.add(User())\nawait session.commit()")))

        assert verdict(COMMIT, source) == "pass"
        assert verdict(ACCESS, source) == "violation"

    def test_a_service_may(self, tmp_path: Path):
        text = "async def send(session):\n    await session.commit()\n"

        assert verdict(COMMIT, project(tmp_path, shop(services__mail=text))) == "pass"


class TestPresence:
    def test_routes_that_query(self, tmp_path: Path):
        files = shop(api__things=route("return await session.get(User, 1)"))
        kept = (
            "app/__init__.py",
            "app/main.py",
            "app/core/database.py",
            "app/models/user.py",
            "app/api/things.py",
        )
        source = project(tmp_path, {name: files[name] for name in kept})

        assert found(PRESENCE, source).cause == "there are no services and no repositories"

    def test_services_that_query(self, tmp_path: Path):
        files = shop(
            services__users="from sqlalchemy import select\nclass UserService:\n    def get(self, id): return select(id)\n"
        )
        del files["app/repositories/users.py"]

        assert found(PRESENCE, project(tmp_path, files)).cause == "there are no repositories"

    def test_another_name_is_no_fault(self, tmp_path: Path):
        text = route("return await rules.get(1)", "rules: Annotated[Rules, Depends()]").replace(
            "router =", "from app.business.users import Rules\nrouter ="
        )
        files = shop(
            business__users="class Rules:\n    async def get(self, id): return id\n", api__things=text
        )
        for name in ("app/services/users.py", "app/api/users.py"):
            del files[name]

        assert (
            verdict(PRESENCE, project(tmp_path, files | {"app/main.py": "import app.api.things\n"})) == "pass"
        )


class TestInjection:
    @pytest.mark.parametrize(
        "body",
        [
            "async with SessionLocal() as own:\n    pass",
            "own = AsyncSession(engine)",
            "import httpx\nhttpx.AsyncClient()",
            "import asyncpg\nawait asyncpg.connect('x')",
            "from app.core.others import opened\nasync with opened() as own:\n    pass",
            "from app.core.others import kept\nreturn kept.commit()",
            "from app.dependencies import get_session\nasync for own in get_session():\n    return own",
            "from app.dependencies import get_session\nown = await anext(get_session())",
            "from app.core.database import engine\nasync with engine.connect() as own:\n    pass",
            "from redis import asyncio as redis\nredis.Redis.from_url('x')",
        ],
    )
    def test_a_route_that_opens_something(self, tmp_path: Path, body: str):
        others = """
            from contextlib import asynccontextmanager
            from sqlalchemy.ext.asyncio import AsyncSession
            kept = AsyncSession()

            @asynccontextmanager
            async def opened() -> AsyncSession:
                yield kept
        """
        source = project(tmp_path, shop(api__things=route(body, "name: str"), core__others=others))

        assert len(places(INJECTION, source)) == 1

    @pytest.mark.parametrize(
        ("body", "parameters"),
        [
            ("async with session.begin():\n    pass", "session: SessionDep"),
            ("async with factory() as own:\n    pass", "factory: Annotated[type, Depends(get_session)]"),
            ("return await client.get('/')", "client: Annotated[dict, Depends(get_session)]"),
            ("with open('x') as file:\n    return file.read()", "name: str"),
            ("return UserService(UserRepository(session))", "session: SessionDep"),
        ],
    )
    def test_a_route_to_which_everything_is_given(self, tmp_path: Path, body: str, parameters: str):
        assert verdict(INJECTION, project(tmp_path, shop(api__things=route(body, parameters)))) == "pass"

    def test_a_route_that_asks_whether_the_database_answers(self, tmp_path: Path):
        body = (
            "from app.core.database import engine\nfrom sqlalchemy import text\n"
            "async with engine.connect() as own:\n    await own.execute(text('SELECT 1'))"
        )
        assert verdict(INJECTION, project(tmp_path, shop(api__health=route(body, "name: str")))) == "pass"

    def test_a_worker_and_a_websocket_open_their_own(self, tmp_path: Path):
        job = "from app.core.database import SessionLocal\nasync def tick():\n    async with SessionLocal() as s: ...\n"
        socket = route("async with SessionLocal() as own:\n    pass", "socket: dict", "websocket")

        assert verdict(INJECTION, project(tmp_path, shop(services__jobs=job, api__live=socket))) == "pass"


class TestDecisions:
    CHANGES = (
        "if data['name'] != name:\n    await service.rename(1)\nif data['mail']:\n    await service.get(2)"
    )

    def test_a_route_that_decides_more_than_once(self, tmp_path: Path):
        source = project(tmp_path, shop(api__things=route(self.CHANGES, "name: str, service: ServiceDep")))

        assert places(DECISIONS, source) == ["app/api/things.py:17"]

    def test_a_reading_route_and_a_page(self, tmp_path: Path):
        reading = route(self.CHANGES, "name: str, service: ServiceDep", "get")
        page = route(self.CHANGES, "name: str, service: ServiceDep").replace(
            '"/things"', '"/things", include_in_schema=False'
        )

        assert verdict(DECISIONS, project(tmp_path, shop(api__things=reading, api__page=page))) == "pass"

    @pytest.mark.parametrize(
        "body",
        [
            "if data['name'] != name:\n    await service.rename(1)\nreturn await service.get(1)",
            "user = await service.get(1)\nif user is None:\n    raise ValueError\nif user.id == 2:\n    raise KeyError",
            "if name == 'a':\n    return await service.get(1)\nif name == 'b':\n    return await service.get(2)",
            "try:\n    await service.get(1)\nexcept (KeyError, OSError) as e:\n    raise ValueError from e",
            "words = []\nfor one in data:\n    if one:\n        words.append(one)\nreturn await service.get(words)",
            "if request.headers:\n    response.headers['a'] = 'b'\nif request.cookies:\n    response.status_code = 2",
        ],
    )
    def test_what_belongs_to_a_route(self, tmp_path: Path, body: str):
        text = route(body, "name: str, service: ServiceDep, request: object, response: object")

        assert verdict(DECISIONS, project(tmp_path, shop(api__things=text))) == "pass"


def test_every_rule_is_of_this_depth():
    assert all(isinstance(rule, Rule) and rule.depth == "source" for rule in RULES.values())


@pytest.mark.parametrize(
    ("front", "outcome"),
    [
        ("from app.models.views import router\n", "pass"),
        ("from app.models.views import router\n\ndef model() -> None: ...\n", "violation"),
        ("from app.api.users import router\n", "violation"),
    ],
)
def test_a_folder_that_hands_on_what_lies_in_it(tmp_path: Path, front: str, outcome: str):
    """`models/` of an API about models of language has operations, and its `__init__` names them."""
    views = "from fastapi import APIRouter\nrouter = APIRouter()\n@router.get('/models')\nasync def all_models() -> None: ...\n"
    files = {**shop(models__views=views), "app/models/__init__.py": front}

    assert verdict(RULES["ARC-001@source"], project(tmp_path, files)) == outcome
