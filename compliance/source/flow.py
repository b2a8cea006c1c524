"""What goes into an expression of a function: the values that its names were given before."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compliance.source.modules import Function


class Flow:
    """Which expressions of a function go into which."""

    def __init__(self, function: Function) -> None:
        self._function = function
        self._definitions: dict[str, list[tuple[ast.expr, bool]]] = defaultdict(list)
        top = {id(one) for one in function.body}
        for node in function.own:
            self._define(node, certain=id(node) in top)

    def feeding(
        self, *values: ast.expr, closed: Callable[[ast.AST], list[ast.AST]] | None = None
    ) -> Iterator[ast.AST]:
        """All nodes of these expressions and of what their names were assigned.

        closed: says what of a node to follow, where that is not all that stands in it.
        """
        below = closed or (lambda node: list(ast.iter_child_nodes(node)))
        waiting: list[ast.AST] = list(reversed(values))
        seen: set[int] = set()
        while waiting:
            node = waiting.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            yield node
            waiting += below(node)
            if isinstance(node, ast.Name):
                waiting += self._reaching(node)

    def value(self, one: ast.expr) -> ast.expr:
        """What a name was assigned, where that is one thing; else the expression itself."""
        known = self._reaching(one) if isinstance(one, ast.Name) else []
        return known[0] if len(known) == 1 else one

    def _reaching(self, name: ast.Name) -> list[ast.expr]:
        """The values that a name may have where it stands: a plain assignment hides the ones before it."""
        found: list[ast.expr] = []
        known = self._definitions.get(name.id, [])
        for value, certain in sorted(known, key=lambda one: -one[0].lineno):
            if value.lineno > name.lineno:
                continue
            found.append(value)
            itself = any(isinstance(one, ast.Name) and one.id == name.id for one in ast.walk(value))
            if certain and not itself:
                break
        return found or [value for value, _ in known]

    def _define(self, node: ast.AST, *, certain: bool) -> None:
        match node:
            case ast.Assign():
                for target in node.targets:
                    self._bind(target, node.value, certain=certain)
            case ast.AnnAssign() | ast.NamedExpr() if node.value is not None:
                self._bind(node.target, node.value, certain=certain)
            case ast.AugAssign():
                self._bind(node.target, node.value, certain=False)
            case ast.For() | ast.AsyncFor():
                self._bind(node.target, node.iter, certain=False)
            case ast.comprehension():
                self._bind(node.target, node.iter, certain=False)
            case ast.Call(func=ast.Attribute(attr="append" | "extend" | "add", value=ast.Name() as target)):
                for one in node.args:
                    self._bind(target, one, certain=False)

    def _bind(self, target: ast.expr, value: ast.expr, *, certain: bool) -> None:
        targets = target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]
        for one in targets:
            name = one.value if isinstance(one, ast.Starred) else one
            if isinstance(name, ast.Name):
                self._definitions[name.id].append((value, certain))
