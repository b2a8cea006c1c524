"""One request as the service lives it: whose work it is that is done, and all that was seen of that work."""

from __future__ import annotations

import json
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from compliance.result import Place

#: Bytes of a body that are kept of a request and of an answer.
SENT_CAP, BODY_CAP = 20_000, 1_000_000


@dataclass(frozen=True)
class Statement:
    """A statement that SQLAlchemy executed.

    text: as the driver got it, with signs for the values; on_loop: without await, in the thread of the event loop;
    autocommit: outside a transaction; values: (column or name, text) of what it writes.
    """

    text: str
    place: Place | None
    on_loop: bool = False
    autocommit: bool = False
    values: tuple[tuple[str, str], ...] = ()

    @property
    def verb(self) -> str:
        return self.text.lstrip(" \n\t(").partition(" ")[0].strip().upper()

    @property
    def writes(self) -> bool:
        return self.verb in ("INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE")


@dataclass(frozen=True)
class Failure:
    """An exception that no handler of the application took; late: after the whole answer was sent."""

    kind: str
    place: Place | None
    late: bool


@dataclass(eq=False)
class Served:
    """One request, and what was done for it."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    sent: bytes = b""
    status: int = 0
    body: bytes = b""
    #: whether all of the answer was sent
    answered: bool = False
    #: whether the client left before that
    left: bool = False
    #: when nothing more was done for it by the application's own call, 0.0 as long as it is
    ended: float = 0.0
    statements: list[Statement] = field(default_factory=list)
    #: how many rows a statement brought, by its place in `statements`, where the driver says so
    rows: dict[int, int] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    #: exceptions that passed, so that each is told once
    passed: set[int] = field(default_factory=set)

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))

    @property
    def label(self) -> str:
        """For a sentence: without the query, which may hold what is secret."""
        return f"{self.method} {self.path}"

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def who(self) -> tuple[str, ...]:
        """What tells callers apart."""
        return tuple(value for name, value in self.headers if name in ("authorization", "cookie"))

    def items(self, path: tuple[str, ...] | None) -> list[Any]:
        """The items of a list in the answer, none where there is no list."""
        value = self._value(path or ())
        return value if isinstance(value, list) else []

    def has_list(self, path: tuple[str, ...] | None) -> bool:
        """Whether there is a list in the answer, be it an empty one."""
        return isinstance(self._value(path or ()), list)

    def number(self, path: tuple[str, ...]) -> int | None:
        """A whole number in the answer."""
        value = self._value(path)
        return value if isinstance(value, int) else None

    def _value(self, path: tuple[str, ...]) -> Any:
        try:
            value = json.loads(self.body)
            for name in path:
                value = value[name]
        except (ValueError, RecursionError, LookupError, TypeError):
            return None
        return value

    def is_plain(self, secret: str) -> bool:
        """Whether the client put the secret where none belongs, so that nobody need keep it: the address, another field."""
        if secret in unquote_plus(self.url):
            return True
        body = self.sent.decode("utf-8", "replace")
        names = _names_of(body, secret)
        return bool(names) and not any(_is_secretive(name) for name in names)


#: The request for which the code at hand works, None for what is nobody's: the start, threads of the application's own.
CURRENT: ContextVar[Served | None] = ContextVar("compliance_served", default=None)

_SECRETIVE = ("pass", "pwd", "secret", "token", "hash", "credential", "key", "code")


def _is_secretive(name: str) -> bool:
    return any(word in name.lower() for word in _SECRETIVE)


def _names_of(body: str, secret: str) -> list[str]:
    """The names of the fields of a body, of JSON or of a form, whose value the secret is."""
    try:
        return [name for name, value in _leaves("", json.loads(body)) if value == secret]
    except (ValueError, RecursionError):
        return [name for name, value in parse_qsl(body) if value == secret]


def _leaves(name: str, value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in _leaves(str(key), inner)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in _leaves(name, inner)]
    return [(name, value)]


def innermost(failure: BaseException) -> TracebackType | None:
    """The traceback of an exception, or of the first in a group of them."""
    while isinstance(failure, BaseExceptionGroup):
        failure = failure.exceptions[0]
    return failure.__traceback__
