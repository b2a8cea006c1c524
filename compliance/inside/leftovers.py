"""What requests leave behind in the event loop: tasks of the service's own that nobody waits for and that do not end."""

from __future__ import annotations

import asyncio
import contextlib
import time
from concurrent.futures import TimeoutError as TooLate
from typing import Any
from weakref import WeakSet

from compliance.inside.places import Code
from compliance.result import Place

#: Seconds in which what a request has begun may come to its end after it.
GRACE = 2.0
#: Seconds that the loop may take to answer.
_PATIENCE = 5.0


class Tasks:
    """Knows the tasks that were there before the first request."""

    def __init__(self, code: Code) -> None:
        self._code = code
        self._before: WeakSet[asyncio.Task[Any]] | None = None

    def remember(self, loop: asyncio.AbstractEventLoop) -> None:
        """Called in the loop before the first request, and without effect later."""
        if self._before is None:
            self._before = WeakSet(asyncio.all_tasks(loop))

    def left(self, loop: asyncio.AbstractEventLoop) -> dict[Place, int]:
        """How many tasks of each piece of the service's code are under way still, and were a while ago; by where it begins."""
        earlier = self._under_way(loop)
        time.sleep(GRACE if earlier else 0)
        later = self._under_way(loop) if earlier else set()
        found: dict[Place, int] = {}
        for task in earlier & later:
            code = getattr(task.get_coro(), "cr_code", None)
            if code is not None and self._code.rank(code.co_filename):
                place = self._code.defined(code)
                found[place] = found.get(place, 0) + 1
        return found

    def _under_way(self, loop: asyncio.AbstractEventLoop) -> set[asyncio.Task[Any]]:
        async def ask() -> set[asyncio.Task[Any]]:
            return {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}

        if self._before is None or loop.is_closed():
            return set()
        asking = ask()
        try:
            with contextlib.suppress(TooLate):
                tasks = asyncio.run_coroutine_threadsafe(asking, loop).result(_PATIENCE)
                return tasks - set(self._before)
        except RuntimeError:  # the loop has ended
            asking.close()
        return set()
