"""A module of the target as it is written: what it imports and defines. Nothing of the target is ever imported."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from compliance.result import Place

if TYPE_CHECKING:
    from compliance.source.routes import Route

AnyFunction: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Node = TypeVar("Node", bound=ast.AST)
#: Characters of a line that a report shows.
_SHOWN = 160


@dataclass(frozen=True)
class Import:
    """One imported name: the full name of what is imported, and whether only type checkers read it."""

    name: str
    line: int
    for_types: bool = False


@dataclass(eq=False)
class Function:
    """A function of a module or a method of a class; `name` is its full dotted name."""

    name: str
    node: AnyFunction
    module: Module
    owner: Class | None = None

    @property
    def short(self) -> str:
        return self.node.name

    @property
    def is_async(self) -> bool:
        return isinstance(self.node, ast.AsyncFunctionDef)

    @property
    def parameters(self) -> list[ast.arg]:
        """All but `*args` and `**kwargs`, in order."""
        arguments = self.node.args
        return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]

    @property
    def defaults(self) -> dict[str, ast.expr]:
        """Parameters that have one, with it."""
        arguments = self.node.args
        placed = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
        named = {
            one.arg: value
            for one, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
            if value
        }
        last = placed[len(placed) - len(arguments.defaults) :]
        return dict(zip(last, arguments.defaults, strict=True)) | named

    @property
    def decorators(self) -> list[str]:
        """Their dotted names as written, without arguments."""
        return [dotted(one.func if isinstance(one, ast.Call) else one) for one in self.node.decorator_list]

    @cached_property
    def body(self) -> list[ast.stmt]:
        """Its statements without the docstring."""
        body = self.node.body
        first = body[0].value if body and isinstance(body[0], ast.Expr) else None
        return body[1:] if isinstance(first, ast.Constant) and isinstance(first.value, str) else body

    @cached_property
    def own(self) -> list[ast.AST]:
        """The nodes of its body in the order of the text, without those of functions and classes within it."""
        found: list[ast.AST] = []
        waiting: list[ast.AST] = list(reversed(self.body))
        while waiting:
            node = waiting.pop()
            found.append(node)
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
                waiting += reversed(list(ast.iter_child_nodes(node)))
        return found

    def nodes(self, *kinds: type[Node]) -> list[Node]:
        """Those of its own nodes that are of these kinds."""
        return [node for node in self.own if isinstance(node, kinds)]


@dataclass(eq=False)
class Class:
    """A class of a module: its methods, the fields of its body, and what its methods keep in `self`."""

    name: str
    node: ast.ClassDef
    module: Module
    methods: dict[str, Function] = field(default_factory=dict)
    #: field -> its annotation, or its value where it has none
    fields: dict[str, ast.expr] = field(default_factory=dict)
    #: field -> the value of the body
    values: dict[str, ast.expr] = field(default_factory=dict)
    #: attribute -> what is assigned to it first, and in which method
    kept: dict[str, tuple[ast.expr, Function]] = field(default_factory=dict)

    @property
    def short(self) -> str:
        return self.node.name

    @property
    def bases(self) -> list[str]:
        """The dotted names of its bases as written, of a generic one without its arguments."""
        plain = [one.value if isinstance(one, ast.Subscript) else one for one in self.node.bases]
        return [
            name for name in (dotted(one.func if isinstance(one, ast.Call) else one) for one in plain) if name
        ]


Definition: TypeAlias = Function | Class | ast.expr


@dataclass(eq=False)
class Module:
    """One file. `name` is the name under which it is imported, `file` its path from the project's root."""

    name: str
    file: str
    text: str
    tree: ast.Module
    is_package: bool = False
    #: local name -> full name of what was imported
    imports: dict[str, str] = field(default_factory=dict)
    #: modules of which everything is imported
    stars: list[str] = field(default_factory=list)
    imported: list[Import] = field(default_factory=list)
    #: names of the module's own
    names: dict[str, Definition] = field(default_factory=dict)
    routes: list[Route] = field(default_factory=list)

    @cached_property
    def lines(self) -> Sequence[str]:
        return self.text.splitlines()

    @cached_property
    def _by_kind(self) -> dict[type[ast.AST], list[ast.AST]]:
        found = defaultdict[type[ast.AST], list[ast.AST]](list)
        for node in ast.walk(self.tree):
            found[type(node)].append(node)
        return found

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """What every node stands in."""
        nodes = (node for kind in self._by_kind.values() for node in kind)
        return {below: node for node in nodes for below in ast.iter_child_nodes(node)}

    def nodes(self, *kinds: type[Node]) -> Iterator[Node]:
        """All nodes of exactly these kinds, wherever they stand."""
        for kind in kinds:
            yield from self._by_kind.get(kind, ())  # type: ignore[misc]

    @property
    def function_nodes(self) -> Iterator[AnyFunction]:
        """All functions, methods and functions within functions."""
        yield from self.nodes(ast.FunctionDef)
        yield from self.nodes(ast.AsyncFunctionDef)

    @property
    def import_nodes(self) -> Iterator[ast.Import | ast.ImportFrom]:
        yield from self.nodes(ast.Import)
        yield from self.nodes(ast.ImportFrom)

    def place(self, at: ast.AST | int, note: str = "") -> Place:
        """The place of a node or a line, for a finding. note: what is the matter there, in a few words."""
        line = at if isinstance(at, int) else getattr(at, "lineno", 1)
        text = self.lines[line - 1].strip() if 0 < line <= len(self.lines) else ""
        return Place(self.file, line, text if len(text) <= _SHOWN else f"{text[:_SHOWN]} …", note)

    @property
    def functions(self) -> Iterator[Function]:
        """Its functions and the methods of its classes."""
        for one in self.names.values():
            if isinstance(one, Function):
                yield one
            elif isinstance(one, Class):
                yield from one.methods.values()

    @cached_property
    def inner_functions(self) -> list[Function]:
        """Functions within functions: a factory's, a decorator's. They are known by their lines."""
        known = {id(one.node) for one in self.functions}
        return [
            Function(f"{self.name}.{node.name}:{node.lineno}", node, self)
            for node in self.function_nodes
            if id(node) not in known
        ]

    @cached_property
    def _by_node(self) -> dict[ast.AST, Function]:
        return {one.node: one for one in (*self.functions, *self.inner_functions)}

    def function_around(self, node: ast.AST) -> Function | None:
        """The innermost function in which a node stands; None where it runs with the module."""
        above = self.parents.get(node)
        while above is not None and above not in self._by_node:
            above = self.parents.get(above)
        return self._by_node[above] if above is not None else None

    @property
    def classes(self) -> Iterator[Class]:
        yield from (one for one in self.names.values() if isinstance(one, Class))


def dotted(node: ast.AST | None) -> str:
    """`a.b.c` of names and attributes, empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def called(node: ast.AST | None) -> str:
    """The dotted name of what is called, of `Repository[User](…)` that of Repository; empty where it is no call of a name."""
    if not isinstance(node, ast.Call):
        return ""
    return dotted(node.func.value if isinstance(node.func, ast.Subscript) else node.func)


def last(name: str) -> str:
    """The part of a dotted name behind its last dot."""
    return name.rpartition(".")[2]
