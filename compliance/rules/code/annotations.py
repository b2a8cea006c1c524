"""Annotations: of functions, of handlers, and comments that switch their checking off."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from compliance.catalogue import Level, NotApplicable, Phase, rule
from compliance.source import Source, asks_ruff
from compliance.source.modules import called, last
from compliance.source.subjects import whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance.source.modules import AnyFunction, Module

_PARAMETERS = ("ANN001", "ANN002", "ANN003")
_RETURNS = ("ANN201", "ANN202", "ANN204", "ANN205", "ANN206")
#: Decorators of an application that make a function one of its handlers, beside those of operations.
_HANDLERS = frozenset({"exception_handler", "middleware"})


@rule(
    "COD-008",
    "Every function has type hints",
    level=Level.MUST,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
@asks_ruff(*_PARAMETERS, *_RETURNS)
def functions_are_annotated(source: Source, _: Source) -> None:
    """
    Why: a type checker and an editor know nothing of what has no annotation, and FastAPI validates nothing there.

    Breaks: `async def find(email):`

    Conforms: `async def find(email: str) -> User | None:`; `self`, `cls` and what begins with an underscore need none, nor
    does the result of `__init__`
    """
    handlers = {(module.file, node.lineno) for module in source.written for node in _handlers(module)}
    places = [place for _, place in source.ruff_by_hand(*_PARAMETERS)]
    places += [
        place for _, place in source.ruff_by_hand(*_RETURNS) if (place.file, place.line) not in handlers
    ]
    source.none_of(places, "a function without type hints", "annotations of all parameters and of the result")


@rule(
    "COD-009",
    "A handler says what it returns",
    level=Level.SHOULD,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def handlers_are_annotated(source: Source, _: Source) -> None:
    """
    Why: FastAPI documents and checks the answer by it, and a type checker compares it with what the service gives.

    Breaks: `async def get_user(user_id: int, service: Service):`

    Conforms: `async def get_user(user_id: int, service: Service) -> UserResponse:`, with `response_model` or without
    """
    handlers = [(module, node) for module in source.written for node in _handlers(module)]
    if not handlers:
        source.must_be_read()
        raise NotApplicable("no function is decorated as the handler of an operation")
    places = [module.place(node, node.name) for module, node in handlers if node.returns is None]
    source.none_of(places, "a handler does not say what it returns", "an annotation of the result")


@rule(
    "COD-010",
    "No type hint is ignored without saying which error",
    level=Level.SHOULD,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
@asks_ruff("PGH003")
def ignores_are_specific(source: Source, _: Source) -> None:
    """
    Why: a bare comment hides every error of its line, also those that somebody makes there next year.

    Breaks: `total = count()  # type: ignore`

    Conforms: `total = count()  # type: ignore[no-untyped-call]`
    """
    places = [place for _, place in source.ruff_by_hand("PGH003")]
    source.none_of(
        places, "a comment that ignores every error of a type", "the error's code: ignore[arg-type]"
    )


def _handlers(module: Module) -> Iterator[AnyFunction]:
    """The functions that an application or a router calls by itself: of operations, of websockets, of exceptions."""
    routes = {id(one.function.node): one.function.node for one in module.routes}
    yield from routes.values()
    for node in module.function_nodes:
        if id(node) not in routes and any(_makes_handler(one) for one in node.decorator_list):
            yield node


def _makes_handler(decorator: ast.expr) -> bool:
    """Whether a decorator is `@app.exception_handler(…)` or `@app.middleware(…)`."""
    return last(called(decorator)) in _HANDLERS and "." in called(decorator)
