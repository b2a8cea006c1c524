"""What several rules look at, had once in a run."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

from compliance.catalogue import NotApplicable, Untested

Thing = TypeVar("Thing")


class Memory:
    """Remembers what was had, and why something could not be had, so that nobody tries again."""

    def __init__(self) -> None:
        self._had: dict[Hashable, Any] = {}
        self._reasons: dict[Hashable, Untested | NotApplicable] = {}

    def once(self, what: Hashable, have: Callable[[], Thing]) -> Thing:
        """What `have` returned when it was first asked for. Raises Untested or NotApplicable as that did."""
        if what in self._reasons:
            known = self._reasons[what]
            raise type(known)(str(known))
        if what not in self._had:
            try:
                self._had[what] = have()
            except (Untested, NotApplicable) as reason:
                self._reasons[what] = reason
                raise
        return cast("Thing", self._had[what])

    def forget(self, what: Hashable) -> None:
        """Have it anew for whoever asks next."""
        self._had.pop(what, None)
