"""Exceptions that the service raises."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from compliance.catalogue import Level, NotApplicable, Phase, rule
from compliance.source import Source, asks_ruff
from compliance.source.modules import called, dotted
from compliance.source.subjects import whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance.result import Place
    from compliance.source.modules import Module

_HTTP = frozenset(
    [
        "fastapi.HTTPException",
        "fastapi.exceptions.HTTPException",
        "starlette.exceptions.HTTPException",
    ]
)


@rule(
    "COD-013",
    "Services and repositories raise exceptions of the service's own",
    level=Level.MUST,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def inner_layers_raise_own_exceptions(source: Source, _: Source) -> None:
    """
    Why: what a service decides is also asked for by a command or a job, where there is no answer to have a status.

    Breaks: `raise HTTPException(404, "no such user")` in `services/user_service.py`

    Conforms: `raise NotFoundException("no such user")`, a class of the service's own
    """
    inner = list(source.in_layer("services", "repositories"))
    places = [place for module in inner for place in _http_raised(source, module)]
    if not places:
        source.must_have_layers()
        if not inner:
            raise NotApplicable("no module is a service or a repository")
    source.none_of(
        places, "a service or a repository raises HTTPException", "an exception class of the service's own"
    )


@rule(
    "COD-014",
    "Nothing raises a bare Exception",
    level=Level.MUST,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
@asks_ruff("TRY002")
def raised_exceptions_have_a_class(source: Source, _: Source) -> None:
    """
    Why: nobody can catch it without catching everything else.

    Breaks: `raise Exception("no redis")`

    Conforms: `raise CacheUnavailableError("no redis")`, or a class of Python's that says what is wrong: `ValueError`
    """
    places = [place for _, place in source.ruff_by_hand("TRY002")]
    source.none_of(places, "Exception itself is raised", "an exception class that says what went wrong")


def _http_raised(source: Source, module: Module) -> Iterator[Place]:
    """Where the framework's own exception is raised, and no class derived from it."""
    for node in module.nodes(ast.Raise):
        raised = node.exc
        if isinstance(raised, ast.Name) and raised.id not in module.imports:
            raised = _made(module, raised.id) or raised
        if source.index.meaning(module, called(raised) or dotted(raised)).name in _HTTP:
            yield module.place(node, "HTTPException")


def _made(module: Module, name: str) -> ast.Call | None:
    """The call that makes the object of that name, wherever in the module."""
    return next(
        (
            node.value
            for node in module.nodes(ast.Assign)
            if isinstance(node.value, ast.Call)
            and any(isinstance(one, ast.Name) and one.id == name for one in node.targets)
        ),
        None,
    )
