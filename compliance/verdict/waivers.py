"""Waivers: violations that somebody answers for, until a day that is written down."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from compliance.catalogue import Outcome
from compliance.depths import Nothing
from compliance.result import Place, Waived

#: Days before its end from which a waiver is announced.
SOON = 14
#: Outcomes after which a waiver is known to be of no use, and those of something that is broken.
HOLDS = (Outcome.PASS, Outcome.NOT_APPLICABLE)
BROKEN = (Outcome.VIOLATION, Outcome.WAIVED)


class Identified(Protocol):
    """A rule, of which the id is enough."""

    @property
    def id(self) -> str: ...


class Judged(Protocol):
    """A result of a run that ends, or one that was read back from a document."""

    @property
    def rule(self) -> Identified: ...
    @property
    def subject(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def cause(self) -> str: ...
    @property
    def places(self) -> tuple[Place, ...]: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def fingerprints(self) -> tuple[str, ...]: ...


class State(StrEnum):
    """What a run says of a waiver, or of one of its operations."""

    NEEDED = "needed"
    UNNEEDED = "no longer needed"
    UNMATCHED = "unmatched"
    UNKNOWN = "not judged"


@dataclass(frozen=True)
class Waiver:
    """One entry of the file. What is empty limits nothing; a file that ends with / is a folder."""

    rule: str
    reason: str
    owner: str
    expires: date
    operations: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    cause: str = ""
    fingerprint: str = ""
    ticket: str = ""
    approved_by: str = ""

    def __str__(self) -> str:
        """`PAG-003 on GET /users`"""
        where = ", ".join((*self.operations, *self.files))
        return f"{self.rule} on {where}" if where else self.rule

    @property
    def scope(self) -> tuple[object, ...]:
        """What it excuses, by which two are the same one."""
        return self.rule, frozenset(self.operations), frozenset(self.files), self.cause, self.fingerprint

    def covers(self, other: Waiver) -> bool:
        """Whether it excuses all that the other one does."""
        pairs = ((self.operations, other.operations), (self.files, other.files))
        return (
            self.rule == other.rule
            and all(not mine or (theirs and set(theirs) <= set(mine)) for mine, theirs in pairs)
            and self.cause in ("", other.cause)
            and self.fingerprint in ("", other.fingerprint)
        )

    def days(self, today: date) -> int:
        """How many are left: none on the last, which counts, and fewer than none after it."""
        return (self.expires - today).days

    def takes(self, result: Judged) -> list[bool]:
        """Of each place of a broken result whether it is excused; one answer for a result that has none."""
        here = (
            result.rule.id == self.rule
            and (not self.operations or result.subject in self.operations)
            and self.cause in ("", result.cause)
        )
        marks = {"", result.fingerprint}
        if not result.places:
            return [here and not self.files and self.fingerprint in marks]
        return [
            here and self._lies_in(place.file) and self.fingerprint in marks | {mark}
            for place, mark in zip(result.places, result.fingerprints, strict=True)
        ]

    def _lies_in(self, file: str) -> bool:
        return not self.files or any(
            file.startswith(one) if one.endswith("/") else file == one for one in self.files
        )

    def excusing(self, today: date) -> Waived:
        """What it says in a result."""
        return Waived(
            self.reason,
            self.owner,
            self.expires.isoformat(),
            self.days(today),
            self.ticket,
            self.approved_by,
        )

    def states(
        self, results: Iterable[Judged], whole: bool, subjects: Collection[str] = ()
    ) -> dict[str, State]:
        """What a run says of each operation that it names, of `""` where it names none.

        whole: nothing was left out of the run, so that what is not there does not exist.
        subjects: what the rule is about in the target, where that is known of a part of a run too.
        """
        mine = [one for one in results if one.rule.id == self.rule]
        if not self.operations:
            return {"": self._state(mine, whole)}
        unreached = any(
            one.outcome == Outcome.UNTESTED and one.subject == Nothing().label for one in mine
        )  # the depth was not open, or what the rule needs not given
        exhaustive = whole and bool(mine) and not unreached
        judged = {one.subject for one in mine}

        def state(name: str) -> State:
            if name in judged:
                return self._state([one for one in mine if one.subject == name], True)
            there = name in subjects if subjects else not exhaustive
            return State.UNKNOWN if there else State.UNMATCHED

        return {name: state(name) for name in self.operations}

    def _state(self, mine: Sequence[Judged], whole: bool) -> State:
        broken = [one for one in mine if one.outcome in BROKEN]
        if any(any(self.takes(one)) for one in broken):
            return State.NEEDED
        settled = all(one.outcome in (*HOLDS, *BROKEN) for one in mine)
        return State.UNNEEDED if mine and whole and settled else State.UNKNOWN
