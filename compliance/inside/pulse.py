"""The event loop under watch: whether its heart beats, and if not, where the thread stands meanwhile.

A thread looks every few milliseconds. It changes nothing in how the service runs, unlike asyncio's debug mode or
libraries that patch what blocks; and it can be taken away again, unlike an audit hook.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from compliance.inside.places import Code, most
from compliance.result import Place

#: Seconds between two beats, and between two looks.
PERIOD = 0.02
#: Seconds that one piece of the service's code may keep the loop.
PATIENCE = 0.1
#: Seconds that a look may be late: beyond them the machine was busy, and nothing can be said of the service.
_LATE = 0.08


@dataclass(frozen=True)
class Block:
    """The loop stood still in one call of one piece of the service's code."""

    place: Place
    function: str
    seconds: float


@dataclass
class _Stand:
    """One frame that was seen in every look since the heart was late."""

    frame: FrameType
    #: of the last look: when it was, and how long the thread had then waited for a processor in all
    looked: float
    waited: float
    #: for how long the thread stood there, and was let
    seconds: float = 0.0
    places: list[Place] = field(default_factory=list)


class Pulse:
    """Watches one loop from a thread of its own."""

    def __init__(self, code: Code, busy: Callable[[], bool]) -> None:
        """busy: whether any request is under way; what else the loop does is nobody's."""
        self._code = code
        self._busy = busy
        self._stop = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._handle: asyncio.TimerHandle | None = None
        self._beat = 0.0
        self._native = 0
        self.thread = 0
        self.blocks: list[Block] = []
        self._watching: threading.Thread | None = None

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Watch the loop; called in its thread."""
        if self._loop is not None:
            return
        self._loop, self.thread, self._native = loop, threading.get_ident(), threading.get_native_id()
        self._tick()
        self._watching = threading.Thread(target=self._watch, name="compliance-pulse", daemon=True)
        self._watching.start()

    def stop(self) -> None:
        self._stop.set()
        if self._watching is not None:
            self._watching.join(1)
        if self._loop is not None and self._handle is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed already
                self._loop.call_soon_threadsafe(self._handle.cancel)

    def _tick(self) -> None:
        self._beat = time.monotonic()
        if not self._stop.is_set() and self._loop is not None:
            self._handle = self._loop.call_later(PERIOD, self._tick)

    def _watch(self) -> None:
        stand: _Stand | None = None
        beat, looked = self._beat, time.monotonic()
        while not self._stop.wait(PERIOD):
            now = time.monotonic()
            late, looked = now - looked - PERIOD > _LATE, now
            if self._beat != beat or now - beat < 2 * PERIOD or not self._busy():
                self._judge(stand)
                stand, beat = None, self._beat
                continue
            stand = self._look(stand, now, late=late)

    def _look(self, stand: _Stand | None, now: float, *, late: bool) -> _Stand | None:
        """Where the loop's thread stands: as before, or elsewhere. What passed before a late look is not counted."""
        frame = self._code.own(sys._current_frames().get(self.thread))
        if stand is not None and frame is not stand.frame:
            self._judge(stand)
            stand = None
        if frame is None:
            return None
        waited = self._waiting()
        if stand is None:
            stand = _Stand(frame, now, waited)
        elif not late:
            stand.seconds += max(0.0, now - stand.looked - (waited - stand.waited))
        stand.looked, stand.waited = now, waited
        stand.places.append(self._code.place(frame.f_code.co_filename, frame.f_lineno))
        return stand

    def _judge(self, stand: _Stand | None) -> None:
        """Long enough, without the time in which the thread wanted to run and was not let."""
        if stand is not None and stand.seconds >= PATIENCE - PERIOD:
            self.blocks.append(Block(most(stand.places), stand.frame.f_code.co_qualname, stand.seconds))

    def _waiting(self) -> float:
        """Seconds that the loop's thread has waited for a processor in all, 0.0 where the system does not tell."""
        try:
            text = Path(f"/proc/self/task/{self._native}/schedstat").read_text(encoding="ascii")
            return int(text.split()[1]) / 1e9
        except (OSError, ValueError, IndexError):
            return 0.0
