"""Engines and sessions of SQLAlchemy are asynchronous."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.catalogue import Level, Phase, rule
from compliance.result import Place
from compliance.source import Source
from compliance.source.modules import Class, Function, called, last
from compliance.source.subjects import whole

SQLALCHEMY = ("sqlalchemy", "sqlmodel", "advanced_alchemy")
_ENGINES = (
    "sqlalchemy.create_engine",
    "sqlalchemy.engine.create_engine",
    "sqlalchemy.engine_from_config",
    "sqlalchemy.engine.engine_from_config",
    "sqlmodel.create_engine",
)
_FACTORIES = ("sqlalchemy.orm.sessionmaker", "sqlalchemy.orm.session.sessionmaker")


@rule(
    "DAT-001",
    "No function takes a synchronous session",
    level=Level.MUST,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def sessions_are_asynchronous(source: Source, _: Source) -> None:
    """
    Why: a synchronous session holds a whole thread, or the event loop itself, for as long as the database takes.

    Breaks: `def get_user(db: Session, user_id: int) -> User | None`

    Conforms: `async def get_user(db: AsyncSession, user_id: int) -> User | None`; a function for `run_sync` or an event
    """
    source.must_have(*SQLALCHEMY, what="SQLAlchemy")
    places = [
        place
        for function in source.functions
        if function.name not in source.driven and function.module.name not in source.programs
        for place in _synchronous_parameters(source, function)
    ]
    places += [
        place
        for one in source.index.classes.values()
        if "__init__" not in one.methods and one.module.name not in source.programs
        for place in _synchronous_fields(source, one)
    ]
    source.none_of(places, "a synchronous session is handed over", "sqlalchemy.ext.asyncio.AsyncSession")


def _synchronous_parameters(source: Source, function: Function) -> Iterator[Place]:
    known = source.types.environment(function)
    for one in function.parameters:
        name = known.get(one.arg, "")
        is_itself = one.arg in ("self", "cls") and function.owner is not None
        if not is_itself and source.sessions.way(name) == "sync":
            yield function.module.place(one, f"{one.arg} of {function.short} is a {last(name)}")


def _synchronous_fields(source: Source, one: Class) -> Iterator[Place]:
    """What a dataclass or a class of routes is made with: its fields are the parameters."""
    for name, annotation in one.fields.items():
        made = source.types.annotated(one.module, annotation)
        if source.sessions.way(made) == "sync":
            yield one.module.place(annotation, f"{name} of {one.short} is a {last(made)}")


@rule(
    "DAT-002",
    "No engine and no factory of sessions is synchronous",
    level=Level.MUST,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def engines_are_asynchronous(source: Source, _: Source) -> None:
    """
    Why: whatever a synchronous engine gives out waits for the database with everything else standing still.

    Breaks: `create_engine(url)`, `sessionmaker(bind=engine)`

    Conforms: `create_async_engine(url)`, `async_sessionmaker(engine)`; a synchronous engine of a command line or a worker
    """
    source.must_have(*SQLALCHEMY, what="SQLAlchemy")
    places = [*_engines(source), *_factories(source)]
    source.none_of(places, "the database is reached synchronously", "create_async_engine, async_sessionmaker")


def _engines(source: Source) -> Iterator[Place]:
    if source.imports("databases"):
        return  # that library asks the database, and an engine is there to create the tables
    for module, node in source.index.calls(*_ENGINES):
        above = module.parents.get(node)
        wrapped = last(called(above)) == "AsyncEngine"
        if module.name not in source.programs and not wrapped:
            yield module.place(node, f"{last(called(node))} makes a synchronous engine")


def _factories(source: Source) -> Iterator[Place]:
    for module, node in source.index.calls(*_FACTORIES):
        if module.name not in source.programs and source.sessions.factory(module, node) == "sync":
            yield module.place(node, "a factory of synchronous sessions")
