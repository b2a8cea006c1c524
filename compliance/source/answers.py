"""What an operation says of its successful answer, read from its decorator, its annotation and what it returns."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from compliance.contract.paging import says_paging
from compliance.contract.paths import normal, vocabulary, words
from compliance.source.annotations import Written, all_fields, class_of, classes_in, members, written
from compliance.source.inputs import is_raw
from compliance.source.kinds import Kind
from compliance.source.modules import Class, Function, Module, called, dotted, last
from compliance.source.operations import Answer, Stated
from compliance.source.routes import option_of_router

if TYPE_CHECKING:
    from collections.abc import Callable

    from compliance.source.index import Index
    from compliance.source.kinds import Kinds
    from compliance.source.routes import Route
    from compliance.source.types import Types

_ARRAYS = frozenset({"list", "List", "set", "Set", "Sequence", "Iterable", "frozenset", "Collection"})
_STREAMS = frozenset({"AsyncIterator", "AsyncIterable", "AsyncGenerator", "Iterator", "Generator"})
#: What may stand around the items of a page.
_WRAPPING = vocabulary(
    "meta pagination links paging pageinfo success message status code error timestamp detail statuscode pageable sort"
)
_SCALARS = vocabulary(
    "str int float bool bytes UUID datetime date Decimal Any object Literal dict Dict EmailStr"
)
#: Statuses that come without a body of their own.
_BODILESS = vocabulary("204 205 304 301 302 303 307 308")
_BODILESS_NAMES = ("NO_CONTENT", "RESET_CONTENT", "NOT_MODIFIED", "FOUND", "SEE_OTHER", "REDIRECT", "MOVED")
_JSON = ("JSONResponse", "ORJSONResponse", "UJSONResponse")
_SENT_AS_JSON = frozenset(
    f"{home}.{name}" for home in ("fastapi.responses", "starlette.responses") for name in _JSON
)
_SUCCESS = re.compile(r"^20[0-3]$|_20[0-3]_|\b(OK|CREATED|ACCEPTED)\b")
_PAGES = vocabulary("page paginated pagination")
#: Libraries that add the parameters of a page by themselves.
_LIBRARIES = ("fastapi_pagination", "fastapi_filters")
#: Calls that make a dictionary, or an object of a schema.
_MADE = frozenset(
    {
        "model_dump",
        "dict",
        "jsonable_encoder",
        "loads",
        "model_validate",
        "model_construct",
        "parse_obj",
        "from_orm",
    }
)
_NOT_FILLED = frozenset({"None", "..."})


class Answers:
    """Reads answers."""

    def __init__(self, index: Index, kinds: Kinds, types: Types) -> None:
        self._index = index
        self._kinds = kinds
        self._types = types

    def of(self, route: Route) -> Answer:
        """The successful answer of a route."""
        answer = self._stated(route)
        if (
            answer.stated is not Stated.NO_JSON
            or self._has_no_body(route)
            or self._is_documented_aside(route)
        ):
            return answer
        loose = next(filter(self._is_loose(route.function.module), route.function.nodes(ast.Return)), None)
        if loose is None:
            return answer
        return Answer(
            Stated.NOTHING, route.function.module.place(loose), ast.unparse(loose.value or loose)[:80]
        )

    def _is_loose(self, module: Module) -> Callable[[ast.Return], bool]:
        """Tells whether what is returned is JSON that the function puts together, behind every schema's back."""

        def is_loose(node: ast.Return) -> bool:
            made = node.value
            if not isinstance(made, ast.Call) or self._index.of(module, made).name not in _SENT_AS_JSON:
                return False
            said = {one.arg: one.value for one in made.keywords}
            content = said.get("content", made.args[0] if made.args else None)
            status = said.get("status_code", made.args[1] if len(made.args) > 1 else None)
            is_made = isinstance(content, (ast.Dict, ast.List, ast.ListComp)) or _attribute(content) in _MADE
            succeeds = status is None or bool(_SUCCESS.search(ast.unparse(status)))
            return is_made and succeeds and None not in said

        return is_loose

    def _stated(self, route: Route) -> Answer:
        """The same by what is declared, or by what is returned where nothing is."""
        function, module = route.function, route.function.module
        if self._has_no_body(route):
            return Answer(Stated.NO_JSON, module.place(function.node))
        model = route.option("response_model")
        is_off = isinstance(model, ast.Constant) and model.value is None
        annotation = model if model is not None and not is_off else None
        if annotation is None and not is_off and not self._says_nothing(function):
            annotation = function.node.returns
        if _is_none(annotation):
            return Answer(Stated.NO_JSON, module.place(function.node))
        if annotation is not None:
            return self._described(route, annotation)
        if self._is_documented_aside(route):
            return Answer(Stated.SCHEMA, module.place(function.node))
        if is_off and function.node.returns is not None:
            parts = members(function.node.returns)
            if all(_is_none(one) or self._is_response(module, one) for one in parts):
                return Answer(Stated.NO_JSON, module.place(function.node))
        return self._returned(function)

    def _says_nothing(self, function: Function) -> bool:
        """Whether a function is annotated with `Any`, as what sends HTML or redirects often is: its returns tell more."""
        of = written(self._index, function.module, function.node.returns)
        return of.head in ("Any", "object")

    def _described(self, route: Route, annotation: ast.expr) -> Answer:
        module, of = route.function.module, written(self._index, route.function.module, annotation)
        at, text = module.place(route.function.node), ast.unparse(annotation)
        if of.node is None or of.head in _STREAMS or self._is_response(of.module, of.node):
            return Answer(Stated.NO_JSON, at, text)
        if any(self._is_response(of.module, one) for one in members(of.node)):
            return Answer(Stated.NO_JSON, at, text)
        own = class_of(self._index, of)
        if own is None and is_raw(of):
            aside = self._is_documented_aside(route)
            return Answer(Stated.SCHEMA if aside else Stated.RAW, at, text)
        shown = tuple({one.name: one for one in self._classes(of)}.values())
        return Answer(
            Stated.SCHEMA,
            at,
            text,
            is_list=self._is_array(of)
            or self._is_page(of)
            or (own is not None and self._is_envelope(own, of)),
            is_library_page=self._is_library(of),
            tables=tuple(one.name for one in shown if self._kinds.is_table(one)),
            shown=shown,
        )

    def _classes(self, of: Written, seen: frozenset[str] = frozenset(), depth: int = 0) -> list[Class]:
        """The classes that a type shows, the fields of schemas included."""
        found = []
        for one in classes_in(self._index, of):
            if one.name in seen or depth > 4:
                continue
            found.append(one)
            if self._kinds.of(one) is Kind.SCHEMA:
                for place, annotation in all_fields(self._index, one).values():
                    inner = written(self._index, place.module, annotation)
                    found += self._classes(inner, seen | {one.name}, depth + 1)
        return found

    def _is_array(self, of: Written) -> bool:
        if of.head not in _ARRAYS or not of.arguments:
            return False
        inner = written(self._index, of.module, of.arguments[0])
        if inner.head in _SCALARS:
            return False
        one = class_of(self._index, inner)
        return one is None or self._kinds.of(one) is not Kind.ENUM

    def _is_envelope(self, one: Class, of: Written) -> bool:
        """Whether an object is made for its one array: nothing but paging stands beside it."""
        fields = all_fields(self._index, one)
        arrays = [
            name
            for name, (place, annotation) in fields.items()
            if written(self._index, place.module, annotation).head in _ARRAYS
        ]
        if len(arrays) != 1:
            return False
        place, annotation = fields[arrays[0]]
        inner = written(self._index, place.module, annotation)
        free = isinstance(of.node, ast.Subscript)  # Page[User]: what its items are stands in the brackets
        if not free and not self._is_array(inner):
            return False
        return all(
            says_paging(normal(name)) or normal(name) in _WRAPPING for name in fields if name != arrays[0]
        )

    def _is_page(self, of: Written) -> bool:
        """Whether it is somebody else's generic page: `PaginatedListResponse[User]`."""
        if not isinstance(of.node, ast.Subscript):
            return False
        name = self._index.meaning(of.module, dotted(of.node.value)).name
        return not self._index.is_own(name) and bool(_PAGES & set(words(last(name))))

    def _is_library(self, of: Written) -> bool:
        node = of.node.value if isinstance(of.node, ast.Subscript) else of.node
        name = self._index.meaning(of.module, dotted(node)).name if dotted(node) else ""
        return name.partition(".")[0] in _LIBRARIES

    # -- no schema -----------------------------------------------------------------------------------------------

    def _has_no_body(self, route: Route) -> bool:
        status = route.option("status_code")
        text = ast.unparse(status) if status is not None else ""
        if text in _BODILESS or any(name in text for name in _BODILESS_NAMES):
            return True
        made = route.option("response_class") or option_of_router(
            self._index, route, "default_response_class"
        )
        return made is not None and not last(dotted(made)).endswith(_JSON)

    def _is_documented_aside(self, route: Route) -> bool:
        """Whether `responses=` gives the schema of a success."""
        aside = route.option("responses")
        if not isinstance(aside, ast.Dict):
            return False
        keys = [ast.unparse(key) for key in aside.keys if key is not None]
        return any("20" in key or "OK" in key or "CREATED" in key for key in keys)

    def _is_response(self, module: Module, node: ast.expr) -> bool:
        """Whether a type, or what is called, is a response that is sent as it stands."""
        name = dotted(node) or called(node)
        return bool(name) and self._names_response(self._index.meaning(module, name).name)

    def _names_response(self, full: str) -> bool:
        one = self._index.classes.get(full)
        if one is None:
            return last(full).endswith("Response") and not self._index.is_own(full)
        return any(self._names_response(base.name) for base in self._index.bases(one) if base.name != full)

    def _returned(self, function: Function) -> Answer:
        """What an operation without a type answers, as far as its returns tell."""
        at = function.module.place(function.node)
        if function.nodes(ast.Yield):
            return Answer(Stated.NO_JSON, at)
        unknown = None
        for one in function.nodes(ast.Return):
            if one.value is None or ast.unparse(one.value) in _NOT_FILLED:
                continue
            stated = self._value(function, one.value)
            if stated is Stated.NOTHING:
                return Answer(stated, function.module.place(one), ast.unparse(one.value)[:80])
            if stated is Stated.UNKNOWN:
                unknown = unknown or Answer(stated, function.module.place(one), ast.unparse(one.value)[:80])
        return unknown or Answer(Stated.NO_JSON, at)

    def _value(self, function: Function, value: ast.expr) -> Stated:
        match value:
            case ast.Dict() | ast.List() | ast.ListComp() | ast.DictComp() | ast.Tuple() | ast.JoinedStr():
                return Stated.NOTHING
            case ast.Constant():
                return Stated.NOTHING
        full = self._types.of(function, value)
        if full and self._names_response(full):
            return Stated.NO_JSON
        name = called(value.value if isinstance(value, ast.Await) else value)
        if (
            not full
            and last(name).endswith("Response")
            and not self._index.is_own(self._index.meaning(function.module, name).name)
        ):
            return Stated.NO_JSON  # templates.TemplateResponse(…)
        if _attribute(value) in _MADE:
            return Stated.NOTHING
        one = self._index.classes.get(full)
        if one is not None and self._kinds.of(one) in (Kind.SCHEMA, Kind.TABLE):
            return Stated.NOTHING
        if last(full) in ("dict", "list", "str", "int", "bool", "Dict", "List"):
            return Stated.NOTHING
        return Stated.UNKNOWN


def _attribute(value: ast.expr | None) -> str:
    """The name of the method or function that is called, whatever it is called on."""
    if not isinstance(value, ast.Call):
        return ""
    return value.func.attr if isinstance(value.func, ast.Attribute) else last(dotted(value.func))


def _is_none(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
