"""What a run of the engine leaves behind: trials, each one generated request and what the checks said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from compliance.target.tape import Exchange

#: (method, operation label or "", URL, body) -> whether the request may be sent.
MaySend = Callable[[str, str, str, bytes], bool]
#: (the request as an exchange without an answer, what failed, whether nobody took the connection)
Missed = Callable[[Exchange, Exception, bool], None]

#: The phase of a trial that the engine did not send: a rule's own exchange, judged afterwards.
RECORDED = "recorded"


@dataclass(frozen=True)
class CheckFailure:
    """One check of the engine that did not hold: its name, its title, and in one short line what it found."""

    check: str
    title: str
    message: str


@dataclass(frozen=True, eq=False)
class Trial:
    """One request, its answer, and what the checks said of it.

    operation: the label of the operation that the request was made for; `exchange.operation` is empty where
    it went to none, as one with an undocumented method does.
    phase: examples (of the document), coverage (systematic), fuzzing (drawn), or recorded: a rule sent it.
    positive: the data is known to be valid under the schema; of a recorded one nobody knows. Evidence is counted
    by it: a check that did not apply did not fail either.
    scenario: which systematic deviation it is, `missing_parameter` for one; empty where it was drawn.
    location, parameter: where the deviation is (body, query, path, header, cookie) and its name, if any.
    """

    operation: str
    exchange: Exchange
    phase: str
    positive: bool
    scenario: str
    location: str
    parameter: str
    failures: tuple[CheckFailure, ...] = ()


@dataclass(frozen=True, eq=False)
class Traffic:
    """All trials of a run in the order in which they were answered.

    complete: the engine came to its end, and the service answered all the way. notes: what it could not do, in words.
    """

    trials: tuple[Trial, ...]
    complete: bool
    notes: tuple[str, ...] = ()

    def of(self, operation: str) -> tuple[Trial, ...]:
        """The trials generated for the operation of that label."""
        return tuple(self._by_operation.get(operation, ()))

    @cached_property
    def _by_operation(self) -> dict[str, list[Trial]]:
        """Grouped once: every operation is asked for more than once, and there may be thousands of each."""
        grouped: dict[str, list[Trial]] = {}
        for trial in self.trials:
            grouped.setdefault(trial.operation, []).append(trial)
        return grouped
