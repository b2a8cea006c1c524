"""Calls that wait without `await`, seen as they are made in the event loop, however short they were here.

The library that other people's tests forbid such calls with tells of them, and lets them. Files are left alone: they are
read in the loop by every framework. So are datagrams, which wait for nobody, and what SQLAlchemy does, which is watched
by itself.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from compliance.inside.places import Code
from compliance.inside.served import CURRENT
from compliance.result import Place

if TYPE_CHECKING:
    from blockbuster.blockbuster import BlockBusterFunction

#: Modules whose calls are told.
_TOLD = ("time.", "socket.", "ssl.", "sqlite3.")
#: Whose statements are watched elsewhere.
_ORM = "sqlalchemy"


@dataclass(frozen=True)
class Call:
    """A function of the service called something that waits, by its name, or a library did it on its behalf."""

    place: Place
    function: str
    name: str


class Calls:
    """Hears of such calls of one service, whatever loop they are made in, as long as they are for a request."""

    def __init__(self, code: Code) -> None:
        self._code = code
        self.calls: list[Call] = []
        self._heard: list[BlockBusterFunction] = []

    def listen(self) -> None:
        """Safe to call more than once."""
        if self._heard:
            return
        from blockbuster import BlockBuster

        for name, function in BlockBuster().functions.items():
            if name.startswith(_TOLD):
                function.can_block_predicate = self._telling(name, function.can_block_predicate)
                self._heard.append(function.activate())

    def stop(self) -> None:
        for function in self._heard:
            function.deactivate()
        self._heard.clear()

    def _telling(self, name: str, may_block: Callable[..., bool]) -> Callable[..., bool]:
        def told(*arguments: Any, **named: Any) -> bool:
            if (
                CURRENT.get() is not None
                and not may_block(*arguments, **named)
                and not _is_datagram(arguments)
            ):
                self._note(name, sys._getframe(2))
            return True

        return told

    def _note(self, name: str, frame: FrameType) -> None:
        """Keep it, if the service's own code asked for it and not the framework, or SQLAlchemy."""
        own = self._code.own(frame)
        if own is None or _passes_sqlalchemy(frame, own):
            return
        place = self._code.place(own.f_code.co_filename, own.f_lineno, name)
        self.calls.append(Call(place, own.f_code.co_qualname, name))


def _is_datagram(arguments: tuple[Any, ...]) -> bool:
    one = arguments[0] if arguments else None
    return isinstance(one, socket.socket) and one.type == socket.SOCK_DGRAM


def _passes_sqlalchemy(frame: FrameType | None, own: FrameType) -> bool:
    while frame is not None and frame is not own:
        if _ORM in Path(frame.f_code.co_filename).parts:
            return True
        frame = frame.f_back
    return False
