"""No SQL is put together from strings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from compliance.catalogue import Level, Phase, rule
from compliance.source import Source, asks_ruff
from compliance.source.kinds import Kind
from compliance.source.modules import Class, Function, called, dotted, last
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
#: Types that hold nothing which SQL could be hidden in, and functions that make a name safe.
_HARMLESS = frozenset(
    ["int", "float", "bool", "Decimal", "decimal.Decimal", "UUID", "uuid.UUID", "zoneinfo.ZoneInfo"]
)
_QUOTES = re.compile(r"quote|escape|ident", re.I)
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
    for node in function.nodes(ast.Call):
        asked = node.args[0] if node.args else None
        if asked is not None and _takes_sql(source, function, node):
            made = _assigned(function, asked)
            is_text = last(called(node)) in _TEXTS
            if (is_text or _SQL.match(_wording(made))) and _is_made(source, function, made):
                yield made
    for made in function.nodes(ast.JoinedStr, ast.BinOp, ast.Call):
        is_suspected = (function.module.file, made.lineno) in suspected and not _is_told(function, made)
        if is_suspected and _is_made(source, function, made):
            yield made


def _takes_sql(source: Source, function: Function, node: ast.Call) -> bool:
    if last(called(node)) in _TEXTS:
        name = source.index.of(function.module, node).name
        return name.partition(".")[0] in ("sqlalchemy", "sqlmodel")
    return isinstance(node.func, ast.Attribute) and node.func.attr in _EXECUTES


def _assigned(function: Function, value: ast.expr) -> ast.expr:
    """What a local name was assigned, where that happens once; else the expression itself."""
    if not isinstance(value, ast.Name):
        return value
    found = [
        node.value
        for node in function.nodes(ast.Assign)
        if any(isinstance(one, ast.Name) and one.id == value.id for one in node.targets)
    ]
    return found[0] if len(found) == 1 else value


def _wording(value: ast.expr) -> str:
    """The text of a string, however it is put together, with a mark where something is put in."""
    match value:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr():
            return "".join(_wording(one) for one in value.values)
        case ast.BinOp(op=ast.Mod()):
            return _wording(value.left)
        case ast.BinOp():
            return _wording(value.left) + _wording(value.right)
        case ast.Call(func=ast.Attribute(attr="format", value=inner)):
            return _wording(inner)
    return " ? "


def _is_made(source: Source, function: Function, value: ast.expr) -> bool:
    """Whether a string is put together, and not of what is known beforehand alone."""
    return any(not _is_known(source, function, part) for part in _parts(value))


def _parts(value: ast.expr) -> list[ast.expr]:
    """What is put into a string; nothing where it is not put together here."""
    match value:
        case ast.JoinedStr():
            return [one.value for one in value.values if isinstance(one, ast.FormattedValue)]
        case ast.BinOp(op=ast.Add()) if _is_text(value):
            sides = (value.left, value.right)
            return [
                part
                for one in sides
                for part in (_parts(one) if isinstance(one, (ast.BinOp, ast.JoinedStr)) else [one])
            ]
        case ast.BinOp(op=ast.Mod()) if _is_text(value.left):
            return value.right.elts if isinstance(value.right, ast.Tuple) else [value.right]
        case ast.Call(func=ast.Attribute(attr="format", value=inner)) if _is_text(inner):
            return [*value.args, *(one.value for one in value.keywords)]
    return []


def _is_text(value: ast.expr) -> bool:
    if isinstance(value, ast.BinOp):
        return _is_text(value.left) or _is_text(value.right)
    return isinstance(value, ast.JoinedStr) or (
        isinstance(value, ast.Constant) and isinstance(value.value, str)
    )


def _is_known(source: Source, function: Function, value: ast.expr) -> bool:
    """Whether what becomes part of a string can only be what somebody wrote into the code, or holds no text."""
    if isinstance(value, (ast.Constant, ast.Compare)) or (
        isinstance(value, ast.Call) and _QUOTES.search(last(called(value)))
    ):
        return True
    if isinstance(value, ast.JoinedStr):
        return not _is_made(source, function, value)
    if isinstance(value, ast.Call) and last(called(value)) in ("int", "float", "len", "join"):
        return last(called(value)) != "join" or all(_is_known(source, function, one) for one in value.args)
    name = dotted(value)
    if name.endswith(("__tablename__", ".__table__.name")):
        return True
    return _is_a_constant(source, function, value, name) or _is_harmless(source, function, value)


def _is_a_constant(source: Source, function: Function, value: ast.expr, name: str) -> bool:
    """Whether it is a constant of a module or a class, or a local name of one."""
    inner = _assigned(function, value)
    if inner is not value:
        return _is_known(source, function, inner)
    meaning = source.index.meaning(function.module, name) if name else None
    if meaning and isinstance(meaning.definition, ast.Constant):
        return True
    if not isinstance(value, ast.Attribute):
        return False
    owner = source.index.classes.get(source.types.of(function, value.value))
    named = source.index.of(function.module, value.value).definition
    owner = named if isinstance(named, Class) else owner
    if owner is None:
        return False
    # What the operator configured came from no client.
    is_configured = source.kinds.of(owner) is Kind.SETTINGS
    return is_configured or isinstance(owner.values.get(value.attr), ast.Constant)


def _is_harmless(source: Source, function: Function, value: ast.expr) -> bool:
    """By its type: a number, an identifier, a time zone, a member of an enumeration."""
    below = (
        value.value if isinstance(value, ast.Attribute) and value.attr in ("value", "name", "key") else value
    )
    found = source.types.of(function, below)
    one = source.index.classes.get(found)
    return found in _HARMLESS or (one is not None and source.kinds.of(one) is Kind.ENUM)


def _is_told(function: Function, node: ast.AST) -> bool:
    """Whether a text is for a person: it is logged, raised, or says what is the matter."""
    above = function.module.parents.get(node)
    while above is not None and not isinstance(above, ast.stmt):
        if isinstance(above, ast.Call) and _TELLS.search(dotted(above.func)):
            return True
        above = function.module.parents.get(above)
    return isinstance(above, (ast.Raise, ast.Assert))
