"""The service as it is written: rules ask the source tree, of which nothing is imported or run."""

from __future__ import annotations

from typing import Any

from compliance.catalogue import Need, NotApplicable, Outcome, Rule, Subject, Untested, Violation
from compliance.depths import Examination, fault_of
from compliance.result import Place, Run
from compliance.source import Source


class Written:
    """The depth source."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def subjects(self, rule: Rule) -> list[Subject]:
        return list(rule.subjects(self.source))

    def lacks(self, need: Need) -> bool:
        return need is not Need.SOURCE

    def why_lacking(self, lacking: list[Need]) -> str:
        return "; ".join(f"needs {need.value}" for need in lacking)

    def judge(self, one: Examination) -> tuple[Outcome, dict[str, Any]]:
        """The outcome, with the places of a violation."""
        try:
            one.rule(self.source, one.subject)
        except Violation as violation:
            places = tuple(place for place in violation.proof if isinstance(place, Place))
            said = {"cause": violation.cause, "expected": violation.expected, "observed": violation.observed}
            return Outcome.VIOLATION, {**said, "places": places}
        except Untested as doubt:
            return Outcome.UNTESTED, {"reason": str(doubt)}
        except NotApplicable as exemption:
            return Outcome.NOT_APPLICABLE, {"reason": str(exemption)}
        except Exception as fault:
            return Outcome.ERROR, {"reason": fault_of(fault)}
        return Outcome.PASS, {}

    def close(self, run: Run) -> None:
        """Nothing was changed; what could not be read is told."""
        run.notes += [f"{file}: {reason}" for file, reason in self.source.unread.items()]
        if self.source.app is None:
            run.notes.append(
                f"the application was not imported: judged by its text ({self.source.app_reason})"
            )
