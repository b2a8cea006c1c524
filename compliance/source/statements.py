"""Queries of a function: what they are put together from, whether they are limited, and where their rows go."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance.source.flow import Flow
from compliance.source.modules import Class, Function, called, dotted, last
from compliance.source.sessions import READS

if TYPE_CHECKING:
    from compliance.source.tree import Source

_SESSION_NAME = re.compile(
    r"(^|_)(db|session|sess|conn|connection|database|db_session|async_session|read_session|tx)$", re.I
)
_LIMITS = frozenset(["limit", "fetch", "slice", "paginate", "keyset", "with_limit"])
_LIMITS_BY_NAME = re.compile(r"paginat|limit|_page|page_", re.I)
_AGGREGATES = frozenset(["count", "sum", "max", "min", "avg", "coalesce", "exists", "literal"])
#: Methods whose arguments choose rows, and become none.
_CHOOSE = frozenset(
    [
        "where",
        "filter",
        "filter_by",
        "having",
        "in_",
        "join",
        "outerjoin",
        "on",
        "order_by",
        "options",
        "with_only_columns",
    ]
)
#: Functions that build a statement, by their names: what they are given chooses rows too.
_BUILDS = re.compile(r"^[a-z_]*(statement|stmt|query|select|filter|readable|accessible)")
#: Functions that make one value of many rows, or what others are looked up in.
_REDUCE = frozenset(
    ["len", "sum", "any", "all", "next", "max", "min", "bool", "isinstance", "print", "set", "frozenset"]
)
_COLLECT = frozenset(["all", "fetchall"])
#: Methods whose results are rows to go through.
_RESULTS = frozenset(["scalars", "execute", "exec", "stream", "stream_scalars"])


@dataclass(frozen=True)
class Query:
    """Rows that a function asks for: the expression that collects them, and what is known of the statement."""

    node: ast.expr
    is_limited: bool
    #: by identifiers that are given, or a number of rows: as many as are asked for
    is_bounded: bool


class Statements:
    """What the functions of the service ask the database for."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._flows: dict[str, Flow] = {}
        self._queries: dict[str, list[Query]] = {}
        self._beginnings: dict[str, bool] = {}

    def flow(self, function: Function) -> Flow:
        if function.name not in self._flows:
            self._flows[function.name] = Flow(function)
        return self._flows[function.name]

    def is_session(self, function: Function, value: ast.expr) -> bool:
        """Whether it is a session or a connection, by its type or, where that is not known, by its name."""
        if self._source.sessions.connection(function, value):
            return True
        return not self._source.types.of(function, value) and bool(_SESSION_NAME.search(last(dotted(value))))

    def asks(self, function: Function, node: ast.Call) -> bool:
        """Whether a call asks the database for rows."""
        if not isinstance(node.func, ast.Attribute) or node.func.attr not in (*READS, "query"):
            return False
        if not self.is_session(function, node.func.value):
            return False
        if node.func.attr == "query":
            return bool(node.args)
        if node.func.attr in ("get", "get_one"):
            return self._gets_a_row(function, node)
        return any(
            self._is_select(function, one)
            for one in self.flow(function).feeding(*node.args[:1], closed=_beginning)
        )

    def _gets_a_row(self, function: Function, node: ast.Call) -> bool:
        """Whether a `get` is that of a session: one of a client or a dictionary has no class for its first argument."""
        asked = self._source.index.of(function.module, node.args[0]).definition if node.args else None
        assert isinstance(node.func, ast.Attribute)  # noqa: S101 - what was asked before
        return isinstance(asked, Class) or bool(self._source.sessions.of(function, node.func.value))

    def selects(self, function: Function, *values: ast.expr) -> bool:
        """Whether a select, or the legacy query, goes into these expressions."""
        return any(self._is_select(function, node) for node in self.flow(function).feeding(*values))

    def asks_itself(self, function: Function) -> bool:
        return any(self.asks(function, node) for node in function.nodes(ast.Call))

    def queries(self, function: Function) -> list[Query]:
        """The places where a function collects the rows of a select."""
        if function.name not in self._queries:
            self._queries[function.name] = list(self._collected(function))
        return self._queries[function.name]

    def limits(self, function: Function) -> bool:
        """Whether a function limits some statement."""
        return any(
            isinstance(node.func, ast.Attribute) and node.func.attr in ("limit", "slice", "fetch")
            for node in function.nodes(ast.Call)
        )

    def returned(self, function: Function) -> list[ast.AST]:
        """The nodes whose values go into what a function returns, but for those that only choose or count."""
        ends: list[ast.Return | ast.Yield] = [*function.nodes(ast.Return), *function.nodes(ast.Yield)]
        values = [one.value for one in ends if one.value is not None]
        return list(self.flow(function).feeding(*values, closed=lambda node: self._below(function, node)))

    # -- the parts of a statement ------------------------------------------------------------------------------

    def _is_select(self, function: Function, node: ast.AST) -> bool:
        if not isinstance(node, ast.Call):
            return False
        name = called(node)
        if last(name) == "select" and name:
            full = self._source.index.meaning(function.module, name).name
            return full.partition(".")[0] in ("sqlalchemy", "sqlmodel")
        if isinstance(node.func, ast.Attribute) and node.func.attr == "query":
            return bool(node.args) and self.is_session(function, node.func.value)
        target = self._source.types.callee(function, node)
        return isinstance(target, Function) and self._begins_select(target)

    def _begins_select(self, function: Function) -> bool:
        """Whether a function returns a select for its caller to go on with, and asks nothing itself."""
        if function.name not in self._beginnings:
            self._beginnings[function.name] = False  # of functions that call each other neither begins one
            self._beginnings[function.name] = not any(
                isinstance(node.func, ast.Attribute) and node.func.attr in (*READS, *_COLLECT)
                for node in function.nodes(ast.Call)
            ) and any(self._is_select(function, node) for node in self.returned(function))
        return self._beginnings[function.name]

    def _collected(self, function: Function) -> Iterator[Query]:
        if not function.nodes(ast.Call):
            return
        for node in function.nodes(ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr in _COLLECT and not node.args:
                yield from self._query(function, node, node.func.value)
            elif isinstance(node.func, ast.Name) and node.func.id in ("list", "set", "tuple") and node.args:
                yield from self._scalars(function, node, node.args[0])
        loops: list[ast.For | ast.AsyncFor | ast.comprehension] = [
            *function.nodes(ast.For),
            *function.nodes(ast.AsyncFor),
            *function.nodes(ast.comprehension),
        ]
        for one in loops:
            yield from self._scalars(function, one.iter, one.iter)
        for returned in function.nodes(ast.Return):
            if returned.value is not None:
                yield from self._scalars(function, returned.value, returned.value)

    def _scalars(self, function: Function, node: ast.expr, value: ast.expr) -> Iterator[Query]:
        """Rows that are collected by going through them."""
        inner = self.flow(function).value(value)
        inner = inner.value if isinstance(inner, ast.Await) else inner
        if (
            isinstance(inner, ast.Call)
            and isinstance(inner.func, ast.Attribute)
            and inner.func.attr in _RESULTS
        ):
            yield from self._query(function, node, inner)

    def _query(self, function: Function, node: ast.expr, value: ast.expr) -> Iterator[Query]:
        parts = list(self.flow(function).feeding(value))
        if not any(self._is_select(function, one) for one in parts):
            return
        calls = [one for one in parts if isinstance(one, ast.Call)]
        limited = any(self._limits_rows(function, one) for one in calls)
        bounded = any(self._bounds_rows(function, one) for one in calls)
        yield Query(node, limited, bounded)

    def _limits_rows(self, function: Function, node: ast.Call) -> bool:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else last(called(node))
        if name == "limit" and node.args and ast.unparse(node.args[0]) == "None":
            return False  # which takes a limit away
        if name in _LIMITS or _LIMITS_BY_NAME.search(name):
            return True
        target = self._source.types.callee(function, node)
        return isinstance(target, Function) and target is not function and self.limits(target)

    def _bounds_rows(self, function: Function, node: ast.Call) -> bool:
        """Whether as many rows are chosen as identifiers are given, or one that counts them."""
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("in_", "has_any", "any_", "group_by"):
            return True
        if not self._is_select(function, node) or not node.args:
            return False
        if all(dotted(one).endswith((".id", "_id")) for one in node.args):
            return True  # identifiers alone are what another query chooses by
        first = node.args[0]
        name = called(first) or dotted(first)
        if isinstance(first, ast.Call) and isinstance(first.func, ast.Attribute) and not name:
            name = f"func.{first.func.attr}"
        return (
            last(name) in _AGGREGATES or bool(re.match(r"\w+\.c\.", name)) or "distinct" in ast.unparse(first)
        )

    # -- where rows go -----------------------------------------------------------------------------------------

    def _below(self, function: Function, node: ast.AST) -> list[ast.AST]:
        """What of a node goes into its value."""
        match node:
            case ast.Compare() | ast.Lambda() | ast.SetComp() | ast.DictComp():
                return []  # what others are compared with and looked up in
            case ast.IfExp():
                return [node.body, node.orelse]
            case ast.comprehension():
                return [node.iter]
            case ast.Subscript():
                return (
                    [node.value]
                    if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
                    else []
                )
            case ast.Call():
                return self._into_call(function, node)
        return list(ast.iter_child_nodes(node))

    def _into_call(self, function: Function, node: ast.Call) -> list[ast.AST]:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else last(called(node))
        if name in _REDUCE and isinstance(node.func, ast.Name):
            return []
        receiver: list[ast.AST] = [node.func.value] if isinstance(node.func, ast.Attribute) else []
        given: list[ast.AST] = [*node.args, *(one.value for one in node.keywords)]
        if name in _CHOOSE or _BUILDS.search(name):
            return receiver
        if name in READS and isinstance(node.func, ast.Attribute):
            return receiver  # what is asked for are the rows of other tables
        target = self._source.types.callee(function, node)
        if not isinstance(target, Function):
            return [*receiver, *given]
        asks = self._begins_select(target) or any(
            self.asks_itself(one) for one, _ in self._source.calls.reached(target, 2)
        )
        return receiver if asks else [*receiver, *given]


def _beginning(node: ast.AST) -> list[ast.AST]:
    """What a statement goes on from: of `select(…).where(…)` the select, of `page(statement)` the statement."""
    match node:
        case ast.Call(func=ast.Attribute(value=before)):
            return [before, *node.args] if isinstance(before, ast.Name) else [before]
        case ast.Call():
            return list(node.args)
        case ast.Await():
            return [node.value]
        case ast.IfExp():
            return [node.body, node.orelse]
    return []
