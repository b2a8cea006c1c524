"""What stops a run before or in the middle of it, each with one message for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compliance.target.tape import Exchange


class TargetError(Exception):
    """The run cannot begin: what was tried, what came back, what to do next. Ends as a usage error."""


class Unreachable(TargetError):
    """Nothing answered at one place; another may answer."""


class TargetGone(Exception):
    """The target stopped answering in the middle of a run; `last` is the request after which it did, where one is known."""

    def __init__(self, words: str, last: Exchange | None = None) -> None:
        super().__init__(words)
        self.last = last
