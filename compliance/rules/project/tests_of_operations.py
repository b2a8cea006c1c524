"""Tests of the operations."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from compliance.catalogue import Level, NotApplicable, Phase, Untested, Violation, rule
from compliance.result import Place
from compliance.rules.project.tests_of_services import must_have_tests
from compliance.source import Source
from compliance.source.modules import called, dotted, last
from compliance.source.paths import ANY, MANY, Asked, Parts, Prefixes, asked, matches
from compliance.source.routes import Route
from compliance.source.secrets import text_of
from compliance.source.subjects import whole

#: What makes a client of an application, with whether it is an asynchronous one.
_CLIENTS = {
    "httpx.AsyncClient": True,
    "httpx.ASGITransport": True,
    "async_asgi_testclient.TestClient": True,
    "aiohttp.ClientSession": True,
    "httpx.Client": True,
    "httpx2.AsyncClient": True,
    "httpx2.ASGITransport": True,
    "httpx2.Client": True,
    "requests.Session": True,
    "fastapi.testclient.TestClient": False,
    "starlette.testclient.TestClient": False,
}
#: What serves an application to be asked as a stranger would.
_SERVING = frozenset(
    ["uvicorn.run", "uvicorn.Server", "uvicorn.Config", "hypercorn.asyncio.serve", "granian.Granian"]
)
#: What makes the path of an operation of its name.
_ASKING_BY_NAME = frozenset(["url_path_for", "url_for", "reverse", "get_url"])
_BY_NAME = "by name: "
#: What calls operations that it finds by itself.
_ENGINES = frozenset(["schemathesis", "hypothesis_jsonschema", "tavern", "dredd_hooks"])


@rule(
    "PRJ-010",
    "The tests have an asynchronous client, or serve the application",
    level=Level.SHOULD,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def tests_have_a_client(source: Source, _: Source) -> None:
    """
    Why: a synchronous client runs the application in a loop of its own, where no session or pool of the tests is valid.

    Breaks: tests that only call functions, or that use `TestClient`

    Conforms: `AsyncClient(transport=ASGITransport(app))` in `conftest.py`, or an application that is served for the tests
    """
    if not source.routes:
        source.must_be_read()
        raise NotApplicable("no operation is declared by a decorator")
    must_have_tests(source)
    named = {name for name in source.tests.imported if name in _CLIENTS or name in _SERVING}
    named |= _used(source, {*_CLIENTS, *_SERVING})
    if any(_CLIENTS.get(name, True) for name in named) or _imports_any(source, _ENGINES):
        return
    if source.tests.unread:
        raise Untested(f"{next(iter(source.tests.unread))} could not be read")
    expected = "an asynchronous client of the application"
    source.none_of(_synchronous(source), "the client of the tests is synchronous", expected)
    raise Violation("no test makes a client", expected, "no test makes one")


def _synchronous(source: Source) -> Iterator[Place]:
    """Where tests import a client that is synchronous."""
    for module in source.tests.modules:
        for node in module.import_nodes:
            if any(one.name == "TestClient" for one in node.names):
                yield module.place(node, "a synchronous client")


@rule(
    "PRJ-012",
    "A test calls every operation",
    level=Level.MUST,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def operations_are_tested(source: Source, _: Source) -> None:
    """
    Why: what no test ever calls breaks unseen, in its wiring first: dependencies, response model, status.

    Breaks: `DELETE /users/{user_id}` and no request to it in any test

    Conforms: `await client.delete(f"/api/v1/users/{user.id}")` in a test
    """
    if not source.routes:
        source.must_be_read()
        raise NotApplicable("no operation is declared by a decorator")
    must_have_tests(source)
    if _imports_any(source, _ENGINES):
        raise Untested("the tests leave it to an engine which operations are called")
    places = [
        route.function.module.place(route.decorator, f"no test calls {route.label}")
        for route in _uncalled(source)
    ]
    if places and source.tests.unread:
        raise Untested(f"{next(iter(source.tests.unread))} could not be read, and may call it")
    source.none_of(places, "an operation without a test", "a request to it in a test")


def _uncalled(source: Source) -> list[Route]:
    prefixes = Prefixes(source.index)
    paths = {route: prefixes.paths(route) for route in source.routes}
    known = set(asked(source.tests.modules))
    names = _names_in_tests(source)
    called_ones = _called(paths, known)
    return [
        route
        for route in source.routes
        if paths[route]
        and any(paths[route])
        and not _is_left_out(route)
        and route not in called_ones
        and not names & _named(route)
    ]


def _is_left_out(route: Route) -> bool:
    """Whether it is none of the operations that clients are told of: pages of documentation, probes."""
    said = route.option("include_in_schema")
    return isinstance(said, ast.Constant) and said.value is False


def _called(paths: dict[Route, tuple[Parts, ...]], known: Iterable[Asked]) -> set[Route]:
    """The operations that the paths lead to. What a test fills in is an identifier if there is an operation for that."""
    found: set[Route] = set()
    for one in known:
        says = any(part not in (ANY, MANY) for part in one.parts)
        if one.parts == (MANY,):
            continue  # all of it comes from elsewhere
        for loosely in (False, True) if says else (False,):
            hits = {route for route, said in paths.items() if _is_called(route, said, one, loosely=loosely)}
            found |= hits
            if hits:
                break
    return found


def _is_called(route: Route, paths: Iterable[Parts], one: Asked, *, loosely: bool) -> bool:
    if one.verb and route.method not in (one.verb, "api_route"):
        return False
    own = len([part for part in route.path.split("/") if part])
    return any(matches(path, own, one.parts, loosely=loosely) for path in paths)


def _named(route: Route) -> set[str]:
    """The names by which a test may call an operation without its path."""
    name = route.option("name")
    said = {name.value} if isinstance(name, ast.Constant) and isinstance(name.value, str) else set()
    return {route.function.name, f"{_BY_NAME}{route.function.short}", *said}


def _names_in_tests(source: Source) -> set[str]:
    """Full names of functions that tests call, and texts that may be the name of an operation."""
    found: set[str] = set()
    for module in source.tests.modules:
        for node in module.nodes(ast.Call):
            full = _full(called(node), module.imports)
            found.add(source.index.named(full).name if source.index.is_own(full) else full)
            if last(full) in _ASKING_BY_NAME and node.args:
                found.add(f"{_BY_NAME}{text_of(source.index, module, node.args[0])}")
        found |= {node.value for node in module.nodes(ast.Constant) if isinstance(node.value, str)}
    return found


def _used(source: Source, wanted: set[str]) -> set[str]:
    """Those of these names that tests use by their dotted name: `httpx.AsyncClient`."""
    ends = {last(name) for name in wanted}
    return {
        name
        for module in source.tests.modules
        for node in module.nodes(ast.Attribute)
        if node.attr in ends
        for name in [_full(dotted(node), module.imports)]
        if name in wanted
    }


def _full(name: str, imports: dict[str, str]) -> str:
    head, _, rest = name.partition(".")
    full = imports.get(head, head)
    return f"{full}.{rest}" if rest else full


def _imports_any(source: Source, tops: Iterable[str]) -> bool:
    return any(name.partition(".")[0] in tops for name in source.tests.imported)
