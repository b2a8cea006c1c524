"""One sign, one class and one word for each thing that can become of a rule or of a result."""

from __future__ import annotations

from typing import NamedTuple

from compliance.report.view import FindingView, Report, ResultView


class Sign(NamedTuple):
    """The sign alone carries the meaning, as in the terminal; the class gives it a colour as well."""

    word: str
    sign: str
    name: str


BROKEN = Sign("broken", "✗", "broken")
ERROR = Sign("kit error", "!", "error")
WARNING = Sign("warning", "W", "warning")
WAIVED = Sign("waived", "~", "waived")
PASSED = Sign("passed", "✓", "passed")
UNTESTED = Sign("not tested", "?", "untested")
NOT_APPLICABLE = Sign("not applicable", "–", "nothing")
LEFT_OUT = Sign("left out", "·", "left-out")

#: By the marks of rules, in the order in which a reader wants them.
BY_MARK = {
    sign.word: sign for sign in (BROKEN, ERROR, WARNING, WAIVED, UNTESTED, PASSED, NOT_APPLICABLE, LEFT_OUT)
}
_BY_OUTCOME = {
    "pass": PASSED,
    "waived": WAIVED,
    "untested": UNTESTED,
    "not-applicable": NOT_APPLICABLE,
    "error": ERROR,
}


class Signs:
    """The signs of one report's results."""

    def __init__(self, report: Report) -> None:
        self._decisive = {_key(finding): finding.decisive for finding in report.findings}

    def __call__(self, result: ResultView) -> Sign:
        if result.outcome == "violation":
            return BROKEN if self._decisive[result.rule.id, result.cause] else WARNING
        return _BY_OUTCOME[result.outcome]


def worst(signs: set[Sign]) -> Sign:
    """The one to show for many. What was not tested hides what passed: it must never look like a pass."""
    return next((sign for sign in BY_MARK.values() if sign in signs), NOT_APPLICABLE)


def _key(finding: FindingView) -> tuple[str, str]:
    return finding.rule.id, finding.cause
