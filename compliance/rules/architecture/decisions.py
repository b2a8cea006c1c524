"""Decisions of the business that a route takes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from compliance.catalogue import Level, NotApplicable, Phase, rule
from compliance.result import Place
from compliance.rules.architecture.asking import asks
from compliance.source import Source
from compliance.source.modules import Class, Function, dotted, last
from compliance.source.routes import Route
from compliance.source.subjects import whole

#: So many decisions a route may take before they are a rule of the business.
_ALLOWED = 1
_READING = frozenset({"get", "head", "options", "trace"})
_DECIDING = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.match_case, ast.ExceptHandler)
#: What belongs to the protocol, so that a route may decide upon it and change it.
_PROTOCOL = frozenset({"self", "request", "req", "response", "resp"})


@rule(
    "ARC-008",
    "Routes that write leave the decisions to services",
    level=Level.SHOULD,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def routes_decide_nothing(source: Source, _: Source) -> None:
    """
    Why: what a route decides no other caller can ask for, and no test can examine without a request.

    Breaks: a route that looks up the address if it changed, refuses if it is taken, and else updates one thing or another

    Conforms: `return await service.update_user(actor, user_id, data)`; refusing what is not there, choosing a status
    """
    if not source.routes:
        source.must_be_read()
        raise NotApplicable("there are no routes")
    source.none_of(
        (place for route in source.routes for place in _deciding(source, route)),
        "a route takes decisions of the business",
        "a service that decides, and a route that asks it once",
    )
    source.must_have_layers()


def _deciding(source: Source, route: Route) -> Iterator[Place]:
    """The route, where more than one of its branches or loops does something to the data of the service."""
    function = route.function
    if _only_answers(route):
        return
    new = set(_made_here(source, function))
    found = [
        node for node in function.own if isinstance(node, _DECIDING) and _acts(source, function, node, new)
    ]
    if len(found) > _ALLOWED:
        lines = ", ".join(str(_line(node)) for node in found)
        yield function.module.place(function.node, f"{function.short} decides in lines {lines}")


def _only_answers(route: Route) -> bool:
    """Whether it reads, so that its branches put an answer together, or serves pages that are in no document."""
    shown = route.option("include_in_schema")
    pages = isinstance(shown, ast.Constant) and shown.value is False
    return pages or route.method in _READING


def _made_here(source: Source, function: Function) -> Iterator[str]:
    """The names of objects that a function makes itself: to fill them in is no change of what is kept."""
    for node in function.nodes(ast.Assign):
        made = (
            source.index.of(function.module, node.value).definition
            if isinstance(node.value, ast.Call)
            else None
        )
        if isinstance(made, Class):
            yield from (one.id for one in node.targets if isinstance(one, ast.Name))


def _acts(source: Source, function: Function, node: ast.AST, new: set[str]) -> bool:
    """Whether a branch or a loop itself, and not one within it, calls inner layers or changes what they keep."""
    if isinstance(node, ast.If) and (_names(node.test) & (_PROTOCOL - {"self"}) or _only_chooses(node)):
        return False
    return any(
        (isinstance(one, ast.Call) and _is_work(source, function, one))
        or (isinstance(one, (ast.Assign, ast.AugAssign)) and _changes(one, new))
        for one in _within(node)
    )


def _only_chooses(node: ast.If) -> bool:
    """Whether nothing happens but that one call answers instead of another."""
    return len(node.body) == 1 and isinstance(node.body[0], ast.Return) and not node.orelse


def _within(node: ast.AST) -> Iterator[ast.AST]:
    waiting = list(ast.iter_child_nodes(node))
    while waiting:
        one = waiting.pop()
        if not isinstance(one, (*_DECIDING, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            yield one
            waiting += ast.iter_child_nodes(one)


def _is_work(source: Source, function: Function, node: ast.Call) -> bool:
    """Whether it concerns the service's data: a call of an inner layer, of the database, or one for later."""
    if any(one.node is node and one.touches_rows for one in source.database.accesses(function)):
        return True
    if isinstance(node.func, ast.Attribute) and node.func.attr == "add_task":
        return last(source.types.of(function, node.func.value)) == "BackgroundTasks"
    return asks(source, function, node, "services", "repositories")


def _changes(node: ast.Assign | ast.AugAssign, new: set[str]) -> bool:
    """Whether an attribute is set of something that the function was given or has fetched."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    heads = {dotted(one).partition(".")[0] for one in targets if isinstance(one, ast.Attribute)}
    return bool(heads - _PROTOCOL - new - {""})


def _line(node: ast.AST) -> int:
    at = node.pattern if isinstance(node, ast.match_case) else node
    return int(getattr(at, "lineno", 1))


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
