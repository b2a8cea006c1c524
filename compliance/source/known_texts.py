"""Strings that are put together of nothing but what somebody wrote into the code, and those that hold a value from outside."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from compliance.source.kinds import Kind
from compliance.source.modules import Class, Function, called, dotted, last

if TYPE_CHECKING:
    from compliance.source.tree import Source

#: Types that hold nothing which SQL could be hidden in, and functions that make a name safe.
_HARMLESS = frozenset(
    ["int", "float", "bool", "Decimal", "decimal.Decimal", "UUID", "uuid.UUID", "zoneinfo.ZoneInfo"]
)
_QUOTES = re.compile(r"quote|escape|ident", re.I)
_DISPLAYS = (ast.List, ast.Tuple, ast.Set)
#: How many calls of functions of the target's own are followed.
_DEPTH = 3
#: What a name may be beside what it is asked for: names that are just being decided, and parameters that were given what is known.
Names = frozenset[str]


class KnownTexts:
    """Judges strings within their function. seen: names that are known as far as anybody has got."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def is_made(self, function: Function, value: ast.expr, seen: Names = frozenset(), depth: int = 0) -> bool:
        """Whether a string is put together, and not of what is known beforehand alone."""
        return any(not self._is_known(function, part, seen, depth) for part in _parts(value))

    def _is_known(self, function: Function, value: ast.expr, seen: Names, depth: int) -> bool:
        """Whether what becomes part of a string can only be what somebody wrote into the code, or holds no text."""
        match value:
            case ast.Constant() | ast.Compare():
                return True
            case ast.JoinedStr():
                return not self.is_made(function, value, seen, depth)
            case ast.IfExp():
                return all(self._is_known(function, one, seen, depth) for one in (value.body, value.orelse))
            case ast.BoolOp():
                return all(self._is_known(function, one, seen, depth) for one in value.values)
            case ast.BinOp(op=ast.Add()):
                return all(self._is_known(function, one, seen, depth) for one in (value.left, value.right))
            case ast.Call():
                return self._is_known_call(function, value, seen, depth)
            case ast.Name() if value.id in seen:
                return True
        if dotted(value).endswith(("__tablename__", ".__table__.name")):
            return True
        return self._is_a_constant(function, value, seen, depth) or self._is_harmless(function, value)

    def _is_known_call(self, function: Function, call: ast.Call, seen: Names, depth: int) -> bool:
        name = last(called(call))
        if _QUOTES.search(name) or name in ("int", "float", "len"):
            return True
        if name == "join" or (isinstance(call.func, ast.Attribute) and call.func.attr == "join"):
            return all(self._holds_known(function, one, seen, depth) for one in call.args)
        callee = self._source.types.callee(function, call)
        if not isinstance(callee, Function) or depth >= _DEPTH:
            return False
        given = [*call.args, *(one.value for one in call.keywords)]
        known = all(self._is_known(function, one, seen, depth) for one in given)
        return self._returns_known(callee, _only_given(callee) if known else frozenset(), depth + 1)

    def _returns_known(self, function: Function, seen: Names, depth: int) -> bool:
        returned = [one.value for one in function.nodes(ast.Return) if one.value is not None]
        return bool(returned) and all(self._is_known(function, one, seen, depth) for one in returned)

    def _holds_known(self, function: Function, value: ast.expr, seen: Names, depth: int) -> bool:
        """The same of all that a list holds."""
        match value:
            case ast.List() | ast.Tuple() | ast.Set():
                parts = (one for one in value.elts)
                return all(
                    self._holds_known(function, one, seen, depth)
                    if isinstance(one, _DISPLAYS)
                    else self._is_known(function, one, seen, depth)
                    for one in parts
                )
            case ast.Dict():
                return all(one and self._is_known(function, one, seen, depth) for one in value.keys)
            case ast.ListComp() | ast.GeneratorExp() | ast.SetComp():
                return self._is_known(function, value.elt, seen, depth)
            case ast.BinOp(op=ast.Add()):
                return all(self._holds_known(function, one, seen, depth) for one in (value.left, value.right))
            case ast.BinOp(op=ast.Mult()):
                # Placeholders, one for each value: what is repeated stands on one side, a number on the other.
                return any(self._holds_known(function, one, seen, depth) for one in (value.left, value.right))
            case ast.Constant(value=str()):
                return True
            case ast.Name() if value.id in seen:
                return True
            case ast.Name() if value.id in _locals(function):
                deeper = seen | {value.id}
                added = _added(function, value.id)
                return all(
                    self._holds_known(function, one, deeper, depth) for one in _locals(function)[value.id]
                ) and all(self._is_known(function, one, deeper, depth) for one in added)
        meaning = self._source.index.of(function.module, value) if dotted(value) else None
        kept = meaning.definition if meaning else None
        return isinstance(kept, (*_DISPLAYS, ast.Dict)) and self._holds_known(function, kept, seen, depth)

    def _is_a_constant(self, function: Function, value: ast.expr, seen: Names, depth: int) -> bool:
        """Whether it is a constant of a module or a class, or a local name of nothing else."""
        if isinstance(value, ast.Name):
            assigned, drawn = _locals(function).get(value.id, []), _drawn(function).get(value.id, [])
            deeper = seen | {value.id}
            if value.id in {one.arg for one in function.parameters}:
                return self._is_literal(function, value.id)
            if assigned or drawn:
                return all(self._is_known(function, one, deeper, depth) for one in assigned) and all(
                    self._holds_known(function, one, deeper, depth) for one in drawn
                )
        name = dotted(value)
        meaning = self._source.index.meaning(function.module, name) if name else None
        if meaning and isinstance(meaning.definition, ast.Constant):
            return True
        return isinstance(value, ast.Attribute) and self._is_of_a_class(function, value, depth)

    def _is_of_a_class(self, function: Function, value: ast.Attribute, depth: int) -> bool:
        owner = self._source.index.classes.get(self._source.types.of(function, value.value))
        named = self._source.index.of(function.module, value.value).definition
        owner = named if isinstance(named, Class) else owner
        if owner is None:
            return False
        getter = self._source.index.method(owner, value.attr)
        if getter and depth < _DEPTH and any(last(one) == "property" for one in getter.decorators):
            return self._returns_known(getter, frozenset(), depth + 1)
        # What the operator configured came from no client.
        is_configured = self._source.kinds.of(owner) is Kind.SETTINGS
        return is_configured or isinstance(owner.values.get(value.attr), ast.Constant)

    def _is_literal(self, function: Function, parameter: str) -> bool:
        """Whether a parameter may only be one of the texts that its annotation names."""
        annotation = next((one.annotation for one in function.parameters if one.arg == parameter), None)
        if isinstance(annotation, ast.Name):
            meant = self._source.index.of(function.module, annotation).definition
            annotation = meant if isinstance(meant, ast.expr) else annotation
        return isinstance(annotation, ast.Subscript) and last(dotted(annotation.value)) == "Literal"

    def _is_harmless(self, function: Function, value: ast.expr) -> bool:
        """By its type: a number, an identifier, a time zone, a member of an enumeration."""
        is_member = isinstance(value, ast.Attribute) and value.attr in ("value", "name", "key")
        below = value.value if is_member and isinstance(value, ast.Attribute) else value
        found = self._source.types.of(function, below)
        one = self._source.index.classes.get(found)
        if found in _HARMLESS or one is None:
            return found in _HARMLESS
        family = [one, *self._source.index.ancestors(one)]
        bases = {base.name for each in family for base in self._source.index.bases(each)}
        return self._source.kinds.of(one) is Kind.ENUM or bool(bases & _HARMLESS)


def local_values(function: Function, value: ast.expr) -> list[ast.expr]:
    """What a local name is assigned, and what is added to it; any other expression itself."""
    return (_locals(function).get(value.id) if isinstance(value, ast.Name) else None) or [value]


def _only_given(function: Function) -> Names:
    """The parameters that stay what they were given: nothing else is assigned or added to them."""
    changed = {*_locals(function), *_drawn(function)}
    return frozenset(
        one.arg
        for one in function.parameters
        if one.arg not in changed and one.arg not in ("self", "cls") and not any(_added(function, one.arg))
    )


def _locals(function: Function) -> dict[str, list[ast.expr]]:
    """Local names with all that they are assigned."""
    found: dict[str, list[ast.expr]] = {}
    for target, value in _assignments(function):
        if isinstance(target, ast.Name):
            found.setdefault(target.id, []).append(value)
    return found


def _assignments(function: Function) -> Iterator[tuple[ast.expr, ast.expr]]:
    for node in function.nodes(ast.Assign):
        for target in node.targets:
            # Of a pair nobody follows which is which.
            targets = target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]
            yield from ((one, node.value) for one in targets)
    for one in function.nodes(ast.AnnAssign):
        if one.value is not None:
            yield one.target, one.value
    yield from ((one.target, one.value) for one in function.nodes(ast.AugAssign))
    yield from ((one.target, one.value) for one in function.nodes(ast.NamedExpr))


def _drawn(function: Function) -> dict[str, list[ast.expr]]:
    """Names of loops with what they go through."""
    found: dict[str, list[ast.expr]] = {}
    loops: Iterable[ast.For | ast.comprehension] = [
        *function.nodes(ast.For),
        *function.nodes(ast.comprehension),
    ]
    for loop in loops:
        for name in ast.walk(loop.target):
            if isinstance(name, ast.Name):
                found.setdefault(name.id, []).append(loop.iter)
    return found


def _added(function: Function, name: str) -> Iterator[ast.expr]:
    """What is appended to a local list."""
    for node in function.nodes(ast.Call):
        if called(node) in (f"{name}.append", f"{name}.insert", f"{name}.extend", f"{name}.add"):
            yield from node.args[-1:]


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
        case ast.BinOp(op=ast.Mod()) if _is_text(value.left) or dotted(value.left):
            return value.right.elts if isinstance(value.right, ast.Tuple) else [value.right]
        case ast.Call(func=ast.Attribute(attr="format", value=inner)) if _is_text(inner) or dotted(inner):
            return [*value.args, *(one.value for one in value.keywords)]
        case ast.Call(func=ast.Attribute(attr="replace", value=inner)) if _is_text(inner) or dotted(inner):
            return value.args[1:]
        case ast.Call(func=ast.Attribute(attr="join", value=inner)) if _is_text(inner):
            return [value]
    return []


def _is_text(value: ast.expr) -> bool:
    if isinstance(value, ast.BinOp):
        return _is_text(value.left) or _is_text(value.right)
    return isinstance(value, ast.JoinedStr) or (
        isinstance(value, ast.Constant) and isinstance(value.value, str)
    )
