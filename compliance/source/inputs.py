"""What an operation takes, read from its signature and from those of its dependencies as FastAPI reads them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance.source.annotations import Written, all_fields, class_of, members, written
from compliance.source.bounds import bounds_of
from compliance.source.kinds import Kind
from compliance.source.modules import Class, Function, Module, called, dotted, last
from compliance.source.operations import Body, BodyKind, Parameter
from compliance.source.providing import Provider, provided

if TYPE_CHECKING:
    from compliance.source.index import Index
    from compliance.source.kinds import Kinds

#: How deep dependencies depend on one another.
_DEPTH = 8
_DEPENDS = frozenset({"Depends", "Security", "Inject", "FromDishka"})
_QUERY = "Query"
_BODY = "Body"
_ELSEWHERE = frozenset({"Path", "Header", "Cookie", "Form", "File"})
_MARKERS = frozenset({_QUERY, _BODY}) | _ELSEWHERE | _DEPENDS
#: What FastAPI hands in by its type.
_HANDED = frozenset(
    {"Request", "Response", "WebSocket", "HTTPConnection", "BackgroundTasks", "SecurityScopes", "UploadFile"}
)
_MANY = frozenset({"list", "List", "set", "Set", "tuple", "Tuple", "Sequence", "frozenset", "Iterable"})
_FREE = frozenset({"dict", "Dict", "Mapping", "MutableMapping", "OrderedDict", "defaultdict"})
_ANYTHING = frozenset({"Any", "object", "JSON", "Json", "JsonValue"})
_INTEGERS = frozenset({"int", "conint", "PositiveInt", "NonNegativeInt", "StrictInt"})


@dataclass
class Inputs:
    """What was found."""

    parameters: dict[str, Parameter] = field(default_factory=dict)
    bodies: list[Body] = field(default_factory=list)
    dependencies: dict[str, Function] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Item:
    """One parameter of a function, or one field of a class, with all that is said of it."""

    name: str
    type: Written
    marker: str
    said: tuple[tuple[Module, ast.Call], ...]
    default: ast.expr | None
    module: Module
    node: ast.AST
    owner: str
    annotation: ast.expr | None


class Reader:
    """Reads signatures."""

    def __init__(self, index: Index, kinds: Kinds) -> None:
        self._index = index
        self._kinds = kinds

    def read(self, function: Function, path: str, decorator: ast.Call) -> Inputs:
        """All that an operation takes."""
        found = Inputs()
        self._function(function, path, found, 0)
        for keyword in decorator.keywords:
            if keyword.arg == "dependencies" and isinstance(keyword.value, (ast.List, ast.Tuple)):
                for one in keyword.value.elts:
                    if isinstance(one, ast.Call):
                        self._dependency(function.module, one, None, path, found, 0)
        return found

    def _function(self, function: Function, path: str, found: Inputs, depth: int) -> None:
        for item in self._items(function):
            self._take(item, path, found, depth)

    def _items(self, function: Function) -> Iterator[_Item]:
        defaults = function.defaults
        for place, one in enumerate(function.parameters):
            if place == 0 and one.arg in ("self", "cls"):
                continue
            yield self._item(
                function.module, one.arg, one.annotation, defaults.get(one.arg), one, function.name
            )

    def _fields(self, one: Class) -> Iterator[_Item]:
        for name, (place, annotation) in all_fields(self._index, one).items():
            yield self._item(place.module, name, annotation, place.values.get(name), annotation, place.name)

    def _item(
        self,
        module: Module,
        name: str,
        annotation: ast.expr | None,
        default: ast.expr | None,
        node: ast.AST,
        owner: str,
    ) -> _Item:
        of = written(self._index, module, annotation)
        said = [(place, extra) for place, extra in of.extras if isinstance(extra, ast.Call)]
        # `SESSION = Depends(get_session)` may stand in the module, and in one that it imports.
        kept = self._index.of(module, default) if isinstance(default, (ast.Name, ast.Attribute)) else None
        if isinstance(default, ast.Call):
            said.append((module, default))
        elif kept and isinstance(kept.definition, ast.Call) and last(called(kept.definition)) in _MARKERS:
            said.append((kept.module or module, kept.definition))
        names = [last(called(call)) for _, call in said]
        marker = next((one for one in reversed(names) if one in _MARKERS), "")
        return _Item(name, of, marker, tuple(said), default, module, node, owner, annotation)

    def _take(self, item: _Item, path: str, found: Inputs, depth: int) -> None:
        if item.marker in _DEPENDS:
            for module, call in item.said:
                if last(called(call)) in _DEPENDS:
                    self._dependency(module, call, item.type, path, found, depth)
            return
        if item.marker in _ELSEWHERE or f"{{{item.name}}}" in path or f"{{{item.name}:" in path:
            return
        if not item.marker and self._is_unclear(item):
            found.unread.append(f"{item.name}: {item.type.head}")
            return
        self._take_value(item, found)

    def _take_value(self, item: _Item, found: Inputs) -> None:
        one = class_of(self._index, item.type)
        kind = self._kinds.of(one) if one else None
        if item.marker == _QUERY:
            if one and kind is Kind.SCHEMA:
                self._all_fields(one, found)
            else:
                self._parameter(item, found)
        elif item.marker == _BODY or self._is_body(item, one, kind):
            found.bodies.append(self._body(item, one, kind))
        elif self._is_unread(item.type):
            found.unread.append(f"{item.name}: {item.type.head}")
        elif item.type.head not in _HANDED and item.type.head not in _ANYTHING:
            self._parameter(item, found)

    def _is_body(self, item: _Item, one: Class | None, kind: Kind | None) -> bool:
        if one is not None:
            return kind in (Kind.SCHEMA, Kind.TABLE) or "dataclass" in {
                last(called(each) or dotted(each)) for each in one.node.decorator_list
            }
        return item.type.head in _FREE | _MANY and self._is_builtin(item.type)

    def _is_unclear(self, item: _Item) -> bool:
        """Whether a default is a name that the module does not define: of a function around, which may hold a dependency."""
        if not isinstance(item.default, ast.Name):
            return False
        meaning = self._index.of(item.module, item.default)
        return meaning.definition is None and meaning.name == item.default.id

    def _is_unread(self, of: Written) -> bool:
        """Whether a type is the target's own and nobody could read what it is."""
        name = dotted(of.node.value if isinstance(of.node, ast.Subscript) else of.node)
        meaning = self._index.meaning(of.module, name)
        return (
            bool(name)
            and "." in meaning.name
            and self._index.is_own(meaning.name)
            and meaning.definition is None
        )

    def _is_builtin(self, of: Written) -> bool:
        node = of.node.value if isinstance(of.node, ast.Subscript) else of.node
        return not self._index.is_own(self._index.meaning(of.module, dotted(node)).name) or not dotted(node)

    def _dependency(
        self, module: Module, call: ast.Call, of: Written | None, path: str, found: Inputs, depth: int
    ) -> None:
        if depth > _DEPTH:
            return
        one = provided(self._index, module, call, of)
        if one is None:
            return
        if isinstance(one, str):
            found.unread.append(one)
            return
        self._provider(one, path, found, depth)

    def _provider(self, one: Provider, path: str, found: Inputs, depth: int) -> None:
        for function in one.functions:
            if function.name not in found.dependencies:
                found.dependencies[function.name] = function
                self._function(function, path, found, depth + 1)
        for each in one.classes:
            for method in each.methods.values():
                found.dependencies.setdefault(method.name, method)
            constructor = self._index.method(each, "__init__")
            if constructor is not None and self._kinds.of(each) is not Kind.SCHEMA:
                self._function(constructor, path, found, depth + 1)
                continue
            for item in self._fields(each):
                self._take(item, path, found, depth + 1)

    def _all_fields(self, one: Class, found: Inputs) -> None:
        for method in one.methods.values():
            found.dependencies.setdefault(method.name, method)
        for item in self._fields(one):
            self._parameter(item, found)

    def _parameter(self, item: _Item, found: Inputs) -> None:
        bounds = bounds_of(self._index, item.type, item.said)
        alias = next((text for _, call in item.said if (text := _alias(call))), "")
        found.parameters.setdefault(
            item.name,
            Parameter(
                alias or item.name,
                item.name,
                item.owner,
                item.module.place(item.node),
                is_integer=_is_integer(item),
                is_list=item.type.head in _MANY,
                minimum=bounds.minimum,
                maximum=bounds.maximum,
                is_vague=bounds.is_vague,
            ),
        )

    def _body(self, item: _Item, one: Class | None, kind: Kind | None) -> Body:
        text = ast.unparse(item.annotation) if item.annotation else "no type"
        at = item.module.place(item.node)
        if one is None and self._is_raw(item.type):
            return Body(item.name, BodyKind.RAW, text, at)
        if one is None and item.type.head in _MANY and item.type.arguments:
            inner = written(self._index, item.type.module, item.type.arguments[0])
            one = class_of(self._index, inner)
            kind = self._kinds.of(one) if one else None
            if one is None and self._is_raw(inner):
                return Body(item.name, BodyKind.RAW, text, at)
        if kind is Kind.TABLE:
            return Body(item.name, BodyKind.TABLE, text, at, one)
        return Body(item.name, BodyKind.SCHEMA if kind is Kind.SCHEMA else BodyKind.OTHER, text, at, one)

    def _is_raw(self, of: Written) -> bool:
        return is_raw(of) and self._is_builtin(of)


def is_raw(of: Written) -> bool:
    """Whether a type admits anything, or any object: `Any`, `dict`, `dict[str, Any]`."""
    if of.node is None:
        return False
    if isinstance(of.node, ast.BinOp) and any(
        is_raw(Written(of.module, one)) for one in members(of.node) if not isinstance(one, ast.Constant)
    ):
        return True
    if of.head in _ANYTHING:
        return True
    if of.head not in _FREE:
        return False
    values = of.arguments[1:]
    return not values or last(dotted(values[0])) in _ANYTHING


def _alias(call: ast.Call) -> str:
    """The name by which a client sends it, where that is another one."""
    for keyword in call.keywords:
        if keyword.arg in ("alias", "validation_alias") and isinstance(keyword.value, ast.Constant):
            return str(keyword.value.value)
    return ""


def _is_integer(item: _Item) -> bool:
    if item.type.head in _INTEGERS:
        return True
    parts = members(item.type.node) if item.type.node is not None else []
    if any(last(called(one) or dotted(one)) in _INTEGERS for one in parts):
        return True
    plain = item.default.args[0] if isinstance(item.default, ast.Call) and item.default.args else item.default
    return (
        item.annotation is None
        and isinstance(plain, ast.Constant)
        and isinstance(plain.value, int)
        and not isinstance(plain.value, bool)
    )
