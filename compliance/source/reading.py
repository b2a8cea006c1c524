"""The operations as their text has them: routes with what they take and what they answer."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING

from compliance.source.answers import Answers
from compliance.source.inputs import Reader
from compliance.source.operations import Operation
from compliance.source.routes import option_of_router

if TYPE_CHECKING:
    from compliance.source.index import Index
    from compliance.source.kinds import Kinds
    from compliance.source.routes import Route
    from compliance.source.types import Types


def operations_of(index: Index, kinds: Kinds, types: Types, routes: Iterable[Route]) -> tuple[Operation, ...]:
    """Every route as an operation."""
    reader, answers = Reader(index, kinds), Answers(index, kinds, types)
    return tuple(_operation(index, reader, answers, route) for route in routes)


def _operation(index: Index, reader: Reader, answers: Answers, route: Route) -> Operation:
    inputs = reader.read(route.function, route.path, route.decorator)
    return Operation(
        route.label,
        route.path,
        _methods(route),
        route.function,
        route.function.module.place(route.function.node),
        tuple(inputs.parameters.values()),
        tuple(inputs.bodies),
        answers.of(route),
        tuple(inputs.dependencies.values()),
        tuple(inputs.unread),
        _is_hidden(index, route),
    )


def _methods(route: Route) -> tuple[str, ...]:
    if route.method != "api_route":
        return (route.method.upper(),)
    given = route.option("methods")
    values = given.elts if isinstance(given, (ast.List, ast.Tuple, ast.Set)) else []
    return tuple(str(one.value).upper() for one in values if isinstance(one, ast.Constant)) or ("GET",)


def _is_hidden(index: Index, route: Route) -> bool:
    """Whether the operation, or its router, is kept out of the document."""
    if _is_false(route.option("include_in_schema")):
        return True
    return _is_false(option_of_router(index, route, "include_in_schema"))


def _is_false(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False
