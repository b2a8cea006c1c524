"""One finding in a terminal, in the shape of a compiler's message."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from compliance.report.advice import fix

if TYPE_CHECKING:
    from compliance.report.summary import Finding
    from compliance.report.typeset import Sheet, Span
    from compliance.result import Evidence, Place, Result

#: Subjects named in full, and lines of evidence shown; the last exchange is the one that fails.
NAMED, SHOWN = 3, 6
#: Columns of a label: `   |  expected   `.
LABEL, HANG = 9, 17


def put_finding(sheet: Sheet, finding: Finding, target: str) -> None:
    """An error in full, a warning shorter."""
    kind, style = ("error", "bold red") if finding.decisive else ("warning", "bold yellow")
    title: Span = (f": {finding.rule.title}", "bold")
    sheet.put((f"{kind}[{finding.rule.id}]", style), title, (f"  {finding.rule.level}", "dim"), hang=4)
    _places(sheet, finding)
    exemplar = finding.exemplar
    _bar(sheet, "cause", finding.cause)
    _bar(sheet, "expected", exemplar.expected)
    _bar(sheet, "observed", (exemplar.observed, "bold"))
    if finding.decisive:
        _exchanges(sheet, exemplar.evidence, target)
        _advice(sheet, finding, exemplar)
    _help(sheet, "more", f"compliance explain {finding.rule.clause}")


def _places(sheet: Sheet, finding: Finding) -> None:
    """The first places, how many there are, and of how many that were examined; of the source its lines."""
    lines = [place for result in finding.results for place in result.places]
    if lines:
        _lines(sheet, lines)
        return
    subjects, examined = finding.subjects, max(finding.examined, len(finding.results))
    count = f"  {len(subjects)} of {examined} {'place' if examined == 1 else 'places'}"
    for place, subject in enumerate(subjects[:NAMED]):
        sheet.put(("  --> ", "blue"), subject, (count if place == 0 else "", "dim"), hang=6)
    if len(subjects) > NAMED:
        sheet.put("      ", (f"… {len(subjects) - NAMED} more", "dim"), hang=6)


def _lines(sheet: Sheet, places: list[Place]) -> None:
    count = f"  {len(places)} {'place' if len(places) == 1 else 'places'}"
    for number, place in enumerate(places[:NAMED]):
        sheet.put(("  --> ", "blue"), str(place), (count if number == 0 else "", "dim"), hang=6)
        if place.excerpt:
            sheet.put("      ", (place.excerpt, "dim"), hang=8)
    if len(places) > NAMED:
        sheet.put("      ", (f"… {len(places) - NAMED} more", "dim"), hang=6)


def _exchanges(sheet: Sheet, evidence: tuple[Evidence, ...], target: str) -> None:
    """`alice  GET /users → 200`, equal neighbours once; of many the last."""
    keys = ((e.actor, e.method, _path(e.url, target), e.status) for e in evidence)
    lines = [(key, len(list(equal))) for key, equal in groupby(keys)]
    if len(lines) > SHOWN:
        _bar(sheet, "", (f"… {len(lines) - SHOWN} earlier", "dim"))
    for (actor, method, path, status), times in lines[-SHOWN:]:
        often = f"  ×{times}" if times > 1 else ""
        _bar(sheet, actor, (f"{method} {path}", "dim"), " → ", (str(status), "bold"), (often, "dim"))


def _path(url: str, target: str) -> str:
    root = target.rstrip("/")
    return url.removeprefix(root) if root and url.startswith(root + "/") else url


def _advice(sheet: Sheet, finding: Finding, exemplar: Result) -> None:
    """What to do about it. The script stands at the margin, whole and unwrapped, to run as copied."""
    _help(sheet, "fix", *fix(finding.rule))
    if exemplar.script:
        _help(sheet, "reproduce", "")
        sheet.verbatim(exemplar.script.strip("\n"))


def _bar(sheet: Sheet, label: str, *spans: Span | str) -> None:
    sheet.put(("   |  ", "blue"), (f"{label:<{LABEL}}  ", "dim"), *spans, hang=HANG)


def _help(sheet: Sheet, label: str, *texts: str) -> None:
    for place, text in enumerate(texts):
        if place == 0:
            sheet.put(("   = ", "blue"), (f"{label:<{LABEL}}   ", "bold"), text, hang=HANG)
        else:
            sheet.put(" " * HANG, text, hang=HANG)
