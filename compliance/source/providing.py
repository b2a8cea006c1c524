"""What `Depends(…)` calls: functions and classes of the target, also behind factories and instances."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance.contract.paths import vocabulary, words
from compliance.source.annotations import class_of
from compliance.source.modules import Class, Function, Module, called, dotted

if TYPE_CHECKING:
    from compliance.source.annotations import Written
    from compliance.source.index import Index

#: Words in the name of somebody else's dependency that may take the parameters of a page.
_MAY_PAGE = vocabulary(
    "page pages pagination paginate paging params parameters query list filter common limit offset"
)


@dataclass(frozen=True)
class Provider:
    """The target's own code that a dependency runs, or whose signature it takes."""

    functions: tuple[Function, ...] = ()
    classes: tuple[Class, ...] = ()


def provided(index: Index, module: Module, call: ast.Call, of: Written | None) -> Provider | str | None:
    """Whose signature counts; a text names what may take parameters and cannot be read; None: nothing of interest."""
    given = call.args[0] if call.args else _named(call)
    if given is None:
        one = class_of(index, of) if of else None
        if one is not None:
            return Provider(classes=(one,))
        return _foreign(
            dotted(of.node.value if of and isinstance(of.node, ast.Subscript) else of.node) if of else ""
        )
    if isinstance(given, ast.Call):
        return _made(index, module, given)
    name = dotted(given)
    meaning = index.meaning(module, name)
    if isinstance(meaning.definition, Function):
        return Provider((meaning.definition,))
    if isinstance(meaning.definition, Class):
        return Provider(classes=(meaning.definition,))
    if isinstance(meaning.definition, ast.Call) and meaning.module:
        return _made(index, meaning.module, meaning.definition)
    return _foreign(name)


def _made(index: Index, module: Module, made: ast.Call) -> Provider | str | None:
    """`Depends(PageOf(50))` runs `__call__`, `Depends(paging(50))` the function that is made, `Depends(of(Query))` both."""
    meaning = index.of(module, made)
    arguments = [
        index.of(module, one).definition for one in made.args if isinstance(one, (ast.Name, ast.Attribute))
    ]
    classes = tuple(one for one in arguments if isinstance(one, Class))
    if isinstance(meaning.definition, Class):
        method = index.method(meaning.definition, "__call__")
        return Provider((method,) if method else (), classes)
    if isinstance(meaning.definition, Function):
        factory = meaning.definition
        inner = [node for node in factory.own if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
        return Provider(
            tuple(Function(f"{factory.name}.{one.name}", one, factory.module) for one in inner), classes
        )
    return Provider(classes=classes) if classes else _foreign(called(made))


def _named(call: ast.Call) -> ast.expr | None:
    return next((one.value for one in call.keywords if one.arg == "dependency"), None)


def _foreign(name: str) -> str | None:
    return name if set(words(name)) & _MAY_PAGE else None
