"""No SQL is put together from strings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from compliance.catalogue import Level, Phase, rule
from compliance.source import Source, asks_ruff
from compliance.source.known_texts import KnownTexts, local_values
from compliance.source.modules import Function, called, dotted, last
from compliance.source.subjects import whole

_TEXTS = frozenset(["text", "TextClause"])
_EXECUTES = frozenset(
    [
        "execute",
        "executemany",
        "exec_driver_sql",
        "fetch",
        "fetchrow",
        "fetchval",
        "fetch_all",
        "fetch_one",
        "fetch_val",
        "raw",
        "execute_query",
    ]
)
_SQL = re.compile(
    r"\s*(select\b.*\bfrom|insert\s+into|update\b.*\bset|delete\s+from|with\b.*\bas\b|truncate|copy\b.*\b(from|to)"
    r"|(create|alter|drop)\s+(table|index|view|schema|database|role|user)|set\s+(local|session|search_path))\b",
    re.IGNORECASE | re.DOTALL,
)
#: What tells a person something, and no database.
_TELLS = re.compile(r"log|print|warn|error|exception|debug|info|echo|detail|message", re.I)


@rule(
    "DAT-009",
    "No SQL is made of strings",
    level=Level.MUST,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
@asks_ruff("S608")
def sql_is_not_made_of_strings(source: Source, _: Source) -> None:
    """
    Why: a value that becomes part of the statement can end it and begin another one.

    Breaks: `text(f"SELECT * FROM users WHERE name = '{name}'")`, `"… ORDER BY " + field`

    Conforms: `text("… WHERE name = :name")` with the value bound; `select(User).where(User.name == name)`
    """
    suspected = {(one.file, one.line) for one in source.ruff("S608")}
    places = {
        (function.module.file, node.lineno): function.module.place(
            node, "a value becomes part of the statement"
        )
        for function in source.functions
        for node in _statements(source, function, suspected)
    }
    source.none_of(
        places.values(), "SQL is made of strings", "bound parameters, or the expressions of SQLAlchemy"
    )


def _statements(source: Source, function: Function, suspected: set[tuple[str, int]]) -> Iterator[ast.expr]:
    """The expressions of a function that make a statement of something that is not known beforehand."""
    known = KnownTexts(source)
    for node in function.nodes(ast.Call):
        asked = node.args[0] if node.args else None
        if asked is not None and _takes_sql(source, function, node):
            values = local_values(function, asked)
            is_text = last(called(node)) in _TEXTS
            if is_text or any(_SQL.match(_wording(source, function, one)) for one in values):
                yield from (one for one in values if known.is_made(function, one))
    for made in function.nodes(ast.JoinedStr, ast.BinOp, ast.Call):
        is_suspected = (function.module.file, made.lineno) in suspected and not _is_told(function, made)
        if is_suspected and known.is_made(function, made):
            yield made


def _takes_sql(source: Source, function: Function, node: ast.Call) -> bool:
    if last(called(node)) in _TEXTS:
        name = source.index.of(function.module, node).name
        return name.partition(".")[0] in ("sqlalchemy", "sqlmodel")
    return isinstance(node.func, ast.Attribute) and node.func.attr in _EXECUTES


def _wording(source: Source, function: Function, value: ast.expr) -> str:
    """The text of a string, however it is put together, with a mark where something is put in."""
    match value:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr():
            return "".join(_wording(source, function, one) for one in value.values)
        case ast.BinOp(op=ast.Mod()):
            return _wording(source, function, value.left)
        case ast.BinOp():
            return "".join(_wording(source, function, one) for one in (value.left, value.right))
        case ast.Call(func=ast.Attribute(attr="format" | "replace", value=inner)):
            return _wording(source, function, inner)
        case ast.Name() | ast.Attribute():
            kept = source.index.of(function.module, value).definition
            return kept.value if isinstance(kept, ast.Constant) and isinstance(kept.value, str) else " ? "
    return " ? "


def _is_told(function: Function, node: ast.AST) -> bool:
    """Whether a text is for a person: it is logged, raised, or says what is the matter."""
    above = function.module.parents.get(node)
    while above is not None and not isinstance(above, ast.stmt):
        if isinstance(above, ast.Call) and _TELLS.search(dotted(above.func)):
            return True
        above = function.module.parents.get(above)
    return isinstance(above, (ast.Raise, ast.Assert))
