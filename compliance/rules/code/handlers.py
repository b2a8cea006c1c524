"""Handlers of exceptions that the application has registered."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from compliance.catalogue import Level, NotApplicable, Phase, Untested, rule
from compliance.source import Source
from compliance.source.modules import dotted, last
from compliance.source.routes import APPLICATIONS
from compliance.source.subjects import whole
from compliance.source.within import around

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance.source.modules import Module

_DATABASES = frozenset(
    [
        "sqlalchemy",
        "sqlmodel",
        "advanced_alchemy",
        "asyncpg",
        "psycopg",
        "psycopg2",
        "aiosqlite",
        "tortoise",
        "databases",
        "ormar",
        "peewee",
        "pymongo",
        "motor",
        "beanie",
    ]
)
_BROAD = frozenset({"Exception", "BaseException"})
#: Methods that stand around every request.
_AROUND = frozenset({"__call__", "dispatch", "get_route_handler"})
_REQUEST, _DATABASE, _ANY = "RequestValidationError", "errors of the database", "Exception"


@rule(
    "COD-015",
    "Errors of requests, of the database and of any other kind have a handler",
    level=Level.SHOULD,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def errors_have_handlers(source: Source, _: Source) -> None:
    """
    Why: the caller gets every error in one form, and what goes wrong is turned into an answer in one place.

    Breaks: `app = FastAPI()` and no handler

    Conforms: `app.add_exception_handler(Exception, …)`, `@app.exception_handler(…)`, `FastAPI(exception_handlers=…)`; a
    middleware that catches what is left; repositories that translate the database's errors
    """
    applications = [module.place(node, "FastAPI()") for module, node in source.index.calls(*APPLICATIONS)]
    if not applications:
        source.must_be_read()
        raise NotApplicable("no module makes an application of FastAPI")
    names, unclear = _registered(source)
    lacking = [name for name, found in _found(source, names).items() if not found]
    if lacking and unclear:
        raise Untested(f"handlers are registered for what {unclear} holds, which is not known from the text")
    source.none_of(
        applications if lacking else [],
        f"no handler for {', '.join(lacking)}",
        f"a handler for each of {_REQUEST}, {_DATABASE}, {_ANY}",
    )


def _found(source: Source, names: set[str]) -> dict[str, bool]:
    """Kind of error -> whether something handles it."""
    leaves = {last(name) for name in names}
    found = {
        _REQUEST: bool(leaves & {"RequestValidationError", "ValidationError", "422"})
        or any(leaf.startswith("HTTP_422") for leaf in leaves),
        _ANY: bool(leaves & {*_BROAD, "500", "HTTP_500_INTERNAL_SERVER_ERROR", "INTERNAL_SERVER_ERROR"})
        or any(_catches_around_requests(module) for module in source.modules),
    }
    if source.imports(*_DATABASES):
        found[_DATABASE] = any(_is_of_database(name) for name in names) or any(
            _translates(source, module) for module in source.modules
        )
    return found


def _registered(source: Source) -> tuple[set[str], str]:
    """The full names of exceptions that have a handler, and what holds more of them that are not known."""
    names: set[str] = set()
    unclear = ""
    for module in source.modules:
        names |= _of_tortoise(module)
        for expression in _expressions(source, module):
            if isinstance(expression, ast.Constant):
                names.add(str(expression.value))
                continue
            name = source.index.of(module, expression).name
            names |= {name, *_ancestry(source, name)}
            if not last(name)[:1].isupper():
                unclear = unclear or ast.unparse(expression)
    return names, unclear


def _of_tortoise(module: Module) -> set[str]:
    """Its errors that are handled by a word: `register_tortoise(app, …, add_exception_handlers=True)`."""
    calls = module.nodes(ast.Call) if "add_exception_handlers" in module.text else ()
    asked = any(
        one.arg == "add_exception_handlers"
        and isinstance(one.value, ast.Constant)
        and one.value.value is True
        for call in calls
        if last(dotted(call.func)).lower().replace("_", "") == "registertortoise"
        for one in call.keywords
    )
    return {"tortoise.exceptions.DoesNotExist", "tortoise.exceptions.IntegrityError"} if asked else set()


def _ancestry(source: Source, name: str) -> set[str]:
    one = source.index.classes.get(name)
    return {base.name for base in source.index.bases(one)} if one and "Error" in name else set()


def _expressions(source: Source, module: Module) -> Iterator[ast.expr]:
    """What stands in the place of the exception wherever a handler is registered."""
    if "exception_handler" not in module.text:
        return
    for node in module.nodes(ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else dotted(node.func)
        if last(name) in ("exception_handler", "add_exception_handler"):
            named = [one.value for one in node.keywords if one.arg == "exc_class_or_status_code"]
            yield from [*node.args[:1], *named][:1]
        for one in node.keywords:
            if one.arg == "exception_handlers":
                yield from _keys(source, module, one.value)


def _keys(source: Source, module: Module, value: ast.expr) -> Iterator[ast.expr]:
    """The keys of a dictionary that is written out, here or under a name; else the expression itself."""
    if not isinstance(value, ast.Dict):
        meant = source.index.of(module, value).definition
        value = meant if isinstance(meant, ast.Dict) else value
    if isinstance(value, ast.Dict):
        yield from (key for key in value.keys if key is not None)
    elif not isinstance(value, ast.Constant):
        yield value


def _catches_around_requests(module: Module) -> bool:
    """Whether a middleware catches every exception, and does not only raise it again."""
    return any(
        isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (one.name in _AROUND or any("middleware" in ast.unparse(each) for each in one.decorator_list))
        for handler in module.nodes(ast.ExceptHandler)
        if handler.type is None or last(dotted(handler.type)) in _BROAD
        if not isinstance(handler.body[-1], ast.Raise)
        for one in around(module, handler)
    )


def _translates(source: Source, module: Module) -> bool:
    """Whether an error of the database is caught by its name and another exception is raised for it."""
    for handler in module.nodes(ast.ExceptHandler):
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        names = [source.index.of(module, kind).name for kind in kinds if kind is not None]
        raised = any(
            isinstance(node, ast.Raise) and node.exc for one in handler.body for node in ast.walk(one)
        )
        if raised and any(_is_of_database(name) for name in names):
            return True
    return False


def _is_of_database(name: str) -> bool:
    return name.partition(".")[0] in _DATABASES and not last(name).startswith("NoResult")
