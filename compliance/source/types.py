"""What an expression of the target is, as far as annotations, dependencies and constructors tell it. A guess that is never forced."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import TYPE_CHECKING

from compliance.source.modules import Class, Function, Module, called, dotted, last

if TYPE_CHECKING:
    from compliance.source.index import Index

#: How deep an expression or an annotation is followed.
_DEPTH = 8
#: Generic types whose first argument is the type that counts.
_WRAPPERS = frozenset(
    [
        "Annotated",
        "Optional",
        "Type",
        "type",
        "ClassVar",
        "Final",
        "Awaitable",
        "AsyncGenerator",
        "AsyncIterator",
        "AsyncIterable",
        "Generator",
        "Iterator",
    ]
)
_DEPENDS = frozenset({"Depends", "Security", "Inject"})
#: Functions whose results are known by what made them.
_MAKERS = frozenset(
    [
        *("boto3.client", "boto3.resource", "redis.from_url", "requests.session", "sqlite3.connect"),
        *(
            "aiosqlite.connect",
            "asyncpg.connect",
            "asyncpg.create_pool",
            "psycopg.connect",
            "psycopg2.connect",
        ),
    ]
)
_ITSELF = frozenset({"Self"})


class Types:
    """Full names of classes by expression; the empty text where nothing tells it."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._environments: dict[str, dict[str, str]] = {}
        self._returned: dict[str, str] = {}

    # -- annotations -------------------------------------------------------------------------------------------

    def annotated(self, module: Module, annotation: ast.expr | None, depth: int = 0) -> str:
        """The class that an annotation names, behind aliases, `Annotated`, `Optional` and `| None`."""
        if annotation is None or depth > _DEPTH:
            return ""
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            try:
                annotation = ast.parse(annotation.value, mode="eval").body
            except SyntaxError:
                return ""
        if isinstance(annotation, ast.BinOp):
            either = (annotation.left, annotation.right)
            return next((found for one in either if (found := self.annotated(module, one, depth + 1))), "")
        if isinstance(annotation, ast.Subscript):
            return self._generic(module, annotation, depth)
        return self._named(module, annotation, depth)

    def _generic(self, module: Module, annotation: ast.Subscript, depth: int) -> str:
        head = last(dotted(annotation.value))
        inner = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        if head == "Coroutine":
            return self.annotated(module, inner[-1], depth + 1)
        if head not in _WRAPPERS or not inner:
            return self.annotated(module, annotation.value, depth + 1)
        found = self.annotated(module, inner[0], depth + 1)
        if found or head != "Annotated":
            return found
        return next((given for one in inner[1:] if (given := self.depended(module, one))), "")

    def _named(self, module: Module, annotation: ast.expr, depth: int) -> str:
        name = dotted(annotation)
        if not name or name == "None":
            return ""
        meaning = self._index.meaning(module, name)
        if isinstance(meaning.definition, ast.expr) and meaning.definition is not annotation:
            # SessionDep = Annotated[AsyncSession, Depends(get_session)]
            return self.annotated(meaning.module or module, meaning.definition, depth + 1) or meaning.name
        return meaning.name

    def depended(self, module: Module, value: ast.expr) -> str:
        """The class of what `Depends(…)` provides."""
        if last(called(value)) not in _DEPENDS or not isinstance(value, ast.Call) or not value.args:
            return ""
        meaning = self._index.of(module, value.args[0])
        if isinstance(meaning.definition, Class):
            return meaning.name
        if isinstance(meaning.definition, Function):
            return self.returned(meaning.definition)
        return ""

    def returned(self, function: Function) -> str:
        """The class that a function says it returns or yields; of one that says nothing, what it returns."""
        if function.node.returns is not None:
            return self.annotated(function.module, function.node.returns)
        if function.name not in self._returned:
            self._returned[function.name] = (
                ""  # a function that returns what it calls itself for tells nothing
            )
            self._returned[function.name] = self._inferred(function)
        return self._returned[function.name]

    def _inferred(self, function: Function) -> str:
        values = [one.value for one in function.own if isinstance(one, (ast.Return, ast.Yield))]
        return next((found for one in values if (found := self.of(function, one))), "")

    # -- names within a function -------------------------------------------------------------------------------

    def environment(self, function: Function) -> Mapping[str, str]:
        """Local name -> class, of parameters and of what is assigned first."""
        known = self._environments.get(function.name)
        if known is None:
            known = self._environments[function.name] = {}
            self._parameters(function, known)
            for node in function.own:
                self._assignment(function, node, known)
        return known

    def _parameters(self, function: Function, known: dict[str, str]) -> None:
        defaults = function.defaults
        for place, one in enumerate(function.parameters):
            if place == 0 and function.owner and one.arg in ("self", "cls"):
                known[one.arg] = function.owner.name
                continue
            found = self.annotated(function.module, one.annotation)
            if not found and one.arg in defaults:
                found = self.depended(function.module, defaults[one.arg])
            if found:
                known[one.arg] = found

    def _assignment(self, function: Function, node: ast.AST, known: dict[str, str]) -> None:
        pairs: list[tuple[ast.AST | None, str]] = []
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            pairs = [(node.targets[0], self.of(function, node.value, known))]
        elif isinstance(node, ast.AnnAssign):
            pairs = [(node.target, self.annotated(function.module, node.annotation))]
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            pairs = [(one.optional_vars, self.of(function, one.context_expr, known)) for one in node.items]
        for target, found in pairs:
            if isinstance(target, ast.Name) and found:
                known.setdefault(target.id, found)

    # -- expressions -------------------------------------------------------------------------------------------

    def of(
        self,
        function: Function,
        value: ast.AST | None,
        known: Mapping[str, str] | None = None,
        depth: int = 0,
    ) -> str:
        """The class of an expression in a function."""
        names = self.environment(function) if known is None else known
        if depth > _DEPTH:
            return ""
        match value:
            case ast.Await():
                return self.of(function, value.value, names, depth + 1)
            case ast.Name():
                return names.get(value.id) or self._global(function.module, value.id)
            case ast.Attribute():
                owner = self.of(function, value.value, names, depth + 1)
                return (
                    self.attribute(owner, value.attr)
                    if owner
                    else self._global(function.module, dotted(value))
                )
            case ast.Call():
                return self._result(function, value, names, depth)
            case ast.BoolOp():
                parts: list[ast.expr] = value.values
            case ast.IfExp():
                parts = [value.body, value.orelse]
            case _:
                return ""
        return next((found for one in parts if (found := self.of(function, one, names, depth + 1))), "")

    def attribute(self, owner: str, name: str) -> str:
        """The class of an attribute of objects of a class."""
        one = self._index.classes.get(owner)
        if one is None:
            return ""
        for place in (one, *self._index.ancestors(one)):
            found = self._own_attribute(place, name)
            if found:
                return found
        return ""

    def _own_attribute(self, one: Class, name: str) -> str:
        if name in one.fields:
            value = one.fields[name]
            return (
                self.depended(one.module, value)
                if isinstance(value, ast.Call)
                else self.annotated(one.module, value)
            )
        method = one.methods.get(name)
        if method is not None:
            is_property = {"property", "cached_property"} & {last(each) for each in method.decorators}
            return self.returned(method) if is_property else ""
        if name in one.kept:
            value, within = one.kept[name]
            return self.of(within, value, None, 1) or self.annotated(one.module, value)
        return ""

    def _global(self, module: Module, name: str) -> str:
        """The class of an object that a module makes once."""
        meaning = self._index.meaning(module, name) if name else None
        if meaning is None or not isinstance(meaning.definition, ast.Call):
            return ""
        place = meaning.module or module
        made = self._index.of(place, meaning.definition)
        if isinstance(made.definition, Function):
            return self.returned(made.definition)
        return made.name

    def _result(self, function: Function, node: ast.Call, names: Mapping[str, str], depth: int) -> str:
        target = self.callee(function, node, names)
        if isinstance(target, Class):
            return target.name
        if isinstance(target, Function):
            if dotted(target.node.returns) in _ITSELF and isinstance(node.func, ast.Attribute):
                return (
                    self.of(function, node.func.value, names, depth + 1)
                    or self._index.of(function.module, node.func.value).name
                )
            return self.returned(target)
        meaning = self._index.of(function.module, node)
        if isinstance(meaning.definition, ast.Call):
            return meaning.name  # a factory that a module makes once: what it makes has no better name
        name = meaning.name
        is_class = "." in name and last(name)[:1].isupper()
        return name if is_class or name in _MAKERS else ""

    def callee(
        self, function: Function, node: ast.Call, names: Mapping[str, str] | None = None
    ) -> Function | Class | None:
        """The target's own function or class that is called; None for what is somebody else's or not known."""
        known = self.environment(function) if names is None else names
        head = called(node).partition(".")[0]
        if head not in known:
            definition = self._index.of(function.module, node).definition
            if isinstance(definition, (Function, Class)):
                return definition
        if not isinstance(node.func, ast.Attribute):
            return None
        if called(node.func.value) == "super" and function.owner:
            above = (one.methods.get(node.func.attr) for one in self._index.ancestors(function.owner))
            return next((one for one in above if one), None)
        owner = self._index.classes.get(self.of(function, node.func.value, known, 1))
        if owner is None:
            meaning = self._index.of(function.module, node.func.value)
            owner = meaning.definition if isinstance(meaning.definition, Class) else None
        return self._index.method(owner, node.func.attr) if owner else None
