"""The findings in a terminal, in the shape of a compiler's messages: what to mend first in full, the rest in a line."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compliance.report.typeset import Sheet, Span
    from compliance.report.view import FindingView, Report
    from compliance.result import Evidence, Place

#: Subjects named in full, and lines of evidence shown; the last exchange is the one that fails.
NAMED, SHOWN = 3, 6
#: Columns of a label: `   |  expected   `.
LABEL, HANG = 9, 17
#: Ends a script in a shell; a line of Python is never that word alone.
END = "END"
#: Errors and warnings that are shown as messages; those beyond are a line each, unless everything is asked for.
ERRORS, WARNINGS = 4, 2


def put_findings(sheet: Sheet, report: Report, *, verbose: bool = False) -> None:
    """What to mend first in front: the first errors in full, the first warnings shorter, of the others a line each."""
    for decisive, most in ((True, ERRORS), (False, WARNINGS)):
        mine = [one for one in report.findings if one.decisive is decisive]
        # A line that says "1 more" takes as much room as a short message, and tells less.
        shown = mine if verbose or len(mine) <= most + 1 else mine[:most]
        for place, finding in enumerate(shown):
            sheet.blank()
            put_finding(
                sheet,
                finding,
                report.url,
                full=verbose or decisive,
                scripted=verbose or place == 0,
                everywhere=verbose,
            )
        if rest := mine[len(shown) :]:
            _put_rest(sheet, rest)


def _put_rest(sheet: Sheet, rest: list[FindingView]) -> None:
    sheet.blank()
    noun = "errors" if rest[0].decisive else "warnings"
    sheet.put((f"{len(rest)} more {noun}", "bold"), ("   -v shows them in full", "dim"), hang=4)
    width = max(len(one.rule.id) for one in rest)
    for one in rest:
        seen = len(one.places) or len(one.subjects)
        where = str(one.places[0]) if one.places else one.subjects[0]
        more = f" and {seen - 1} more" if seen > 1 else ""
        sheet.put(
            (f"  {one.rule.id:<{width}}  ", _style(one)), one.cause, (f"  {where}{more}", "dim"), hang=4
        )


def _style(finding: FindingView) -> str:
    return "bold red" if finding.decisive else "bold yellow"


def put_finding(
    sheet: Sheet,
    finding: FindingView,
    target: str,
    *,
    full: bool = True,
    scripted: bool = True,
    everywhere: bool = False,
) -> None:
    """One cause. full: with exchanges and fix; scripted: with its script too, which is longer than all the rest.

    everywhere: with every place that it was seen at, not the first ones.
    """
    kind = "error" if finding.decisive else "warning"
    title: Span = (f": {finding.rule.title}", "bold")
    sheet.put(
        (f"{kind}[{finding.rule.id}]", _style(finding)), title, (f"  {finding.rule.level}", "dim"), hang=4
    )
    _places(sheet, finding, everywhere=everywhere)
    exemplar = finding.exemplar
    _bar(sheet, "cause", finding.cause)
    _bar(sheet, "expected", exemplar.expected)
    _bar(sheet, "observed", (exemplar.observed, "bold"))
    if full:
        _exchanges(sheet, exemplar.evidence, target)
        _advice(sheet, finding, scripted=scripted)
    _help(sheet, "more", f"compliance explain {finding.rule.clause}")


def _places(sheet: Sheet, finding: FindingView, *, everywhere: bool) -> None:
    """The places, how many there are, and of how many that were examined; of the source its lines."""
    lines = list(dict.fromkeys(finding.places))  # several subjects may be broken by one line
    examined = max(finding.examined, len(finding.results))
    number = len(lines or finding.subjects)
    of_all = "" if lines else f" of {examined}"
    noun = "place" if (number if lines else examined) == 1 else "places"
    count: Span = (f"  {number}{of_all} {noun}", "dim")
    most = number if everywhere else NAMED
    for where in (lines or finding.subjects)[:most]:
        _put_place(sheet, where, count)
        count = ("", "")
    if number > most:
        sheet.put("      ", (f"… {number - most} more", "dim"), hang=6)


def _put_place(sheet: Sheet, where: Place | str, count: Span) -> None:
    note, excerpt = ("", "") if isinstance(where, str) else (where.note, where.excerpt)
    sheet.put(("  --> ", "blue"), str(where), f"  {note}" if note else "", count, hang=6)
    if excerpt:
        sheet.put("      ", (excerpt, "dim"), hang=8)


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


def _advice(sheet: Sheet, finding: FindingView, *, scripted: bool) -> None:
    """What to do about it. The script stands at the margin, whole and unwrapped, to be pasted into a shell."""
    if finding.rule.fix:
        _help(sheet, "fix", finding.rule.fix)
    script = finding.exemplar.script.strip("\n")
    if script and scripted:
        _help(sheet, "reproduce", "")
        sheet.verbatim(f"python3 - <<'{END}'\n{script}\n{END}")
    elif script:
        _help(sheet, "reproduce", "-v shows the script")


def _bar(sheet: Sheet, label: str, *spans: Span | str) -> None:
    sheet.put(("   |  ", "blue"), (f"{label:<{LABEL}}  ", "dim"), *spans, hang=HANG)


def _help(sheet: Sheet, label: str, text: str) -> None:
    sheet.put(("   = ", "blue"), (f"{label:<{LABEL}}   ", "bold"), text, hang=HANG)
