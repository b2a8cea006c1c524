"""Where a function talks to a database, by whatever library: statements, calls of a session, records that fetch themselves.

Of a session it says only that it is one; whether SQLAlchemy's waits or is awaited, `compliance.source.sessions` tells.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance.source.modules import Class, Function, Module, called, dotted, last

if TYPE_CHECKING:
    from compliance.source.index import Index, Meaning
    from compliance.source.types import Types

#: Packages through which a service talks to a database.
LIBRARIES = (
    *("sqlalchemy", "sqlmodel", "advanced_alchemy", "fastcrud", "gino", "asyncpg", "databases", "aiosql"),
    *(
        "aiosqlite",
        "sqlite3",
        "psycopg",
        "psycopg2",
        "aiomysql",
        "pymysql",
        "aiopg",
        "peewee",
        "pony",
        "piccolo",
    ),
    *("tortoise", "ormar", "beanie", "motor", "pymongo", "odmantic", "mongoengine", "prisma", "edgedb"),
)
_STATEMENTS = frozenset({"select", "insert", "update", "delete", "text"})
_SESSIONS = re.compile(r"(Session|Connection|Engine|Cursor|Pool|Database|scoped_session)$")
_FACTORIES = frozenset({"sessionmaker", "async_sessionmaker", "scoped_session", "async_scoped_session"})
#: What a session does with a transaction, as opposed to with rows.
_TRANSACTION = frozenset({"commit", "rollback", "begin", "begin_nested"})
_ROWS = frozenset(
    [
        *("execute", "executemany", "exec", "scalar", "scalars", "scalar_one", "stream", "stream_scalars"),
        *("query", "get", "get_one", "add", "add_all", "merge", "delete", "bulk_save_objects"),
        *("bulk_insert_mappings", "bulk_update_mappings", "fetch", "fetchrow", "fetchval", "fetch_all"),
        *("fetch_one", "fetch_val", "iterate", "copy_records_to_table"),
    ]
)
#: What only a session of a database does, so that its name is enough where no type shows.
_TELLING = _ROWS - {"get", "delete", "add", "fetch", "stream", "iterate", "query", "get_one", "merge"}
_NAMES = re.compile(
    r"(^|_)(db|database|sess|session|conn|connection|cursor)$|\.state\.(\w+_)?pool$", re.IGNORECASE
)
#: Methods of the classes of records that fetch and keep themselves: tortoise, beanie, ormar, odmantic, mongoengine.
_OF_RECORDS = frozenset(
    [
        *("all", "filter", "exclude", "get", "get_or_none", "get_or_create", "update_or_create", "create"),
        *(
            "bulk_create",
            "bulk_update",
            "first",
            "exists",
            "count",
            "find",
            "find_one",
            "find_all",
            "find_many",
        ),
        *("insert", "insert_one", "insert_many", "delete_all", "aggregate"),
    ]
)
#: Methods of the collections of MongoDB.
_OF_COLLECTIONS = frozenset(
    [
        *("find", "find_one", "find_one_and_update", "find_one_and_delete", "insert_one", "insert_many"),
        *("update_one", "update_many", "replace_one", "delete_one", "delete_many", "aggregate"),
        *("count_documents", "distinct", "bulk_write"),
    ]
)
_RECORD_LIBRARIES = frozenset({"tortoise", "beanie", "ormar", "mongoengine"})
_PING = re.compile(r"\s*select\s+1\s*;?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Access:
    """One call that concerns the database."""

    node: ast.Call
    #: as a person would name it: `select`, `session.execute`
    what: str
    is_transaction: bool = False
    is_statement: bool = False

    @property
    def touches_rows(self) -> bool:
        """Whether it asks or changes the database now; a statement is built for later."""
        return not (self.is_transaction or self.is_statement)


class Database:
    """What of the service's functions is access to a database."""

    def __init__(self, index: Index, types: Types) -> None:
        self._index = index
        self._types = types
        self._known: dict[int, list[Access]] = {}

    def accesses(self, function: Function) -> list[Access]:
        """The calls of a function that build statements, use a session or query records, in order."""
        if id(function.node) not in self._known:
            found = (self._access(function, node) for node in function.nodes(ast.Call) if not is_ping(node))
            self._known[id(function.node)] = [one for one in found if one]
        return self._known[id(function.node)]

    def is_session(self, function: Function, value: ast.expr) -> bool:
        """Whether the type of an expression is a session or a connection of a database."""
        return self._is_session(self._types.of(function, value))

    def _access(self, function: Function, node: ast.Call) -> Access | None:
        if self._is_statement(function.module, node):
            return Access(node, last(called(node)), is_statement=True)
        if not isinstance(node.func, ast.Attribute):
            return None
        name, receiver = node.func.attr, node.func.value
        if name in _OF_RECORDS and self._is_record(function, receiver):
            return Access(node, f"{dotted(receiver)}.{name}")
        if name in _OF_COLLECTIONS and self._is_collection(function, receiver):
            return Access(node, f"{dotted(receiver) or 'collection'}.{name}")
        if name not in _ROWS and name not in _TRANSACTION:
            return None
        known = self._types.of(function, receiver)
        by_name = (
            not known and name in _TELLING | _TRANSACTION and self._looks_like_session(function, receiver)
        )
        if not (by_name or self._is_session(known)):
            return None
        return Access(node, f"{last(dotted(receiver)) or 'session'}.{name}", name in _TRANSACTION)

    def _is_statement(self, module: Module, node: ast.Call) -> bool:
        name = called(node)
        if last(name) not in _STATEMENTS and name not in module.imports:
            return False
        full = self._index.meaning(module, name).name
        return full.partition(".")[0] in ("sqlalchemy", "sqlmodel") and last(full) in _STATEMENTS

    def _is_session(self, full: str) -> bool:
        if not full:
            return False
        if full.partition(".")[0] in LIBRARIES:
            return bool(_SESSIONS.search(full)) or last(full) in ("connect", "create_pool")
        meaning = self._index.named(full)
        if self._is_factory(meaning):
            return True
        if isinstance(meaning.definition, Class):
            lines = (meaning.definition, *self._index.ancestors(meaning.definition))
            bases = (base.name for one in lines for base in self._index.bases(one))
            return any(base.partition(".")[0] in LIBRARIES and _SESSIONS.search(base) for base in bases)
        return False

    def makes_session(self, module: Module, node: ast.Call) -> bool:
        """Whether a factory of sessions is called that a module keeps: `SessionLocal()`."""
        return self._is_factory(self._index.of(module, node))

    def _is_factory(self, meaning: Meaning) -> bool:
        """Whether it was made so: `SessionLocal = sessionmaker(…)`."""
        if not isinstance(meaning.definition, ast.Call) or not meaning.module:
            return False
        return last(self._index.of(meaning.module, meaning.definition).name) in _FACTORIES

    def _looks_like_session(self, function: Function, receiver: ast.expr) -> bool:
        """By its name, where neither an import nor a definition of the service's own says what it is."""
        name = dotted(receiver)
        if not _NAMES.search(last(name)) and not _NAMES.search(name):
            return False
        meaning = self._index.meaning(function.module, name)
        return meaning.definition is None and meaning.name == name

    def _is_collection(self, function: Function, receiver: ast.expr) -> bool:
        """Of `db.users` and `client["app"]["users"]` whether what they begin with is a client or a database of MongoDB."""
        while True:
            if self._types.of(function, receiver).partition(".")[0] in ("motor", "pymongo"):
                return True
            if not isinstance(receiver, (ast.Attribute, ast.Subscript)):
                return False
            receiver = receiver.value

    def _is_record(self, function: Function, receiver: ast.expr) -> bool:
        if isinstance(receiver, ast.Attribute) and receiver.attr == "objects":
            receiver = receiver.value
        definition = self._index.of(function.module, receiver).definition if dotted(receiver) else None
        if not isinstance(definition, Class):
            return False
        lines = (definition, *self._index.ancestors(definition))
        return any(
            base.name.partition(".")[0] in _RECORD_LIBRARIES
            for one in lines
            for base in self._index.bases(one)
        )


def is_ping(node: ast.Call) -> bool:
    """Whether a call only asks whether the database answers: `session.execute(text("SELECT 1"))`."""
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and _PING.fullmatch(one.value):
            return True
        if isinstance(one, ast.Call) and last(called(one)) == "select" and len(one.args) == 1:
            only = one.args[0]
            if isinstance(only, ast.Constant) and only.value == 1:
                return True
    return False
