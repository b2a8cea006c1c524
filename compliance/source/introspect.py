"""What FastAPI itself knows of an application, as JSON: run by the target's interpreter, `python -c TEXT MODULE:APP FOLDER…`.

It stands alone: only the standard library is imported until the application is, and it runs on Python 3.8 or later, with
FastAPI from 0.79 on and pydantic 1 and 2. What the application prints goes to standard error, and it reaches no network.
"""

from __future__ import annotations

import importlib
import inspect
import json
import logging
import os
import socket
import sys
import typing
from typing import Any, Iterator  # noqa: UP035

Json = typing.Dict[str, Any]  # noqa: UP006 - read by Pythons that know no other
BOUNDS = ("ge", "gt", "le", "lt")
TABLES = (
    "tortoise.models.Model",
    "beanie.odm.documents.Document",
    "peewee.Model",
    "odmantic.model.Model",
)
FREE = (dict, typing.Any, object)


def main() -> None:
    """Import the application that the command line names and print what is known of it."""
    out = os.dup(1)
    os.dup2(2, 1)
    name, folders = sys.argv[1], sys.argv[2:]
    sys.path[:0] = [*folders, os.getcwd()]  # noqa: PTH109
    stay_at_home()
    try:
        result = told(load(name))
    except BaseException as failure:  # importing runs anybody's code
        logging.getLogger(__name__).debug("the application does not import: %s", type(failure).__name__)
        result = {"error": f"{type(failure).__name__}: {failure}"}
    with os.fdopen(out, "w") as stream:
        json.dump(result, stream, default=str)
    sys.stderr.flush()
    os._exit(0)  # threads that the application started are not waited for


def stay_at_home() -> None:
    """Let nothing connect: an import that opens a connection is to fail here, not at somebody's database."""

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError("the network is off while the application is looked at")

    for name in ("connect", "connect_ex", "sendto"):
        setattr(socket.socket, name, refuse)
    setattr(socket, "create_connection", refuse)  # noqa: B010


def load(name: str) -> Any:
    """The application, made where it is a factory that makes it."""
    module, _, attribute = name.partition(":")
    found: Any = importlib.import_module(module)
    for part in (attribute or "app").replace("()", "").split("."):
        found = getattr(found, part)
    return found() if inspect.isfunction(found) or attribute.endswith("()") else found


def told(app: Any) -> Json:
    """Everything that is known."""
    import fastapi

    return {
        "fastapi": fastapi.__version__,
        "python": sys.version.split()[0],
        "operations": [operation(path, context, route) for path, context, route in routes(app)],
    }


def routes(app: Any, prefix: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Every operation with its whole path: through includes, which are a tree since FastAPI 0.137, and mounts."""
    import fastapi.routing

    contexts: Any = getattr(fastapi.routing, "iter_route_contexts", list)
    # An application may stand below middleware that wraps it.
    for _ in range(10):
        if hasattr(app, "routes") or not hasattr(app, "app"):
            break
        app = app.app
    for context in contexts(app.routes):
        route = getattr(context, "original_route", context)
        if isinstance(route, fastapi.routing.APIRoute):
            yield prefix + str(context.path), context, route
        elif hasattr(getattr(route, "app", None), "routes"):
            yield from routes(route.app, prefix + str(getattr(route, "path", "") or ""))


def operation(path: str, context: Any, route: Any) -> Json:
    """One operation."""
    dependant = getattr(context, "dependant", None) or route.dependant
    function = bare(route.endpoint)
    model = getattr(context, "response_model", getattr(route, "response_model", None))
    parameters, bodies = [], []
    for one in flat(dependant):
        for field in one.query_params:
            parameters += query(field, one.call)
        bodies += [body(field) for field in one.body_params]
    file, line = place(function)
    return {
        "path": path,
        "methods": sorted(getattr(context, "methods", None) or route.methods or ()),
        "name": full(function),
        "file": file,
        "line": line,
        "parameters": parameters,
        "bodies": bodies,
        "has_model": model is not None,
        "model": None if model is None else shown(model),
        "is_free": model is not None and is_free(model),
        "tables": [] if model is None else sorted({full(one) for one in walk(model, []) if is_table(one)}),
    }


def flat(dependant: Any, seen: list[Any] | None = None) -> Iterator[Any]:
    """The operation and all that it depends on."""
    seen = [] if seen is None else seen
    if any(one is dependant for one in seen):
        return
    seen.append(dependant)
    yield dependant
    for one in dependant.dependencies:
        yield from flat(one, seen)


def query(field: Any, call: Any) -> list[Json]:
    """A parameter of the query; of a model the fields."""
    kind = type_of(field)
    fields = fields_of(kind)
    file, line = place(bare(call)) if call is not None else (None, None)
    where = {"file": file, "line": line, "owner": full(bare(call)) if call is not None else ""}
    if isinstance(kind, type) and fields:
        return [dict(described(name, one, inner), **where) for name, one, inner in fields]
    return [dict(described(field.name, getattr(field, "field_info", field), kind, field), **where)]


def described(name: str, info: Any, kind: Any, field: Any = None) -> Json:
    """Name and bounds of one value."""
    found = {"own": name, "name": getattr(field, "alias", None) or getattr(info, "alias", None) or name}
    sources = [info, *(getattr(info, "metadata", None) or ()), getattr(field, "type_", None)]
    inner = [*typing.get_args(kind), kind]
    for one in inner:
        sources.append(one)
        for extra in getattr(one, "__metadata__", ()):
            sources += [extra, *(getattr(extra, "metadata", None) or ())]
    for bound in BOUNDS:
        values = [getattr(one, bound, None) for one in sources if one is not None]
        plain = [one for one in values if isinstance(one, (int, float)) and not isinstance(one, bool)]
        if plain:
            found[bound] = (max if bound[0] == "g" else min)(plain)
    names = [getattr(one, "__name__", "") for one in inner] + [
        getattr(getattr(field, "type_", None), "__name__", "")
    ]
    found["is_integer"] = any(one.lower() == "int" or one.endswith("IntValue") for one in names)
    found["is_list"] = getattr(kind, "__origin__", None) in (list, set, tuple, frozenset)
    return found


def body(field: Any) -> Json:
    """A value of the body."""
    kind = type_of(field)
    return {
        "name": field.name,
        "in": type(getattr(field, "field_info", None)).__name__,
        "type": shown(kind),
        "is_free": is_free(kind),
        "tables": [full(one) for one in inside(kind) if is_table(one)],
    }


def type_of(field: Any) -> Any:
    """The type of a field of FastAPI's, with pydantic 1 and 2."""
    info = getattr(field, "field_info", None)
    return (
        getattr(field, "outer_type_", None)
        or getattr(info, "annotation", None)
        or getattr(field, "type_", None)
    )


def fields_of(model: Any) -> list[tuple[str, Any, Any]]:
    """Name, description and type of each field of a model."""
    found = getattr(model, "model_fields", None)
    if isinstance(found, dict):
        return [(name, one, one.annotation) for name, one in found.items()]
    found = getattr(model, "__fields__", None)
    if isinstance(found, dict):
        return [(name, one.field_info, one.outer_type_) for name, one in found.items()]
    return []


def inside(kind: Any) -> Iterator[Any]:
    """A type and what stands in its brackets."""
    yield kind
    for one in getattr(kind, "__args__", None) or ():
        yield from inside(one)


def walk(kind: Any, seen: list[Any], depth: int = 0) -> Iterator[type]:
    """The classes that a type shows, the fields of models included."""
    for one in inside(kind):
        if not isinstance(one, type) or one in seen or depth > 8:
            continue
        seen.append(one)
        yield one
        if is_table(one):
            continue
        for _, _, inner in fields_of(one):
            yield from walk(inner, seen, depth + 1)


def is_table(one: Any) -> bool:
    """Whether a class is mapped to a table or a collection."""
    if not isinstance(one, type):
        return False
    if hasattr(one, "__mapper__") and hasattr(one, "__table__"):
        return True
    return any(full(base) in TABLES and base is not one for base in one.__mro__)


def is_free(kind: Any) -> bool:
    """Whether a type admits anything, or any object."""
    if kind in FREE:
        return True
    arguments = list(getattr(kind, "__args__", None) or ())
    if getattr(kind, "__origin__", None) is not dict:
        return False
    return (
        len(arguments) < 2 or arguments[1] in (typing.Any, object) or isinstance(arguments[1], typing.TypeVar)
    )


def bare(function: Any) -> Any:
    """The function that was written, behind decorators and partials."""
    function = inspect.unwrap(function)
    while hasattr(function, "func"):
        function = inspect.unwrap(function.func)
    return function if inspect.isroutine(function) or isinstance(function, type) else type(function)


def place(function: Any) -> tuple[str | None, int | None]:
    """File and line."""
    code = getattr(function, "__code__", None)
    if code is not None:
        return code.co_filename, code.co_firstlineno
    try:
        return inspect.getsourcefile(function), inspect.getsourcelines(function)[1]
    except (OSError, TypeError):
        return None, None


def full(one: Any) -> str:
    """The full name of a class or a function."""
    return f"{getattr(one, '__module__', '?')}.{getattr(one, '__qualname__', repr(one))}"


def shown(kind: Any) -> str:
    """A type as a report shows it."""
    return (kind.__name__ if isinstance(kind, type) and not getattr(kind, "__args__", None) else repr(kind))[
        :200
    ]


if __name__ == "__main__":
    main()
