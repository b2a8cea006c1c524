"""A run as a person reads it in a terminal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TextIO

from compliance import __version__
from compliance.catalogue import Catalogue, Level, Need, Outcome
from compliance.report.finding import put_finding
from compliance.report.summary import Family, Mark, families, findings, rows, standards
from compliance.report.typeset import Sheet, Span, cells
from compliance.verdict import Verdict, Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from compliance.result import Identity, Result, Run

#: A sign and a style for every mark; the sign alone carries the meaning.
SIGNS: dict[Mark, Span] = {
    Mark.PASS: ("✓", "green"),
    Mark.BROKEN: ("✗", "bold red"),
    Mark.WARNED: ("W", "yellow"),
    Mark.UNTESTED: ("?", "cyan"),
    Mark.NOT_APPLICABLE: ("-", "dim"),
    Mark.ERROR: ("!", "bold red"),
    Mark.WAIVED: ("~", "magenta"),
    Mark.LEFT_OUT: (".", "dim"),
}
WORDS = {
    Word.COMPLIANT: "bold green",
    Word.PARTIAL: "bold yellow",
    Word.NOT_COMPLIANT: "bold red",
    Word.INCONCLUSIVE: "bold yellow",
}
#: How many lines of one kind are shown before "… n more", and how many rules one of them names.
SHOWN, NAMED = 8, 6
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
    run: Run,
    verdict: Verdict,
    catalogue: Catalogue,
    *,
    colour: bool,
    width: int,
    unicode: bool = True,
    exit_status: int | None = None,
) -> str:
    """The whole report: head, matrix, findings, what was not tested, verdict.

    exit_status: what the process will exit with, where that is not the verdict's own.
    """
    sheet = Sheet(width, colour, unicode)
    _head(sheet, run, catalogue)
    _matrix(sheet, families(run, catalogue))
    if run.gone:
        sheet.blank()
        _put_message(sheet, "gone", run.gone)
    for finding in findings(run, catalogue):
        sheet.blank()
        put_finding(sheet, finding, run.target)
    for message in run.missing:
        sheet.blank()
        _put_message(sheet, "missing", message)
    sheet.blank()
    _asides(sheet, run)
    sheet.blank()
    status = verdict.exit_status if exit_status is None else exit_status
    _foot(sheet, run, verdict, catalogue, status)
    return str(sheet)


def _head(sheet: Sheet, run: Run, catalogue: Catalogue) -> None:
    names = ", ".join(standards(catalogue))
    standard = f"standard {names} ({_count(len(catalogue.clauses), 'clause')})"
    sheet.put((f"compliance {__version__}", "bold"), DOT, standard, DOT, "profile ", (run.profile, "bold"))
    if run.modules:
        _line(sheet, "source", _count(run.modules, "module"))
    if Need.SERVICE in run.absent:
        _line(sheet, "target", run.target)
        _remarks(sheet, run)
        return
    document = f"OpenAPI {run.openapi}" if run.openapi else "no OpenAPI document"
    facts = [f"{run.title} {run.version}".strip(), document, _count(run.operations, "operation")]
    _line(sheet, "target", run.target, ("   " + " · ".join(fact for fact in facts if fact), "dim"))
    _line(sheet, "identity", *_joined(_identity(one) for one in run.identities))
    _line(sheet, "safety", _safety(run))
    _remarks(sheet, run)


def _remarks(sheet: Sheet, run: Run) -> None:
    for remark in run.remarks:
        _line(sheet, "note", (remark, "yellow"))
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


def _safety(run: Run) -> str:
    if not run.writes:
        return "reads only: beside logins it sends nothing that writes, and no GET that may do so by its name"
    destructive = Need.DESTRUCTIVE not in run.absent
    return "writes only to rows that it created · deletes them at the end" + (
        " · destructive traffic allowed" * destructive
    )


def _matrix(sheet: Sheet, table: list[Family]) -> None:
    """A line a family, a sign a rule, decided of all, seconds; then the signs that occur, in words."""
    name = max((cells(sheet.clean(family.title)) for family in table), default=0)
    most = max((len(family.rows) for family in table), default=0)
    room = max(min(most, (sheet.width - name - 24) // 2), 4)
    for family in table:
        signs = [SIGNS[row.mark] for row in family.rows]
        pad = " " * (name - cells(sheet.clean(family.title)))
        counts = f"   {family.decided:>3}/{len(family.rows):<3} {family.seconds:>7.1f}s"
        first = [(sign + " ", style) for sign, style in signs[:room]]
        sheet.put(f"  {family.title}{pad}  ", *first, "  " * (room - len(first)), (counts, "dim"))
        for start in range(room, len(signs), room):
            sheet.put(" " * (name + 4), *((sign + " ", style) for sign, style in signs[start : start + room]))
    used = [mark for mark in SIGNS if any(row.mark is mark for family in table for row in family.rows)]
    sheet.blank()
    if used:
        sheet.put(*(span for mark in used for span in ("  ", SIGNS[mark], (f" {mark}", "dim"))), hang=2)


def _put_message(sheet: Sheet, label: str, message: str) -> None:
    """What went wrong with the run, and below it what would help; lines to paste stand at the margin, as scripts do."""
    first, *others = message.split("\n")
    sheet.put((label, "bold yellow"), " " * (13 - len(label)), first, hang=13)
    for line in others:
        sheet.put(line) if line else sheet.blank()


def _asides(sheet: Sheet, run: Run) -> None:
    """What is neither a finding nor the verdict: kit errors, not tested, waived, not read, left behind."""
    errors = [r for r in run.results if r.outcome is Outcome.ERROR]
    waived = [r for r in run.results if r.outcome is Outcome.WAIVED]
    _list(sheet, "kit error", "bold red", [_named(result) for result in errors])
    _list(sheet, "not tested", "cyan", _untested(run))
    _list(sheet, "waived", "magenta", [_waived(result) for result in waived])
    _list(sheet, "known before", "dim", [_known(result) for result in run.results if result.known])
    _list(sheet, "not read", "yellow", [[(note, "")] for note in run.notes])
    _list(sheet, "left behind", "yellow", [[(row, "")] for row in run.leftovers])


def _named(result: Result) -> list[Span]:
    return [(result.rule.id, ""), (f"  {result.subject}", "dim"), (f"  {result.reason}", "")]


def _waived(result: Result) -> list[Span]:
    """Until when, how many days that leaves, and who answers for it."""
    left = result.waiver
    said = f"  until {left.expires} ({_count(left.days, 'day')} left, {left.owner})" if left else ""
    return [(result.rule.id, ""), (f"  {result.subject}", "dim"), (said, ""), (f"  {result.reason}", "dim")]


def _known(result: Result) -> list[Span]:
    return [(result.rule.id, ""), (f"  {result.subject}", "dim"), (f"  {result.cause}", "")]


def _list(sheet: Sheet, label: str, style: str, entries: list[list[Span]]) -> None:
    for entry in entries[:SHOWN]:
        sheet.put((label, style), " " * (13 - len(label)), *entry, hang=13)
    if len(entries) > SHOWN:
        sheet.put((label, style), " " * (13 - len(label)), (f"… {len(entries) - SHOWN} more", "dim"), hang=13)


def _untested(run: Run) -> list[list[Span]]:
    """One entry a reason: the rules with a MUST first, then those that concern most."""
    groups: dict[str, list[Result]] = {}
    for result in run.results:
        if result.outcome is Outcome.UNTESTED:
            groups.setdefault(result.reason, []).append(result)
    ordered = sorted(groups.items(), key=lambda g: (all(r.level is not Level.MUST for r in g[1]), -len(g[1])))
    return [_untested_entry(reason, results) for reason, results in ordered]


def _untested_entry(reason: str, results: list[Result]) -> list[Span]:
    names = list(dict.fromkeys(r.rule.id for r in results))
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    places = f" ({len(results)} places)" if len(results) > len(names) else ""
    return [(", ".join(names[:NAMED]) + more, ""), (places, "dim"), (f"  {reason}", "")]


def _foot(sheet: Sheet, run: Run, verdict: Verdict, catalogue: Catalogue, exit_status: int) -> None:
    spans = _joined([[part] for part in _counts(run, catalogue)])
    sheet.put((verdict.word.upper(), WORDS[verdict.word]), "  ", *spans, hang=2)
    for reason in verdict.reasons:
        sheet.put("  ", reason, hang=4)
    sheet.put((f"{verdict.word} ({verdict.scope})", ""), hang=2)
    asked = Need.SERVICE not in run.absent
    spent = f"{run.requests:,} requests in {run.seconds:.1f} s" if asked else f"{run.seconds:.1f} s"
    seed: list[Span | str] = [DOT, ("seed ", "dim"), str(run.seed)] if asked else []
    sheet.put(spent, *seed, DOT, ("exit ", "dim"), str(exit_status))


def _counts(run: Run, catalogue: Catalogue) -> list[Span]:
    """`MUST 26/32 · SHOULD 6/8 · 3 broken …`: passed of applicable by level, then rules by mark."""
    present = [row for row in rows(run, catalogue) if row.mark is not Mark.LEFT_OUT]
    counts = Counter(row.mark for row in present)
    levels: list[Span] = []
    for level in Level:
        mine = [row for row in present if row.rule.level is level and row.mark is not Mark.NOT_APPLICABLE]
        levels.append((f"{level} {sum(row.mark is Mark.PASS for row in mine)}/{len(mine)}", ""))
    return levels + [(_tally(mark, counts[mark]), SIGNS[mark][1]) for mark in Mark if counts[mark]]


def _tally(mark: Mark, number: int) -> str:
    return _count(number, mark) if mark in (Mark.WARNED, Mark.ERROR) else f"{number} {mark}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
