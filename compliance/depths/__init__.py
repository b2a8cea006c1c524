"""What a run asks of every depth at which it looks at a target: subjects, capabilities, outcomes."""

from __future__ import annotations

import logging
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from compliance.catalogue import Catalogue, Need, NotApplicable, Outcome, Rule, Subject, Untested, Violation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from compliance.result import Run

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Nothing:
    """The subject of a rule that has none: it still yields one result, not-applicable."""

    label: str = "nothing"


@dataclass(frozen=True, eq=False)
class Examination:
    """One rule on one subject."""

    rule: Rule
    subject: Subject

    @property
    def name(self) -> str:
        return f"{self.rule.id}[{self.subject.label}]"


class Depth(Protocol):
    """One way of looking at a target."""

    def subjects(self, rule: Rule) -> list[Subject]:
        """What the rule is applied to."""

    def lacks(self, need: Need) -> bool:
        """Whether a capability is missing."""

    def why_lacking(self, lacking: list[Need]) -> str:
        """What the reader has to do about missing capabilities."""

    def judge(self, one: Examination) -> tuple[Outcome, dict[str, Any]]:
        """The outcome of one examination whose needs are met, with the further fields of its result."""

    def close(self, run: Run) -> None:
        """Write into the run what the depth has to tell, and leave the target as it was."""


def examinations(catalogue: Catalogue, depths: Mapping[str, Depth]) -> list[Examination]:
    """Every rule with each of its subjects, in the catalogue's order; one without subjects, or at a depth that is not there, with none."""
    planned = []
    for rule in catalogue.rules:
        depth = depths.get(rule.depth)
        subjects = depth.subjects(rule) if depth else []
        planned += [Examination(rule, subject) for subject in subjects or [Nothing()]]
    return planned


def outcome_of(
    judge: Callable[[], None], finding: Callable[[Violation], dict[str, Any]]
) -> tuple[Outcome, dict[str, Any]]:
    """What becomes of a judgement that says what it has to say by what it raises."""
    try:
        judge()
    except Violation as violation:
        return Outcome.VIOLATION, finding(violation)
    except Untested as doubt:
        return Outcome.UNTESTED, {"reason": str(doubt)}
    except NotApplicable as exemption:
        return Outcome.NOT_APPLICABLE, {"reason": str(exemption)}
    except Exception as fault:
        return Outcome.ERROR, {"reason": fault_of(fault)}
    return Outcome.PASS, {}


def fault_of(fault: Exception) -> str:
    """The kit's own fault in a line: what, and where in the kit."""
    frames = traceback.extract_tb(fault.__traceback__)
    # Its message may hold anything, a secret too; the report redacts it, a log would not.
    _log.debug("a fault of the kit's own: %s", type(fault).__name__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "nowhere"
    return f"{type(fault).__name__}: {fault} ({place}); this is the kit's own fault, please report it"
