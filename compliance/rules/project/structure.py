"""How the project is laid out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

from compliance.catalogue import Level, NotApplicable, Phase, Untested, Violation, rule
from compliance.result import Place
from compliance.source import Source
from compliance.source.kinds import Kind
from compliance.source.modules import Module
from compliance.source.subjects import whole

#: Where migrations lie, also those of other tools than Alembic: aerich, yoyo, dbmate, flyway, atlas.
_FOLDERS = frozenset(["alembic", "migrations", "migration", "versions", "revisions"])
_MIGRATIONS = (
    *("alembic.ini", "*/alembic.ini", "*/*/alembic.ini", "migrations", "*/migrations"),
    *("db/migrate", "atlas.hcl", "yoyo.ini", "flyway.*"),
)
#: Libraries whose tables are no tables of a schema that somebody has to change.
_WITHOUT_SCHEMA = ("beanie", "odmantic", "mongoengine", "motor", "pymongo")


@rule(
    "PRJ-008",
    "Operations, tables and settings have modules of their own in a package",
    level=Level.SHOULD,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def parts_have_modules_of_their_own(source: Source, _: Source) -> None:
    """
    Why: where operations, tables and settings share a file nothing of it can be used or tested without the rest.

    Breaks: `main.py` with `FastAPI()`, the tables and the operations, in no package

    Conforms: a package with `main.py`, `core/config.py`, `models/`, `api/`; the names are free
    """
    places = [place for module in source.index.modules.values() for place in _mixed(source, module)]
    if not source.package and not _lies_in_one_package(source):
        places += [
            module.place(node, "the application is made in no package")
            for module, node in source.applications
            if not any(
                one.level for one in module.nodes(ast.ImportFrom)
            )  # what is relative is relative to a package
        ]
    source.none_of(places, "parts of the service share a module", "a package with a module for each part")
    if not source.applications:
        raise Untested("no module makes an application: FastAPI() is called nowhere")


def _lies_in_one_package(source: Source) -> bool:
    """Whether all operations, tables and settings lie in one, beside which the application is made and started."""
    held = [one.function.module for one in source.routes]
    held += [one.module for one in source.classes(Kind.TABLE, Kind.SETTINGS)]
    return len({one.name.partition(".")[0] for one in held}) == 1 and all("." in one.name for one in held)


def _mixed(source: Source, module: Module) -> Iterator[Place]:
    """The second and third part that a module holds."""
    tables = [one for one in module.classes if source.kinds.of(one) is Kind.TABLE]
    settings = [one for one in module.classes if source.kinds.of(one) is Kind.SETTINGS]
    held = [
        *([(module.routes[0].decorator, "operations")] if module.routes else []),
        *([(tables[0].node, "tables")] if tables else []),
        *([(settings[0].node, "settings")] if settings else []),
    ]
    for node, what in held[1:]:
        yield module.place(node, f"{what} beside {held[0][1]}")


@rule(
    "PRJ-009",
    "The tables are made and changed by migrations",
    level=Level.SHOULD,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def tables_have_migrations(source: Source, _: Source) -> None:
    """
    Why: `create_all` makes tables that are not there, and changes none that are: the first new column breaks what runs.

    Breaks: tables of SQLAlchemy, and no migration anywhere

    Conforms: Alembic, or another tool, with its folder of migrations
    """
    tables = list(source.classes(Kind.TABLE))
    if not tables or source.imports(*_WITHOUT_SCHEMA):
        source.must_be_read()
        raise NotApplicable("there is no table" if not tables else "what it stores has no schema")
    if _has_migrations(source):
        return
    if not source.project.is_whole:
        raise Untested("no project begins in this folder: the migrations may lie above it")
    first = tables[0]
    place = first.module.place(first.node, f"{len(tables)} tables and no migration")
    raise Violation(
        "no migrations", "Alembic or another tool, with its migrations", f"{len(tables)} tables", [place]
    )


def _has_migrations(source: Source) -> bool:
    tools = {tool for _, table in source.project.tables for tool in table.get("tool", {})}
    folders = {part for file in source.files.beside for part in PurePosixPath(file).parts[:-1]}
    return bool(tools & {"alembic", "aerich"} or folders & _FOLDERS) or source.project.has(*_MIGRATIONS)
