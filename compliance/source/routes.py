"""The operations of the service as its decorators state them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance.source.modules import Class, Function, Module, called, dotted, last

if TYPE_CHECKING:
    from compliance.source.index import Index

#: The full names of what makes an application.
APPLICATIONS = ("fastapi.FastAPI", "fastapi.applications.FastAPI")
_METHODS = frozenset(
    [
        "get",
        "post",
        "put",
        "patch",
        "delete",
        "head",
        "options",
        "trace",
        "api_route",
        "websocket",
        "websocket_route",
    ]
)


@dataclass(frozen=True, eq=False)
class Route:
    """One decorated function: `path` as the decorator has it, without the prefixes of routers."""

    function: Function
    method: str
    path: str
    decorator: ast.Call

    @property
    def label(self) -> str:
        return f"{self.method.upper()} {self.path or '/'} ({self.function.name})"

    @property
    def is_websocket(self) -> bool:
        return self.method.startswith("websocket")

    def option(self, name: str) -> ast.expr | None:
        """What the decorator says by that name."""
        return next((one.value for one in self.decorator.keywords if one.arg == name), None)


def find_routes(index: Index, module: Module) -> list[Route]:
    """The operations that a module defines, those of functions within functions too."""
    own = {id(one.node): one for one in module.functions}
    found = []
    for node in module.function_nodes:
        for written in node.decorator_list:
            decorator = _unwrapped(written)
            if _is_route(index, module, decorator):
                assert isinstance(decorator, ast.Call)  # noqa: S101 - what a route's decorator is
                function = own.get(id(node)) or Function(f"{module.name}.{node.name}", node, module)
                assert isinstance(decorator.func, ast.Attribute)  # noqa: S101
                found.append(Route(function, decorator.func.attr, _path(decorator), decorator))
    return [*found, *_added(index, module)]


def _added(index: Index, module: Module) -> Iterator[Route]:
    """The operations that a call beside them adds: `router.add_api_route("/users", get_users, methods=["GET"])`."""
    for node in module.nodes(ast.Call):
        if not (isinstance(node.func, ast.Attribute) and node.func.attr == "add_api_route"):
            continue
        named = (one.value for one in node.keywords if one.arg == "endpoint")
        endpoint = node.args[1] if len(node.args) > 1 else next(named, None)
        meant = index.of(module, endpoint).definition if endpoint is not None else None
        if not (isinstance(meant, Function) and meant.module is module):
            continue  # what another module names means something else there
        if _is_router(index, module, dotted(node.func.value)):
            yield Route(meant, "api_route", _path(node), node)


def _unwrapped(decorator: ast.expr) -> ast.expr:
    """What a decorator of the target's own registers that is handed the router's: `@protected(router.get, "/users")`."""
    if not (
        isinstance(decorator, ast.Call) and decorator.args and isinstance(decorator.args[0], ast.Attribute)
    ):
        return decorator
    first = decorator.args[0]
    if first.attr not in _METHODS:
        return decorator
    return ast.copy_location(ast.Call(first, decorator.args[1:], decorator.keywords), decorator)


def _is_route(index: Index, module: Module, decorator: ast.expr) -> bool:
    if not (isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute)):
        return False
    router = dotted(decorator.func.value)
    return decorator.func.attr in _METHODS and bool(router) and _is_router(index, module, router)


def _is_router(index: Index, module: Module, name: str) -> bool:
    """Whether a name stands for a router or an application of FastAPI, and not for one of another library."""
    meaning = index.meaning(module, name)
    made = called(meaning.definition) if isinstance(meaning.definition, ast.Call) else ""
    if made:
        maker = index.meaning(meaning.module or module, made)
        if last(maker.name).endswith(("APIRouter", "FastAPI", "Router")) or isinstance(
            maker.definition, (Class, Function)
        ):
            return True
        if not index.is_own(maker.name):
            return False  # slack_bolt's App, typer's Typer, celery's Celery
    elif "." in meaning.name and not index.is_own(meaning.name):
        return False
    leaf = last(name).lower()
    return "router" in leaf or leaf in ("app", "api")


def _path(decorator: ast.Call) -> str:
    named = next((one.value for one in decorator.keywords if one.arg == "path"), None)
    given = decorator.args[0] if decorator.args else named
    if isinstance(given, ast.Constant) and isinstance(given.value, str):
        return given.value
    return ast.unparse(given) if given is not None else ""


def option_of_router(index: Index, route: Route, name: str) -> ast.expr | None:
    """What the router of a route says by that name where it is made."""
    assert isinstance(route.decorator.func, ast.Attribute)  # noqa: S101 - what a route's decorator is
    made = index.meaning(route.function.module, dotted(route.decorator.func.value)).definition
    if not isinstance(made, ast.Call):
        return None
    return next((one.value for one in made.keywords if one.arg == name), None)
