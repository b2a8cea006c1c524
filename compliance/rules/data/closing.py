"""Sessions are closed by whoever opens them."""

from __future__ import annotations

import ast

from compliance.catalogue import Level, Phase, rule
from compliance.rules.data.sessions import SQLALCHEMY
from compliance.source import Source
from compliance.source.modules import Class, Function, Module, dotted, last
from compliance.source.subjects import whole

#: Exit stacks, and what closes what it is given.
_TAKERS = frozenset(
    [
        "enter_context",
        "enter_async_context",
        "push",
        "push_async_exit",
        "callback",
        "push_async_callback",
        "closing",
        "aclosing",
    ]
)
#: Methods of an object that close what it keeps.
_ENDS = frozenset(["__exit__", "__aexit__", "close", "aclose", "dispose"])
_CLOSERS = frozenset(["close", "aclose", "remove"])


@rule(
    "DAT-004",
    "A session is closed whatever happens",
    level=Level.MUST,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def sessions_are_closed(source: Source, _: Source) -> None:
    """
    Why: a session that an error leaves open keeps its connection, and when none is left every request waits.

    Breaks: `session = SessionLocal()` and nothing that closes it; `async def get_session(): return SessionLocal()`

    Conforms: `async with SessionLocal() as session: yield session`; `session.close()` in a `finally`
    """
    source.must_have(*SQLALCHEMY, what="SQLAlchemy")
    dependencies = _dependencies(source)
    places = [
        module.place(node, "opened, and not certain to be closed")
        for name, module in source.index.modules.items()
        if name not in source.programs  # with a program its connections end
        for node in module.nodes(ast.Call)
        if _is_left_open(source, module, node, dependencies)
    ]
    source.none_of(
        places, "a session may stay open", "async with, or a close() in finally, where the session is opened"
    )


def _is_left_open(source: Source, module: Module, node: ast.Call, dependencies: set[str]) -> bool:
    function = module.function_around(node)
    if not source.sessions.opened(module, function, node) or _has_a_connection_already(node):
        return False
    return not _is_looked_after(source, module, function, node, dependencies)


def _is_looked_after(
    source: Source, module: Module, function: Function | None, node: ast.Call, dependencies: set[str]
) -> bool:
    above = module.parents.get(node)
    while above is not None and not isinstance(above, ast.stmt):
        # Whoever calls a lambda has the session.
        if isinstance(above, (ast.withitem, ast.Lambda)) or _takes_over(source, module, above):
            return True
        above = module.parents.get(above)
    match above:
        case ast.Return() if function is not None and node is above.value:
            return function.name not in dependencies
        case ast.Assign() if function is not None:
            names = [dotted(one) for one in above.targets]
        case ast.AnnAssign() if function is not None:
            names = [dotted(above.target)]
        case _:
            return False
    is_awaited = source.sessions.opened(module, function, node) == "async"
    return any(
        name and _is_closed(source, module, function, name, dependencies, is_awaited=is_awaited)
        for name in names
    )


def _takes_over(source: Source, module: Module, above: ast.AST) -> bool:
    """Whether it is a call of an exit stack, or makes an object that can close what it is given."""
    if not isinstance(above, ast.Call):
        return False
    made = source.index.of(module, above).definition
    return last(dotted(above.func)) in _TAKERS or (isinstance(made, Class) and _can_close(source, made))


def _given(node: ast.AST) -> list[ast.expr]:
    return [*node.args, *(one.value for one in node.keywords)] if isinstance(node, ast.Call) else []


def _can_close(source: Source, one: Class) -> bool:
    return any(_ENDS & each.methods.keys() for each in (one, *source.index.ancestors(one)))


def _has_a_connection_already(node: ast.Call) -> bool:
    """Whether the session is one on a connection of somebody else's, as in an event of the mapper."""
    given = [one.value for one in node.keywords if one.arg == "bind"] or node.args[:1]
    return any("conn" in ast.unparse(one).lower() for one in given)


def _is_closed(
    source: Source,
    module: Module,
    function: Function,
    name: str,
    dependencies: set[str],
    *,
    is_awaited: bool,
) -> bool:
    """Whether the function closes that name in a `finally` or a `with`, gives it to its caller, or leaves it to its object."""
    if name.startswith("self.") and function.owner is not None:
        return _can_close(source, function.owner)
    for node in function.own:
        if isinstance(node, ast.Try) and any(
            _closes(one, name, is_awaited=is_awaited) for one in node.finalbody
        ):
            return True
        if isinstance(node, (ast.With, ast.AsyncWith)) and any(
            dotted(part) == name for item in node.items for part in ast.walk(item.context_expr)
        ):
            return True
        if _takes_over(source, module, node) and name in map(dotted, _given(node)):
            return True
        if isinstance(node, ast.Return) and dotted(node.value) == name:
            return function.name not in dependencies
    return False


def _closes(statement: ast.stmt, name: str, *, is_awaited: bool) -> bool:
    """Whether a statement closes that name. Of what has to be awaited a bare call makes a coroutine that nobody runs."""
    idle = {
        id(one.value.func)
        for one in ast.walk(statement)
        if is_awaited and isinstance(one, ast.Expr) and isinstance(one.value, ast.Call)
    }
    return any(
        isinstance(node, ast.Attribute) and node.attr in _CLOSERS and dotted(node.value) == name
        for node in ast.walk(statement)
        if id(node) not in idle
    )


def _dependencies(source: Source) -> set[str]:
    """The functions that `Depends(…)` names: nobody closes what they return."""
    return {
        source.index.of(module, node.args[0]).name
        for module in source.index.modules.values()
        for node in module.nodes(ast.Call)
        if last(dotted(node.func)) in ("Depends", "Security") and node.args
    }
