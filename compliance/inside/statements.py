"""What SQLAlchemy executes for a request, seen through the events of its engines and pools; nothing where it is not imported."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from compliance.inside.places import Code
from compliance.inside.served import CURRENT, Served, Statement
from compliance.result import Place

#: Values of these lengths may be secrets or what is made of them.
_SHORTEST, _LONGEST = 6, 400


class Statements:
    """Listens to every engine and every pool of the process, whenever it was made."""

    def __init__(self, code: Code, loop_thread: Callable[[], int]) -> None:
        self._code = code
        self._loop_thread = loop_thread
        self._listening: list[tuple[Any, str, Callable[..., None]]] = []
        #: connections that are in use: who took them, where, by what the pool knows them by
        self._taken: dict[int, tuple[Served, Place | None]] = {}
        self._lock = threading.Lock()

    def listen(self) -> None:
        """Begin, if SQLAlchemy is there and this was not done before."""
        engines, pools = sys.modules.get("sqlalchemy.engine"), sys.modules.get("sqlalchemy.pool")
        events = sys.modules.get("sqlalchemy.event")
        if self._listening or engines is None or pools is None or events is None:
            return
        wanted: list[tuple[Any, str, Callable[..., None]]] = [
            (engines.Engine, "before_cursor_execute", self._before),
            (engines.Engine, "after_cursor_execute", self._after),
            (pools.Pool, "checkout", self._taken_out),
            (pools.Pool, "checkin", self._given_back),
            (pools.Pool, "detach", self._given_back),
        ]
        for target, name, function in wanted:
            events.listen(target, name, function)
            self._listening.append((target, name, function))

    def stop(self) -> None:
        while self._listening:
            target, name, function = self._listening.pop()
            sys.modules["sqlalchemy.event"].remove(target, name, function)
        self._taken.clear()

    def held(self) -> list[tuple[Served, Place | None]]:
        """Connections that requests which have ended hold, however short a time ago that was."""
        with self._lock:
            return [one for one in self._taken.values() if one[0].ended]

    def _before(
        self, connection: Any, _cursor: Any, statement: str, parameters: Any, context: Any, _many: bool
    ) -> None:
        served = CURRENT.get()
        if served is None or served.answered:
            return
        seen = Statement(
            sys.intern(statement),
            self._code.here(),
            on_loop=not getattr(connection.dialect, "is_async", False)
            and threading.get_ident() == self._loop_thread(),
            autocommit=_is_autocommit(connection),
        )
        if seen.writes:
            values = tuple(_values(context, parameters))
            seen = Statement(seen.text, seen.place, seen.on_loop, seen.autocommit, values)
        served.statements.append(seen)

    def _after(
        self, _connection: Any, cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool
    ) -> None:
        served = CURRENT.get()
        if served is None or not served.statements or served.statements[-1].text != statement:
            return
        number = _rows_of(cursor)
        if number is not None:
            served.rows[len(served.statements) - 1] = number

    def _taken_out(self, _connection: Any, record: Any, _proxy: Any) -> None:
        served = CURRENT.get()
        if served is not None:
            place = self._code.here()
            with self._lock:
                self._taken[id(record)] = served, place

    def _given_back(self, _connection: Any, record: Any) -> None:
        with self._lock:
            self._taken.pop(id(record), None)


def _is_autocommit(connection: Any) -> bool:
    said = connection.get_execution_options().get("isolation_level")
    level = said or getattr(connection.dialect, "_on_connect_isolation_level", None)
    return bool(level == "AUTOCOMMIT")


def _rows_of(cursor: Any) -> int | None:
    """How many rows a statement brought, without taking them: drivers behind `await` have fetched them all already."""
    waiting = getattr(cursor, "_rows", None)
    if waiting is not None:
        return len(waiting)
    number = getattr(cursor, "rowcount", None)
    return number if isinstance(number, int) and number >= 0 else None


def _values(context: Any, parameters: Any) -> Iterator[tuple[str, str]]:
    """What a statement writes, as (name, text): texts of a length that a secret may have."""
    named = getattr(context, "compiled_parameters", None) or [parameters]
    for group in named if isinstance(named, list) else [named]:
        pairs = group.items() if isinstance(group, Mapping) else (("", value) for value in _flat(group))
        for name, value in pairs:
            text = value.decode("latin-1") if isinstance(value, bytes) else value
            if isinstance(text, str) and _SHORTEST <= len(text) <= _LONGEST:
                yield str(name), text


def _flat(group: Any) -> Iterator[Any]:
    for value in group if isinstance(group, tuple | list) else ():
        if isinstance(value, Mapping):
            yield from value.values()
        elif isinstance(value, tuple | list):
            yield from value
        else:
            yield value
