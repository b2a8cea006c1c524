"""An annotation without its wrapping: behind aliases, `Annotated`, `Optional` and `| None`."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance.source.modules import Class, called, dotted, last

if TYPE_CHECKING:
    from compliance.source.index import Index
    from compliance.source.modules import Module

#: How many aliases and wrappers may stand around a type.
_DEPTH = 10
_MAYBE = frozenset({"Optional", "Union"})
_THROUGH = frozenset({"Final", "ClassVar", "Required", "NotRequired", "SkipValidation"})


@dataclass(frozen=True)
class Written:
    """What an annotation comes to: the type itself, with what `Annotated` says of it on the way."""

    module: Module
    node: ast.expr | None
    #: the extras of `Annotated`, each with the module in which its names mean something
    extras: tuple[tuple[Module, ast.expr], ...] = ()

    @property
    def head(self) -> str:
        """The last part of the type's name: `list` of `list[User]`."""
        node = self.node.value if isinstance(self.node, ast.Subscript) else self.node
        return last(called(node) or dotted(node))

    @property
    def arguments(self) -> list[ast.expr]:
        """What stands in its brackets."""
        if not isinstance(self.node, ast.Subscript):
            return []
        inside = self.node.slice
        return list(inside.elts) if isinstance(inside, ast.Tuple) else [inside]


def written(index: Index, module: Module, node: ast.expr | None, depth: int = 0) -> Written:
    """Read an annotation."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            node = ast.parse(node.value, mode="eval").body
        except SyntaxError:
            return Written(module, None)
    if node is None or depth > _DEPTH:
        return Written(module, node)
    if isinstance(node, (ast.Name, ast.Attribute)):
        return _named(index, module, node, depth)
    if isinstance(node, ast.BinOp) or (
        isinstance(node, ast.Subscript) and last(dotted(node.value)) in _MAYBE
    ):
        some = [one for one in members(node) if not _is_none(one)]
        return written(index, module, some[0], depth + 1) if len(some) == 1 else Written(module, node)
    if isinstance(node, ast.Subscript):
        return _subscript(index, module, node, depth)
    if isinstance(node, ast.Call) and last(called(node)) == "NewType" and len(node.args) > 1:
        return written(index, module, node.args[1], depth + 1)
    return Written(module, node)


def members(node: ast.expr) -> list[ast.expr]:
    """The alternatives of a union; of any other type the type."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return [*members(node.left), *members(node.right)]
    if isinstance(node, ast.Subscript) and last(dotted(node.value)) in _MAYBE:
        inside = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return [part for one in inside for part in members(one)]
    return [node]


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _named(index: Index, module: Module, node: ast.expr, depth: int) -> Written:
    meaning = index.meaning(module, dotted(node))
    other = meaning.definition
    if isinstance(other, ast.expr) and other is not node and not isinstance(other, ast.Constant):
        return written(index, meaning.module or module, other, depth + 1)
    return Written(module, node)


def _subscript(index: Index, module: Module, node: ast.Subscript, depth: int) -> Written:
    head = last(dotted(node.value))
    inside = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
    if head in _THROUGH and inside:
        return written(index, module, inside[0], depth + 1)
    if head == "Annotated" and inside:
        inner = written(index, module, inside[0], depth + 1)
        return Written(inner.module, inner.node, (*inner.extras, *((module, one) for one in inside[1:])))
    return Written(module, node)


def class_of(index: Index, one: Written) -> Class | None:
    """The target's own class that a type is, of a generic one without its arguments."""
    node = one.node.value if isinstance(one.node, ast.Subscript) else one.node
    definition = index.meaning(one.module, dotted(node)).definition if dotted(node) else None
    return definition if isinstance(definition, Class) else None


def classes_in(index: Index, one: Written, depth: int = 0) -> list[Class]:
    """The target's own classes that a type names, those in brackets and unions too."""
    if one.node is None or depth > _DEPTH:
        return []
    found = class_of(index, one)
    inside = one.arguments if isinstance(one.node, ast.Subscript) else []
    if not isinstance(one.node, ast.Subscript) and len(parts := members(one.node)) > 1:
        inside = parts
    elif isinstance(one.node, ast.Subscript) and one.head in _MAYBE:
        inside = members(one.node)
    return [
        *([found] if found else []),
        *(each for part in inside for each in classes_in(index, written(index, one.module, part), depth + 1)),
    ]


def all_fields(index: Index, one: Class) -> dict[str, tuple[Class, ast.expr]]:
    """The annotated fields of a class and of what it is derived from, each with the class that has it."""
    found: dict[str, tuple[Class, ast.expr]] = {}
    for place in reversed([one, *index.ancestors(one)]):
        for node in place.node.body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                name = node.target.id
                if (
                    not name.startswith("_")
                    and name != "model_config"
                    and "ClassVar" not in ast.unparse(node.annotation)
                ):
                    found[name] = (place, node.annotation)
    return found
