"""The application while it serves: what is done for each request, watched from within the process.

`with watch.installed():` puts everything in its place; afterwards, also after an interrupt, nothing of it is left.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from compliance.contract.model import Contract, ListOperation, Operation
from compliance.contract.paths import segments
from compliance.inside.calls import Calls
from compliance.inside.doorway import Doorway
from compliance.inside.failures import Failures
from compliance.inside.leftovers import GRACE, Tasks
from compliance.inside.places import Code
from compliance.inside.pulse import Pulse
from compliance.inside.served import Served as Served
from compliance.inside.served import Statement as Statement
from compliance.inside.statements import Statements
from compliance.inside.words import Words
from compliance.result import Place

_log = logging.getLogger(__name__)

#: Sends a request that was served once more, with other values in its query; None where it gets no answer.
Again = Callable[[Served, Mapping[str, str]], Served | None]


class Watch:
    """What a rule of the depth inside is given."""

    def __init__(self, app: Callable[..., Any], module: str) -> None:
        """module: the name of the imported module in which the application is."""
        self.code = Code(module)
        self.app = Doorway(app, self)
        self.requests: list[Served] = []
        self._active: set[Served] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._open = False
        self.pulse = Pulse(self.code, lambda: bool(self._active))
        self.calls = Calls(self.code)
        self.statements = Statements(self.code, lambda: self.pulse.thread)
        self.failures = Failures(self.code)
        self.words = Words(self.code)
        self._tasks = Tasks(self.code)
        #: what the depth gives: the document, the secrets that the run made by their names, and the way to ask again
        self.contract: Contract | None = None
        self.passwords: Callable[[], Mapping[str, str]] = dict
        self.tokens: Callable[[], Mapping[str, str]] = dict
        self.again: Again = lambda _served, _changed: None

    @contextlib.contextmanager
    def installed(self) -> Iterator[None]:
        """Watch while this lasts."""
        self._open = True
        try:
            self._listen()
            yield
        finally:
            self._open = False
            for one in (self.pulse, self.calls, self.statements, self.failures, self.words):
                try:
                    one.stop()
                except Exception as failure:  # each is taken away, whatever becomes of another
                    _log.debug("%s was not taken away: %s", type(one).__name__, type(failure).__name__)

    # -- told by the doorway, in the loop --------------------------------------------------------------------------

    def meet(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._open and self._loop is None:
            self._loop = loop
            self.pulse.begin(loop)

    def begin(self, served: Served) -> None:
        if not self._open:
            return
        if not self.requests:
            self._tasks.remember(asyncio.get_running_loop())
        self._listen()  # the start, or an import in a function, may have brought what was not there
        self.requests.append(served)
        self._active.add(served)

    def failed(self, served: Served, failure: Exception) -> None:
        self.failures.note(served, failure)

    def end(self, served: Served) -> None:
        self._active.discard(served)

    def _listen(self) -> None:
        self.calls.listen()
        self.statements.listen()
        self.failures.listen()
        self.words.listen()

    # -- asked by rules --------------------------------------------------------------------------------------------

    @property
    def own(self) -> list[Served]:
        """The requests that were answered."""
        return [served for served in self.requests if served.status]

    def of(self, operation: Operation) -> list[Served]:
        """The requests that went to an operation."""
        return [served for served in self.own if self._operation_of(served) is operation]

    def lists(self) -> tuple[ListOperation, ...]:
        return self.contract.lists if self.contract else ()

    def tasks_left(self) -> dict[Place, int]:
        """How many tasks requests left behind, by the place where their code begins."""
        self._come_to_rest()
        return self._tasks.left(self._loop) if self._loop else {}

    def connections_left(self) -> list[tuple[Served, Place | None]]:
        """The connections that ended requests still hold."""
        self._come_to_rest()
        if self.statements.held():
            time.sleep(GRACE)
        return self.statements.held()

    def _come_to_rest(self) -> None:
        """Wait a moment for what is under way."""
        deadline = time.monotonic() + GRACE
        while self._active and time.monotonic() < deadline:
            time.sleep(0.02)

    def _operation_of(self, served: Served) -> Operation | None:
        """The documented operation whose path is most alike."""
        parts = segments(served.path.rstrip("/"))
        return next(
            (operation for operation, pattern in self._patterns if _fits(served, parts, operation, pattern)),
            None,
        )

    @cached_property
    def _patterns(self) -> list[tuple[Operation, tuple[str, ...]]]:
        """Operations with the segments of their paths; literal ones before those with parameters."""
        found = [
            (one, tuple(segments(one.path))) for one in (self.contract.operations if self.contract else ())
        ]
        return sorted(found, key=lambda pair: [part.startswith("{") for part in pair[1]])


def _fits(served: Served, parts: Any, operation: Operation, pattern: tuple[str, ...]) -> bool:
    return (
        served.method == operation.method
        and len(parts) == len(pattern)
        and all(wanted == part or "{" in wanted for wanted, part in zip(pattern, parts, strict=True))
    )
