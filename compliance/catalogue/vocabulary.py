"""Rules: what they are applied to, what they need, when they run, and what becomes of one on a subject."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any, Protocol


class Level(StrEnum):
    """How much a clause weighs: a MUST decides the verdict, a SHOULD only under the profile strict."""

    MUST = "MUST"
    SHOULD = "SHOULD"


class Phase(IntEnum):
    """When a rule runs. The runner keeps this order whatever reordered the items."""

    HANDSHAKE = 0
    READ = 1
    WRITE = 2
    ENGINE = 3
    DESTRUCTIVE = 4
    TAPE = 5


class Need(StrEnum):
    """A capability without which a rule is untested. The value is what the person has to do about it."""

    SERVICE = "a running service: --target-url"
    WRITES = "writes: another profile than read-only"
    USER = "a user: COMPLIANCE_ALICE_USERNAME and COMPLIANCE_ALICE_PASSWORD"
    TWO_USERS = "a second user: COMPLIANCE_BOB_USERNAME and COMPLIANCE_BOB_PASSWORD"
    ADMIN = "an administrator: COMPLIANCE_ADMIN_USERNAME and COMPLIANCE_ADMIN_PASSWORD"
    SIGNING_KEY = "the signing key: COMPLIANCE_SIGNING_KEY"
    INSIDE = "the application itself: --target-app"
    SOURCE = "the source tree: --target-source"
    DESTRUCTIVE = "destructive traffic allowed: --allow-destructive"


#: What a run may lack without its verdict being inconclusive; each absence is named once.
OPTIONAL_NEEDS = frozenset(
    {
        Need.SERVICE,
        Need.ADMIN,
        Need.TWO_USERS,
        Need.SIGNING_KEY,
        Need.INSIDE,
        Need.SOURCE,
        Need.DESTRUCTIVE,
    }
)
#: The depths at which a target is looked at, by what opens them.
DEPTHS = {"outside": Need.SERVICE, "inside": Need.INSIDE, "source": Need.SOURCE}


class Outcome(StrEnum):
    """Of one rule on one subject."""

    PASS = "pass"  # noqa: S105
    VIOLATION = "violation"
    WAIVED = "waived"
    NOT_APPLICABLE = "not-applicable"
    UNTESTED = "untested"
    ERROR = "error"


class Violation(Exception):
    """The service breaks the clause.

    cause: a few words that are equal for equal root causes; findings are grouped by it.
    proof: the exchanges that show it, in order; the runner turns them into redacted evidence.
    """

    def __init__(self, cause: str, expected: str, observed: str, proof: Sequence[object] = ()) -> None:
        super().__init__(f"{cause}: expected {expected}, observed {observed}")
        self.cause = cause
        self.expected = expected
        self.observed = observed
        self.proof = tuple(proof)


class Untested(Exception):
    """The clause could not be examined; the reason is a sentence for the reader."""


class NotApplicable(Exception):
    """Only the running service shows that the clause does not concern this subject."""


class Subject(Protocol):
    """What a rule is applied to: an operation, a resource, a list, the service as a whole."""

    @property
    def label(self) -> str: ...


#: Chooses the subjects of a rule from the contract, that is, from the document alone.
Selector = Callable[[Any], Iterable[Subject]]
#: Judges one subject: returns nothing, or raises Violation, Untested or NotApplicable.
Check = Callable[[Any, Any], None]


@dataclass(frozen=True, eq=False)
class Rule:
    """The executable check of one clause at one depth."""

    clause: str
    title: str
    level: Level
    subjects: Selector
    phase: Phase
    needs: frozenset[Need]
    check: Check
    depth: str = "outside"

    @property
    def id(self) -> str:
        """`PAG-003`, or `PAG-003@source` for a depth other than outside."""
        return self.clause if self.depth == "outside" else f"{self.clause}@{self.depth}"

    @property
    def family(self) -> str:
        return self.clause.partition("-")[0]

    @property
    def documentation(self) -> str:
        return inspect.cleandoc(self.check.__doc__ or "")

    def __call__(self, target: Any, subject: Any) -> None:
        self.check(target, subject)


def rule(
    clause: str,
    title: str,
    *,
    level: Level,
    subjects: Selector,
    phase: Phase,
    needs: Iterable[Need] = (),
    depth: str = "outside",
) -> Callable[[Check], Rule]:
    """Make a rule of a function (target, subject); its docstring has the headings Why, Breaks and Conforms.

    At the depth source the function is given the source tree, from which `subjects` chooses too.
    """

    def decorate(check: Check) -> Rule:
        return Rule(clause, title, level, subjects, phase, frozenset({DEPTHS[depth], *needs}), check, depth)

    return decorate
