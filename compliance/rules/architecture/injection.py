"""Sessions, engines and clients that a route makes for itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from compliance.catalogue import Level, NotApplicable, Phase, rule
from compliance.result import Place
from compliance.source import Source
from compliance.source.blocking import is_generator
from compliance.source.database import is_ping
from compliance.source.modules import Function, called
from compliance.source.subjects import whole

#: What opens connections, by full names of what is called.
_OPENERS = frozenset(
    [
        *(f"sqlalchemy.{one}" for one in ("create_engine", "orm.Session", "orm.sessionmaker")),
        *(
            f"sqlalchemy.ext.asyncio.{one}"
            for one in ("create_async_engine", "AsyncSession", "async_sessionmaker")
        ),
        *(f"sqlmodel.{one}" for one in ("Session", "create_engine", "ext.asyncio.session.AsyncSession")),
        *(
            "asyncpg.connect",
            "asyncpg.create_pool",
            "aiosqlite.connect",
            "sqlite3.connect",
            "databases.Database",
        ),
        *("psycopg.connect", "psycopg2.connect", "psycopg.AsyncConnection.connect", "pymongo.MongoClient"),
        *("pymongo.AsyncMongoClient", "motor.motor_asyncio.AsyncIOMotorClient"),
        *(
            "redis.Redis",
            "redis.from_url",
            "redis.asyncio.Redis",
            "redis.asyncio.from_url",
            "redis.Redis.from_url",
            "redis.asyncio.Redis.from_url",
            "aioredis.from_url",
        ),
        *("httpx.Client", "httpx.AsyncClient", "aiohttp.ClientSession", "requests.Session", "boto3.client"),
        *("boto3.resource", "elasticsearch.Elasticsearch", "elasticsearch.AsyncElasticsearch"),
    ]
)

_ENGINES = frozenset(
    ["sqlalchemy.create_engine", "sqlalchemy.ext.asyncio.create_async_engine", "sqlmodel.create_engine"]
)


@rule(
    "ARC-007",
    "Routes get their sessions, engines and clients through Depends()",
    level=Level.MUST,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def routes_open_nothing(source: Source, _: Source) -> None:
    """
    Why: what a route opens itself no test can replace, nothing shares, and nobody closes where the route fails.

    Breaks: `async with SessionLocal() as session:` or `httpx.AsyncClient()` in a route

    Conforms: `session: Annotated[AsyncSession, Depends(get_session)]`; a client that a dependency or a service holds
    """
    if not source.routes:
        source.must_be_read()
        raise NotApplicable("there are no routes")
    source.none_of(
        (place for route in source.routes for place in _opened(source, route.function)),
        "a route opens a session, an engine or a client",
        "a parameter of the route with Depends()",
    )


def _opened(source: Source, function: Function) -> Iterator[Place]:
    """Calls that open something, and calls of a session that a module keeps for everybody."""
    given = source.types.environment(function)
    blocks: list[ast.With | ast.AsyncWith] = [*function.nodes(ast.With), *function.nodes(ast.AsyncWith)]
    entered = {id(one.context_expr) for block in blocks for one in block.items}
    for node in function.nodes(ast.Call):
        name = called(node)
        if name.partition(".")[0] in given:
            continue  # what a parameter offers is given
        opens = source.index.of(function.module, node).name in _OPENERS
        opens = opens or source.database.makes_session(function.module, node)
        provides = id(node) in entered or _is_generator(source, function, node)
        opens = opens or (provides and source.database.is_session(function, node))
        if opens:
            yield function.module.place(node, f"{function.short} calls {name}")
        elif isinstance(node.func, ast.Attribute) and _is_kept(source, function, node.func.value):
            yield function.module.place(node, f"{function.short} calls {name} of a session that all share")


def _is_generator(source: Source, function: Function, node: ast.Call) -> bool:
    """Whether it calls a dependency by hand: `async for session in get_session():`, `await anext(get_session())`."""
    definition = source.index.of(function.module, node).definition
    return isinstance(definition, Function) and is_generator(definition)


def _is_kept(source: Source, function: Function, receiver: ast.expr) -> bool:
    """Whether it is a session, an engine or a database that a module made when it was imported."""
    meaning = source.index.of(function.module, receiver) if isinstance(receiver, ast.Name) else None
    if meaning is None or not isinstance(meaning.definition, ast.Call):
        return False
    made = source.index.of(meaning.module or function.module, meaning.definition).name
    if made in _ENGINES:
        # Whoever only asks whether the database answers has nothing that a test would replace.
        return not any(is_ping(node) for node in function.nodes(ast.Call))
    return source.database.is_session(function, receiver)
