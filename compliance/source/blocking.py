"""Calls that make everything else wait, and the synchronous functions through which they are reached."""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from compliance.source.modules import Function, called, dotted, last
from compliance.source.sessions import WAITS

if TYPE_CHECKING:
    from compliance.source.calls import Calls
    from compliance.source.index import Index
    from compliance.source.sessions import Sessions
    from compliance.source.types import Types

#: How many synchronous functions may lie between an asynchronous one and what blocks.
_DEPTH = 4

_VERBS = "get post put patch delete head options request"
_FILES = "copy copy2 copytree rmtree move copyfile copyfileobj make_archive unpack_archive"


def _named(module: str, names: str) -> dict[str, str]:
    return {f"{module}.{name}": module for name in names.split()}


#: Functions that block, by full name, each with what it waits for.
_CALLS: dict[str, str] = {
    "open": "a file",
    "input": "the terminal",
    "time.sleep": "time.sleep",
    "asyncio.run": "an event loop of its own",
    "os.system": "a process",
    "os.popen": "a process",
    **dict.fromkeys(_named("shutil", _FILES), "a file"),
    **dict.fromkeys(_named("subprocess", "run call check_call check_output Popen getoutput"), "a process"),
    **dict.fromkeys(_named("requests", _VERBS), "requests"),
    **dict.fromkeys(_named("httpx", f"{_VERBS} stream"), "httpx without await"),
    **dict.fromkeys(_named("urllib.request", "urlopen urlretrieve"), "urllib"),
    **dict.fromkeys(_named("socket", "create_connection getaddrinfo gethostbyname"), "a socket"),
    **dict.fromkeys(_named("smtplib", "SMTP SMTP_SSL"), "smtplib"),
    "sqlite3.connect": "sqlite3",
    "psycopg2.connect": "psycopg2",
    "psycopg.connect": "psycopg",
    "pymysql.connect": "pymysql",
    "MySQLdb.connect": "MySQLdb",
}
#: Classes whose objects block when they are asked for anything, with what makes them.
_CLIENTS: dict[str, str] = {
    "redis.Redis": "redis",
    "redis.StrictRedis": "redis",
    "redis.client.Redis": "redis",
    "redis.from_url": "redis",
    "redis.Redis.from_url": "redis",
    "requests.Session": "requests",
    "requests.sessions.Session": "requests",
    "requests.session": "requests",
    "httpx.Client": "httpx without await",
    "smtplib.SMTP": "smtplib",
    "smtplib.SMTP_SSL": "smtplib",
    "sqlite3.connect": "sqlite3",
    "sqlite3.Connection": "sqlite3",
    "sqlite3.Cursor": "sqlite3",
    "sqlalchemy.create_engine": "a synchronous engine",
    "sqlalchemy.Engine": "a synchronous engine",
    "sqlalchemy.engine.Engine": "a synchronous engine",
    "sqlmodel.create_engine": "a synchronous engine",
    "boto3.client": "boto3",
    "boto3.resource": "boto3",
}
#: What reads and writes a file, of a path.
_OF_PATHS = frozenset({"read_text", "read_bytes", "write_text", "write_bytes"})
#: What is asked of them without waiting.
_AT_ONCE = frozenset(
    [
        "pipeline",
        "pubsub",
        "register_script",
        "lock",
        "close",
        "dispose",
        "mount",
        "cursor",
        "build_request",
        "execution_options",
        *(
            "generate_presigned_url",
            "generate_presigned_post",
            "get_paginator",
            "get_waiter",
            "Bucket",
            "Object",
        ),
        *("Table", "Queue", "Topic"),
    ]
)
_CACHING = ("cache", "singleton", "lazy")


@dataclass(frozen=True)
class Way:
    """How something that blocks is reached: through these functions, and what it is."""

    functions: tuple[Function, ...]
    what: str

    @property
    def names(self) -> str:
        return " > ".join(one.short for one in self.functions)


class Blocking:
    """What blocks, in a function itself and behind what it calls."""

    def __init__(
        self, index: Index, types: Types, sessions: Sessions, calls: Calls, driven: Collection[str]
    ) -> None:
        self._index = index
        self._types = types
        self._sessions = sessions
        self._calls = calls
        #: functions that SQLAlchemy runs beside the event loop
        self._driven = driven
        self._known: dict[str, list[tuple[ast.Call, str]]] = {}

    def direct(self, function: Function) -> list[tuple[ast.Call, str]]:
        """The blocking calls in a function, each with what it waits for."""
        if function.name not in self._known:
            self._known[function.name] = [
                (node, what) for node in function.nodes(ast.Call) if (what := self._what(function, node))
            ]
        return self._known[function.name]

    def through(self, function: Function) -> Iterator[tuple[ast.Call, Way]]:
        """The calls by which a function reaches what blocks, through synchronous functions of the target's own.

        A file that is opened further away does not count: that is mostly what is read once, when the service starts.
        """
        for call in self._calls.of(function):
            way = self._ways.get(call.function.name)
            if way:
                yield call.node, way

    def _what(self, function: Function, node: ast.Call) -> str:
        full = self._full_name(function, called(node))
        if full in _CALLS:
            return _CALLS[full]
        return self._of_object(function, node.func) if isinstance(node.func, ast.Attribute) else ""

    def _full_name(self, function: Function, name: str) -> str:
        """Of what is imported or built in; empty for what is something else here, such as a parameter named `requests`."""
        head = name.partition(".")[0]
        is_local = any(one.arg == head for one in function.parameters)
        known = head in function.module.imports or function.module.stars or name in _CALLS
        if not name or is_local or not known or ("." in name and head not in function.module.imports):
            return ""
        return self._index.meaning(function.module, name).name

    def _of_object(self, function: Function, asked: ast.Attribute) -> str:
        if asked.attr in WAITS and self._sessions.of(function, asked.value) == "sync":
            return "a synchronous session"
        if asked.attr in _AT_ONCE:
            return ""
        made = self._types.of(function, asked.value)
        if made == "pathlib.Path" and asked.attr in _OF_PATHS:
            return "a file"
        return _CLIENTS.get(made, "")

    @cached_property
    def _ways(self) -> dict[str, Way]:
        """Synchronous function -> how it reaches what blocks, the shortest way, from the blocking ones backwards."""
        callers: dict[str, list[Function]] = {}
        found: dict[str, Way] = {}
        files: dict[str, Way] = {}
        for function in self._index.functions.values():
            if function.is_async or not self._counts(function):
                continue
            for _, what in self.direct(function):
                # What opens a file is of interest to its own callers alone, and hides nothing that is further away.
                known = files if what == "a file" else found
                known.setdefault(function.name, Way((function,), what))
            for call in self._calls.of(function):
                callers.setdefault(call.function.name, []).append(function)
        waiting = deque(found)
        while waiting:
            name = waiting.popleft()
            way = found[name]
            if len(way.functions) > _DEPTH:
                continue
            for caller in callers.get(name, ()):
                if caller.name not in found:
                    found[caller.name] = Way((caller, *way.functions), way.what)
                    waiting.append(caller.name)
        return files | found

    def _counts(self, function: Function) -> bool:
        """Not what is computed once, what a thread or SQLAlchemy runs, or a generator, of which nothing runs when it is called."""
        if function.name in self._driven or is_generator(function):
            return False
        return not any(word in last(name).lower() for name in function.decorators for word in _CACHING)


def is_generator(function: Function) -> bool:
    return bool(function.nodes(ast.Yield) or function.nodes(ast.YieldFrom))


def starts_the_service(function: Function) -> bool:
    """Whether it runs when the service starts and ends, and no request waits for it."""
    if any(last(name) in ("on_event", "on_startup") for name in function.decorators):
        return True
    manages = any(last(name) == "asynccontextmanager" for name in function.decorators)
    applications = ("FastAPI", "Starlette")
    return "lifespan" in function.short or (
        manages and any(last(dotted(one.annotation)) in applications for one in function.parameters)
    )
