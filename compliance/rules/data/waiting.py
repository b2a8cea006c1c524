"""Nothing that waits holds up the event loop."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from compliance.catalogue import Level, NotApplicable, Phase, Violation, rule
from compliance.result import Place
from compliance.source import Source, asks_ruff
from compliance.source.modules import Function, Module, called, last
from compliance.source.routes import Route
from compliance.source.subjects import routes, whole

_CODES = (
    "ASYNC210",
    "ASYNC212",
    "ASYNC220",
    "ASYNC221",
    "ASYNC222",
    "ASYNC230",
    "ASYNC240",
    "ASYNC250",
    "ASYNC251",
)
_RECKONING = frozenset(
    ["abspath", "basename", "commonpath", "dirname", "join", "normpath", "split", "splitext"]
)


@rule(
    "DAT-006",
    "An operation that waits for something is asynchronous",
    level=Level.MUST,
    subjects=routes,
    phase=Phase.READ,
    depth="source",
)
def operations_are_asynchronous(source: Source, route: Route) -> None:
    """
    Why: a plain function waits in one of a few threads, and when these are taken every further request waits too.

    Breaks: `@router.get("/users")` on `def list_users(db: SessionDep)` that asks the database

    Conforms: `async def list_users(…)`; a plain function that computes its answer from what it was given
    """
    function = route.function
    if function.is_async:
        return
    waits = next(iter(_waits(source, function)), None)
    if waits is None:
        source.must_be_read()
        raise NotApplicable("it is a plain function, and nothing shows that it waits for anything")
    raise Violation(
        "an operation waits in a plain function",
        "async def, and await where it waits",
        f"{function.short} is no coroutine: {waits.note}",
        [function.module.place(function.node, waits.note)],
    )


def _waits(source: Source, function: Function) -> Iterator[Place]:
    """The places where a function waits, in itself or in what it calls."""
    for node, what in source.blocking.direct(function):
        yield function.module.place(node, f"it waits for {what}")
    for node, way in source.blocking.through(function):
        yield function.module.place(node, f"it waits for {way.what} in {way.names}")
    taken = {
        one.arg
        for one in function.parameters
        if source.sessions.way(source.types.environment(function).get(one.arg, "")) == "sync"
    }
    for name in function.nodes(ast.Name):
        if name.id in taken:
            yield function.module.place(name, "it works with a synchronous session")


@rule(
    "DAT-007",
    "Nothing blocks in an asynchronous function",
    level=Level.MUST,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
@asks_ruff(*_CODES)
def nothing_blocks(source: Source, _: Source) -> None:
    """
    Why: a call that blocks in a coroutine stops the event loop, and with it all requests at once.

    Breaks: `async def notify(): requests.post(url)`, `time.sleep(1)`, `session.execute(…)` of a synchronous session

    Conforms: `await client.post(url)`, `await asyncio.sleep(1)`, `await asyncio.to_thread(…)`
    """
    functions = list(_asynchronous(source))
    places = {
        (function.module.file, node.lineno): function.module.place(node, f"it waits for {what}")
        for function in functions
        for node, what in source.blocking.direct(function)
    }
    lines = _lines(functions)
    lexical = {module.file: _lexical(module) for module in source.modules}
    for one in source.ruff(*_CODES):
        if one.line in lines.get(one.file, ()) and one.line not in lexical[one.file]:
            places.setdefault((one.file, one.line), one)
    source.none_of(
        places.values(), "the event loop is blocked", "what can be awaited, or a thread that does it"
    )


@rule(
    "DAT-008",
    "Nothing blocks behind a function that an asynchronous one calls",
    level=Level.SHOULD,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def nothing_blocks_further_away(source: Source, _: Source) -> None:
    """
    Why: that the blocking call stands in a helper changes nothing for the event loop that it stops.

    Breaks: `async def register(…): send_mail(address)` where `send_mail` opens an `smtplib.SMTP`

    Conforms: `await asyncio.to_thread(send_mail, address)`; what is read once and kept, what runs when the service starts
    """
    places = {
        (function.module.file, node.lineno): function.module.place(
            node, f"it waits for {way.what} in {way.names}"
        )
        for function in _asynchronous(source)
        for node, way in source.blocking.through(function)
    }
    source.none_of(
        places.values(),
        "the event loop is blocked by a helper",
        "what can be awaited, or a thread that runs the helper",
    )


def _asynchronous(source: Source) -> Iterator[Function]:
    """The coroutines of the service that a request may wait for."""
    for function in source.functions:
        beside = function.module.name in source.programs or function.name in source.driven
        if function.is_async and not beside and function.name not in source.starting:
            yield function


def _lexical(module: Module) -> set[int]:
    """The lines that only reckon with paths: ruff takes `os.path.abspath` for a look at the disk."""
    of_paths: dict[int, set[str]] = {}
    for node in module.nodes(ast.Call):
        if called(node).startswith("os.path."):
            of_paths.setdefault(node.lineno, set()).add(last(called(node)))
    return {line for line, names in of_paths.items() if "abspath" in names and names <= _RECKONING}


def _lines(functions: list[Function]) -> dict[str, set[int]]:
    """File -> the lines of what these functions run themselves, without functions and lambdas within them."""
    found: dict[str, set[int]] = {}
    for function in functions:
        lines = (node.lineno for node in function.own if isinstance(node, ast.expr))
        found.setdefault(function.module.file, set()).update(lines)
    return found
