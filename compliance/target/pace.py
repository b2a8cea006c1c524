"""The rate that a run keeps, whoever of it sends."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Pace:
    """At most `rate` requests a second, over all threads; None is as fast as they come."""

    def __init__(self, rate: float | None = None, sleep: Callable[[float], None] = time.sleep) -> None:
        self._interval = 1 / rate if rate else 0.0
        self._next = 0.0
        self._sleep = sleep
        self._lock = threading.Lock()

    @property
    def is_kept(self) -> bool:
        """Whether there is a rate at all."""
        return bool(self._interval)

    def keep(self) -> None:
        """Wait until the next request may leave."""
        if not self._interval:
            return
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next)
            self._next = turn + self._interval
        if turn > now:
            self._sleep(turn - now)
