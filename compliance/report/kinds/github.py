"""GitHub's annotations, as commands that a workflow prints: one a finding, in front what decides the verdict.

GitHub shows ten errors and ten warnings of a step and drops the rest without a word, so the tenth names what is left.
"""

from __future__ import annotations

from collections.abc import Iterator

from compliance.report.plain import line, named
from compliance.report.view import FindingView, Report
from compliance.result import Place

#: Of each level; one more may be shown.
SHOWN = 9
#: Subjects that an annotation names, and rules that the last one names.
SUBJECTS, RULES = 5, 40


def render(report: Report) -> str:
    """Commands, one a line; what goes to the summary of the job is Markdown and another kind."""
    decisive = [one for one in report.findings if one.decisive]
    others = [one for one in report.findings if not one.decisive]
    doubts = (
        [] if report.word != "inconclusive" else ["; ".join(report.reasons) or "nothing could be concluded"]
    )
    lines = [
        _command("notice", line(f"{report.word} ({report.scope})"), title=f"compliance of {report.name}"),
        *(_command("error", line(words), title="inconclusive") for words in doubts),
        *_annotations(report, "error", decisive, SHOWN - len(doubts)),
        *_annotations(report, "warning", others, SHOWN),
    ]
    return "\n".join(lines) + "\n"


def _annotations(report: Report, level: str, findings: list[FindingView], shown: int) -> Iterator[str]:
    for finding in findings[:shown]:
        rule, exemplar = finding.rule, finding.exemplar
        told = [
            f"{line(exemplar.cause, 500)}",
            f"expected: {line(exemplar.expected, 500)}",
            f"observed: {line(exemplar.observed, 500)}",
            f"where: {line(named(finding.subjects, SUBJECTS), 500)}",
            f"fix: {line(rule.fix, 500)}" if rule.fix else "",
            f"more: compliance explain {rule.clause}",
        ]
        message, place = "\n".join(filter(None, told)), report.where(exemplar)[0]
        yield _command(level, message, title=f"{rule.id} {rule.title} ({rule.level})", place=place)
    if rest := list(dict.fromkeys(one.rule.id for one in findings[shown:])):
        words = f"{named(rest, RULES)}: see the summary of the job"
        yield _command(level, words, title=f"{len(findings) - shown} more")


def _command(level: str, message: str, *, title: str, place: Place | None = None) -> str:
    facts = {"file": place.file, "line": str(place.line)} if place else {}
    facts["title"] = line(title, 200)
    properties = ",".join(f"{name}={_property(value)}" for name, value in facts.items())
    return f"::{level} {properties}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
