"""SQLAlchemy's sessions and the factories that open them: which are synchronous, behind whatever name they have here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, TypeAlias

from compliance.source.modules import Class, Function, Module, called, dotted, last

if TYPE_CHECKING:
    from compliance.source.calls import Calls
    from compliance.source.index import Index
    from compliance.source.types import Types

#: How a session works; empty where it is none, or nothing tells it.
Way: TypeAlias = Literal["sync", "async", ""]

_LIBRARIES = frozenset(["sqlalchemy", "sqlmodel"])
_SESSIONS: dict[str, Way] = {
    "Session": "sync",
    "scoped_session": "sync",
    "AsyncSession": "async",
    "async_scoped_session": "async",
}
_CONNECTIONS: dict[str, Way] = {"Connection": "sync", "AsyncConnection": "async"}
_FACTORIES = frozenset(["sessionmaker", "async_sessionmaker"])
#: What runs a statement on a session or on a connection.
READS = frozenset(["execute", "exec", "scalars", "scalar", "get", "get_one", "stream", "stream_scalars"])
#: What a synchronous session waits for the database with.
WAITS = READS | frozenset(
    [
        "query",
        "commit",
        "flush",
        "refresh",
        "merge",
        "rollback",
        "delete",
        "bulk_save_objects",
        "bulk_insert_mappings",
        "bulk_update_mappings",
    ]
)


class Sessions:
    """What an expression has to do with sessions."""

    def __init__(self, index: Index, types: Types) -> None:
        self._index = index
        self._types = types

    def way(self, name: str, depth: int = 0) -> Way:
        """How sessions of a class work, given its full name, or that of a factory which a module makes once."""
        if not name or depth > 8:
            return ""
        if name.partition(".")[0] in _LIBRARIES:
            return _SESSIONS.get(last(name), "")
        definition = self._index.classes.get(name)
        if definition is None:
            meaning = self._index.named(name)
            if isinstance(meaning.definition, ast.Call) and meaning.module:
                return self.factory(meaning.module, meaning.definition)
            return ""
        ways = (self.way(base.name, depth + 1) for base in self._index.bases(definition))
        return next((way for way in ways if way), "")

    def of(self, function: Function, value: ast.AST | None) -> Way:
        """How the session works that an expression in a function is."""
        return self.way(self._types.of(function, value))

    def connection(self, function: Function, value: ast.AST | None) -> Way:
        """The same of a session or of a connection."""
        name = self._types.of(function, value)
        is_connection = name.partition(".")[0] in _LIBRARIES and last(name) in _CONNECTIONS
        return _CONNECTIONS[last(name)] if is_connection else self.way(name)

    def factory(self, module: Module, node: ast.Call) -> Way:
        """How the sessions work that a call of `sessionmaker(…)` makes a factory of."""
        name = self._index.of(module, node).name
        if name.partition(".")[0] not in _LIBRARIES:
            return ""
        if last(name) in ("scoped_session", "async_scoped_session"):
            return _SESSIONS[last(name)]
        if last(name) not in _FACTORIES:
            return ""
        if last(name) == "async_sessionmaker" or "Async" in ast.unparse(node.func):
            return "async"
        return self._stated(module, node)

    def _stated(self, module: Module, node: ast.Call) -> Way:
        """What `class_=` says; nothing where it may stand among options that are not shown."""
        if any(one.arg is None for one in node.keywords):
            return ""
        given = next((one.value for one in node.keywords if one.arg == "class_"), None)
        given = given or (node.args[1] if len(node.args) > 1 else None)
        return self.way(self._types.annotated(module, given)) if given is not None else "sync"

    def opened(self, module: Module, function: Function | None, node: ast.Call) -> Way:
        """How the session works that a call opens; empty where it opens none."""
        if isinstance(node.func, ast.Call):
            return self.factory(module, node.func)  # sessionmaker(engine)()
        meaning = self._index.of(module, node)
        if last(meaning.name) in ("scoped_session", "async_scoped_session"):
            return ""
        if isinstance(meaning.definition, ast.Call) and meaning.module:
            made = self._index.of(meaning.module, meaning.definition).name
            return "" if "scoped" in last(made) else self.factory(meaning.module, meaning.definition)
        if isinstance(meaning.definition, Class) or meaning.name.partition(".")[0] in _LIBRARIES:
            return self.way(meaning.name)
        if function is None or last(called(node)) in _FACTORIES:
            return ""
        return self._made(function, node)

    def _made(self, function: Function, node: ast.Call) -> Way:
        """By what is called: a factory that was handed over, that is kept in an object, or that was just made."""
        made = self._assigned(function, node.func)
        if made is not None:
            return self.factory(*made)
        name = self._types.of(function, node.func)
        is_asynchronous = name.partition(".")[0] in _LIBRARIES and last(name) == "async_sessionmaker"
        return "async" if is_asynchronous else ""

    def _assigned(self, function: Function, value: ast.AST) -> tuple[Module, ast.Call] | None:
        """The call that a local name or an attribute of an object was assigned."""
        if isinstance(value, ast.Attribute):
            owner = self._index.classes.get(self._types.of(function, value.value))
            kept = owner.kept.get(value.attr) if owner else None
            return (kept[1].module, kept[0]) if kept and isinstance(kept[0], ast.Call) else None
        for node in function.nodes(ast.Assign):
            if isinstance(node.value, ast.Call) and dotted(value) in map(dotted, node.targets):
                return function.module, node.value
        return None

    # -- functions that SQLAlchemy itself calls ----------------------------------------------------------------

    def handed_over(self) -> Iterator[str]:
        """Full names of functions that SQLAlchemy gives the synchronous session behind an asynchronous one."""
        for module in self._index.modules.values():
            for node in module.nodes(ast.Call):
                if last(dotted(node.func)) in ("run_sync", "listen", "listens_for"):
                    yield from (self._index.of(module, one).name for one in node.args)
            for function in module.functions:
                if any(last(name) == "listens_for" for name in function.decorators):
                    yield function.name


def driven(sessions: Sessions, calls: Calls, index: Index) -> frozenset[str]:
    """The functions that SQLAlchemy runs on what lies behind an asynchronous session, and those that they call."""
    found = set(sessions.handed_over())
    waiting = [index.functions[name] for name in found if name in index.functions]
    while waiting:
        for call in calls.of(waiting.pop()):
            if call.function.name not in found:
                found.add(call.function.name)
                waiting.append(call.function)
    return frozenset(found)
