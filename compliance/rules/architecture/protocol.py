"""The protocol known where it does not belong."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.catalogue import Level, NotApplicable, Phase, rule
from compliance.result import Place
from compliance.source import Source
from compliance.source.subjects import whole

_INNER = ("services", "repositories", "models")
#: Of the framework, but nothing of the protocol: dependency injection, threads, plain data, templates, the environment.
_HARMLESS = (
    "fastapi.Depends",
    "fastapi.Security",
    "fastapi.params.Depends",
    "fastapi.concurrency",
    "fastapi.encoders",
    "fastapi.logger",
    "fastapi.templating",
    "starlette.authentication.BaseUser",
    "starlette.authentication.SimpleUser",
    "starlette.concurrency",
    "starlette.config",
    "starlette.templating",
)


@rule(
    "ARC-003",
    "Services, repositories and models know nothing of HTTP",
    level=Level.SHOULD,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def inner_layers_know_no_protocol(source: Source, _: Source) -> None:
    """
    Why: a rule of the business that answers 404 cannot serve a worker or a command line, nor be tested without a request.

    Breaks: `from fastapi import HTTPException` in `app/services/user_service.py`

    Conforms: an exception of the service's own, which a handler of the application renders
    """
    inner = list(source.in_layer(*_INNER))
    source.none_of(
        _imports(source),
        "an inner layer imports the web framework",
        "nothing of requests, responses and statuses below the routes",
    )
    source.must_have_layers()
    if not inner:
        raise NotApplicable("there are neither services nor repositories nor models")


def _imports(source: Source) -> Iterator[Place]:
    """One place a line, with all that is imported there."""
    for module in source.in_layer(*_INNER):
        lines: dict[int, list[str]] = {}
        for one in module.imported:
            of_framework = one.name.partition(".")[0] in ("fastapi", "starlette")
            if of_framework and not one.for_types and not _is_harmless(one.name):
                lines.setdefault(one.line, []).append(one.name)
        for line, names in lines.items():
            yield module.place(line, f"{source.layer(module)} import {', '.join(names)}")


def _is_harmless(name: str) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in _HARMLESS)
