"""Who calls whom among the target's own functions, and what is reached from one."""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance.source.modules import Class, Function, last

if TYPE_CHECKING:
    from compliance.source.index import Index
    from compliance.source.types import Types

#: Calls between a function and what counts as reached from it.
DEPTH = 5


@dataclass(frozen=True, eq=False)
class Call:
    """One call of a function of the target's own."""

    function: Function
    node: ast.Call


class Calls:
    """The call graph, each function read once."""

    def __init__(self, index: Index, types: Types) -> None:
        self._index = index
        self._types = types
        self._known: dict[str, list[Call]] = {}

    def of(self, function: Function) -> list[Call]:
        """The target's own functions that a function calls; a class is its `__init__`, an abstract method its implementations."""
        if function.name not in self._known:
            self._known[function.name] = list(self._called(function))
        return self._known[function.name]

    def reached(
        self, function: Function, depth: int = DEPTH
    ) -> Iterator[tuple[Function, tuple[Function, ...]]]:
        """The function itself and what it reaches, the nearest first, each with the way to it."""
        waiting: deque[tuple[Function, tuple[Function, ...]]] = deque([(function, (function,))])
        seen = {function.name}
        while waiting:
            one, way = waiting.popleft()
            yield one, way
            if len(way) > depth:
                continue
            for call in self.of(one):
                if call.function.name not in seen:
                    seen.add(call.function.name)
                    waiting.append((call.function, (*way, call.function)))

    def _called(self, function: Function) -> Iterator[Call]:
        for node in function.nodes(ast.Call):
            target = self._types.callee(function, node)
            if isinstance(target, Class):
                target = self._index.method(target, "__init__")
            if target is None:
                continue
            yield Call(target, node)
            if target.owner and is_abstract(target):
                yield from (Call(one, node) for one in self._implementations(target))

    def _implementations(self, method: Function) -> list[Function]:
        assert method.owner is not None  # noqa: S101 - a method has one
        return [
            one
            for one in self._index.methods.get(method.short, ())
            if one is not method
            and one.owner
            and not is_abstract(one)
            and method.owner in self._index.ancestors(one.owner)
        ]


def is_abstract(function: Function) -> bool:
    """Whether a method only says what others do."""
    if any(last(name).startswith("abstract") for name in function.decorators):
        return True
    return all(
        isinstance(one, ast.Pass)
        or (isinstance(one, ast.Raise) and "NotImplemented" in ast.unparse(one))
        or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
        for one in function.body
    )
