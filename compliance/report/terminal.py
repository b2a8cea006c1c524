"""A result document as a person reads it in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TextIO

from compliance.catalogue import Level, Need
from compliance.report.finding import put_findings
from compliance.report.matrix import put_matrix, tallies
from compliance.report.plain import counted
from compliance.report.typeset import Sheet, Span

if TYPE_CHECKING:
    from compliance.report.files import Spec
    from compliance.report.view import Report, ResultView
    from compliance.result import Identity

#: The style of every verdict.
WORDS = {
    "compliant": "bold green",
    "partial": "bold yellow",
    "not compliant": "bold red",
    "inconclusive": "bold yellow",
}
#: How many lines of one kind are shown before "… n more", and how many rules one of them names.
SHOWN, NAMED = 8, 6
#: Rules that are named as the first to mend.
FIRST = 3
DOT: Span = (" · ", "dim")


def wants_colour(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Colour for a terminal that did not ask for none (no-color.org); FORCE_COLOR asks for it elsewhere."""
    if environ.get("NO_COLOR") or environ.get("TERM") == "dumb":
        return False
    return bool(environ.get("FORCE_COLOR")) or stream.isatty()


def wants_unicode(stream: TextIO) -> bool:
    """Whether the stream can write the signs of the matrix."""
    try:
        "✓✗·→…×".encode(getattr(stream, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def render(
    report: Report,
    *,
    colour: bool,
    width: int,
    unicode: bool = True,
    exit_status: int | None = None,
    reports: Sequence[Spec] | None = None,
    verbose: bool = False,
) -> str:
    """The whole report: head, matrix, findings, what was not tested, verdict.

    exit_status: what the process will exit with, where that is not the verdict's own.
    reports: the files that this run writes beside; None of a run that ended before. verbose: every finding in full.
    """
    sheet = Sheet(width, colour, unicode)
    _head(sheet, report)
    put_matrix(sheet, report)
    if report.gone:
        sheet.blank()
        _put_message(sheet, "gone", report.gone)
    put_findings(sheet, report, verbose=verbose)
    for message in report.missing:
        sheet.blank()
        _put_message(sheet, "missing", message)
    sheet.blank()
    _asides(sheet, report)
    sheet.blank()
    _foot(sheet, report, report.exit_status if exit_status is None else exit_status, reports)
    return str(sheet)


def _head(sheet: Sheet, report: Report) -> None:
    standard = f"standard {', '.join(report.standards)} ({counted(report.clauses, 'clause')})"
    sheet.put((f"compliance {report.kit}", "bold"), DOT, standard, DOT, "profile ", (report.profile, "bold"))
    if report.modules:
        _line(sheet, "source", counted(report.modules, "module"))
    if report.lacked(Need.SERVICE):
        _line(sheet, "target", report.url)
    else:
        named = "" if report.name == report.url else report.name
        document = f"OpenAPI {report.openapi}" if report.openapi else "no OpenAPI document"
        facts = (named, document, counted(report.operations, "operation"))
        _line(sheet, "target", report.url, ("   " + " · ".join(fact for fact in facts if fact), "dim"))
        _line(sheet, "identity", *_joined(_identity(one) for one in report.identities))
        _line(sheet, "safety", _safety(report))
    sheet.blank()


def _line(sheet: Sheet, label: str, *spans: Span | str) -> None:
    sheet.put((f"{label:<10}", "dim"), *(spans or ("none",)), hang=10)


def _identity(one: Identity) -> list[Span]:
    return [
        (one.name, ""),
        (" from ", "dim"),
        (one.source, ""),
        ("" if one.proven else " (not proven)", "yellow"),
    ]


def _joined(parts: Iterable[list[Span]]) -> list[Span]:
    """The parts with a dot between them."""
    return [span for part in parts for span in (DOT, *part)][1:]


def _safety(report: Report) -> str:
    if report.lacked(Need.WRITES):
        return "reads only: beside logins it sends nothing that writes, and no GET that may do so by its name"
    destructive = " · destructive traffic allowed" * (not report.lacked(Need.DESTRUCTIVE))
    return "writes only to rows that it created · deletes them at the end" + destructive


def _put_message(sheet: Sheet, label: str, message: str) -> None:
    """What went wrong with the run, and below it what would help; lines to paste stand at the margin, as scripts do."""
    first, *others = message.split("\n")
    sheet.put((f"{label:<13}", "bold yellow"), first, hang=13)
    for line in others:
        sheet.put(line) if line else sheet.blank()


def _asides(sheet: Sheet, report: Report) -> None:
    """What is neither a finding nor the verdict: kit errors, not tested, waived, known, not heeded, left behind."""
    _list(sheet, "kit error", "bold red", [_named(one) for one in report.results if one.outcome == "error"])
    _list(sheet, "not tested", "cyan", _untested(report))
    _list(sheet, "waived", "magenta", [_waived(one) for one in report.waived])
    _list(sheet, "known before", "dim", [_known(one) for one in report.known])
    _list(sheet, "note", "yellow", [[(note, "")] for note in report.notes])
    _list(sheet, "left behind", "yellow", [[(row, "")] for row in report.leftovers])


def _named(result: ResultView) -> list[Span]:
    return [(result.rule.id, ""), (f"  {result.subject}", "dim"), (f"  {result.reason}", "")]


def _waived(result: ResultView) -> list[Span]:
    """Until when, how many days that leaves, and who answers for it."""
    left = result.waiver
    said = f"  until {left.expires} ({counted(left.days, 'day')} left, {left.owner})" if left else ""
    return [(result.rule.id, ""), (f"  {result.subject}", "dim"), (said, ""), (f"  {result.reason}", "dim")]


def _known(result: ResultView) -> list[Span]:
    return [(result.rule.id, ""), (f"  {result.subject}", "dim"), (f"  {result.cause}", "")]


def _list(sheet: Sheet, label: str, style: str, entries: list[list[Span]]) -> None:
    head: Span = (f"{label:<13}", style)
    for entry in entries[:SHOWN]:
        sheet.put(head, *entry, hang=13)
    if len(entries) > SHOWN:
        sheet.put(head, (f"… {len(entries) - SHOWN} more", "dim"), hang=13)


def _untested(report: Report) -> list[list[Span]]:
    """One entry a reason: the rules with a MUST first, then those that concern most. The scope says which depth was not looked at."""
    groups: dict[str, list[ResultView]] = {}
    for result in report.results:
        if result.outcome == "untested" and not report.was_closed(result.rule):
            groups.setdefault(result.reason, []).append(result)

    def urgency(group: tuple[str, list[ResultView]]) -> tuple[bool, int]:
        return all(one.rule.level != Level.MUST for one in group[1]), -len(group[1])

    return [_untested_entry(reason, results) for reason, results in sorted(groups.items(), key=urgency)]


def _untested_entry(reason: str, results: list[ResultView]) -> list[Span]:
    names = list(dict.fromkeys(one.rule.id for one in results))
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    places = f" ({len(results)} places)" if len(results) > len(names) else ""
    return [(", ".join(names[:NAMED]) + more, ""), (places, "dim"), (f"  {reason}", "")]


def _foot(sheet: Sheet, report: Report, exit_status: int, reports: Sequence[Spec] | None) -> None:
    """The verdict with its counts, its reasons, what it is about, what to mend first, and where the reports lie."""
    word = report.word
    sheet.put((word.upper(), WORDS[word]), "  ", *_joined([one] for one in tallies(report)), hang=2)
    for reason in report.reasons:
        sheet.put("  ", reason, hang=4)
    sheet.put(f"{word} ({report.scope})", hang=2)
    if first := _first(report):
        sheet.put(("mend first  ", "bold"), *first, hang=12)
    asked = not report.lacked(Need.SERVICE)
    spent = f"{report.requests:,} requests in {report.seconds:.1f} s" if asked else f"{report.seconds:.1f} s"
    seed: list[Span | str] = [DOT, ("seed ", "dim"), str(report.seed)] if asked else []
    sheet.put(spent, *seed, DOT, ("exit ", "dim"), str(exit_status))
    files = [one for one in reports or () if str(one.path) != "-"]  # which is printed below
    if files:
        sheet.put(*_joined([(_noun(one), "dim"), (f" {one.path}", "")] for one in files), hang=2)
    result = next((one.path for one in files if one.kind == "json"), None)
    if report.findings and result:
        sheet.put(("when mended ", "dim"), f"compliance replay {result}", hang=2)
    elif (
        exit_status
        and report.findings
        and reports is not None
        and not any(one.kind == "json" for one in reports)
    ):
        way = "--compliance-report=json:result.json, for `compliance replay`"
        sheet.put(("next time   ", "dim"), way, hang=12)


def _first(report: Report) -> list[Span]:
    """The first rules to mend, where so many decide that it helps to know."""
    decisive = list(dict.fromkeys(one.rule.id for one in report.findings if one.decisive))
    if len(decisive) <= FIRST:
        return []
    return [
        *_joined([(name, "")] for name in decisive[:FIRST]),
        (f", then {len(decisive) - FIRST} more", "dim"),
    ]


def _noun(spec: Spec) -> str:
    return {"json": "result", "html": "report"}.get(spec.kind, spec.kind)
