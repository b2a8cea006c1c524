"""Statements: select of SQLAlchemy 2, with values bound and never written into the text."""

from __future__ import annotations

import ast

from compliance.catalogue import Level, Phase, rule
from compliance.rules.data.sessions import SQLALCHEMY
from compliance.source import Source
from compliance.source.kinds import Kind
from compliance.source.modules import Class, Module, dotted
from compliance.source.subjects import whole

_TABLES = (Kind.TABLE, Kind.TABLE_BASE)


@rule(
    "DAT-003",
    "Queries are select statements",
    level=Level.MUST,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def queries_are_select_statements(source: Source, _: Source) -> None:
    """
    Why: `session.query()` is legacy in SQLAlchemy 2 and does not exist on an asynchronous session.

    Breaks: `db.query(User).filter(User.id == user_id).first()`

    Conforms: `await db.execute(select(User).where(User.id == user_id))`
    """
    source.must_have(*SQLALCHEMY, what="SQLAlchemy")
    places = [
        module.place(node, f"{ast.unparse(node.func)}({ast.unparse(node.args[0])[:40]})")
        for module in source.index.modules.values()
        for node in module.nodes(ast.Call)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "query" and node.args
        if _is_legacy(source, module, node.func.value, node.args[0])
    ]
    source.none_of(places, "the legacy query API is used", "select(…), executed by the session")


def _is_legacy(source: Source, module: Module, receiver: ast.expr, asked: ast.expr) -> bool:
    function = module.function_around(receiver)
    if function is not None and source.sessions.of(function, receiver):
        return True
    return _is_of_a_table(source, module, asked)


def _is_of_a_table(source: Source, module: Module, asked: ast.expr) -> bool:
    """Whether what is asked for is a table of the service, or a column of one."""
    name = dotted(asked)
    for one in (name, name.rpartition(".")[0]):
        definition = source.index.meaning(module, one).definition if one else None
        if isinstance(definition, Class) and source.kinds.of(definition) in _TABLES:
            return True
    return False
