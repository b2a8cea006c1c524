"""The matrix of a terminal: a line a family, a sign a rule; and the counts of the verdict's line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from compliance.catalogue import Level
from compliance.report.plain import counted
from compliance.report.typeset import Sheet, Span, cells
from compliance.report.view import Report, RuleView

#: A sign and a style for every mark, the worst first; the sign alone carries the meaning.
SIGNS: dict[str, Span] = {
    "broken": ("✗", "bold red"),
    "kit error": ("!", "bold red"),
    "warning": ("W", "yellow"),
    "waived": ("~", "magenta"),
    "passed": ("✓", "green"),
    "not tested": ("?", "cyan"),
    "not applicable": ("-", "dim"),
    "left out": (".", "dim"),
}
#: The order in which the legend explains them.
_LEGEND = (
    "passed",
    "broken",
    "warning",
    "not tested",
    "not applicable",
    "kit error",
    "waived",
    "left out",
)
_OPEN = ("not tested", "kit error", "left out")


def put_matrix(sheet: Sheet, report: Report) -> None:
    """A line a family that the run has anything of, decided of all, seconds; then the signs that occur, in words."""
    table = _table(report)
    titles = {family: report.families.get(family, family) for family in table}
    name = max((cells(sheet.clean(title)) for title in titles.values()), default=0)
    room = max(min(max(map(len, table.values()), default=0), (sheet.width - name - 24) // 2), 4)
    for family, rules in table.items():
        pad = " " * (name - cells(sheet.clean(titles[family])))
        _put_family(sheet, f"  {titles[family]}{pad}  ", rules, room, name + 4)
    used = {rule.mark for rules in table.values() for rule in rules}
    sheet.blank()
    if used:
        words = ((SIGNS[mark], (f" {mark}", "dim")) for mark in _LEGEND if mark in used)
        sheet.put(*(span for sign, word in words for span in ("  ", sign, word)), hang=2)


def _table(report: Report) -> dict[str, list[RuleView]]:
    """Family -> its rules, without those of depths at which nobody looked: the scope says how many these are."""
    groups: dict[str, list[RuleView]] = {}
    for rule in report.rules.values():
        if not report.was_closed(rule):
            groups.setdefault(rule.family, []).append(rule)
    return {name: group for name, group in groups.items() if any(rule.mark != "left out" for rule in group)}


def _put_family(sheet: Sheet, title: str, rules: Sequence[RuleView], room: int, indent: int) -> None:
    signs = [(f"{sign} ", style) for sign, style in (SIGNS[rule.mark] for rule in rules)]
    decided = sum(rule.mark not in _OPEN for rule in rules)
    counts = f"   {decided:>3}/{len(rules):<3} {sum(rule.seconds for rule in rules):>7.1f}s"
    sheet.put(title, *signs[:room], "  " * (room - len(signs)), (counts, "dim"))
    for start in range(room, len(signs), room):
        sheet.put(" " * indent, *signs[start : start + room])


def tallies(report: Report) -> list[Span]:
    """`MUST 26/32 · SHOULD 6/8 · 3 broken …`: passed of applicable by level, then rules by mark."""
    rules = report.rules.values()
    present = [rule for rule in rules if rule.mark != "left out" and not report.was_closed(rule)]
    counts = Counter(rule.mark for rule in present)
    levels = [(f"{level} {passed}/{of}", "") for level in Level for passed, of in [report.met(level)]]
    return levels + [
        (_tally(mark, counts[mark]), style) for mark, (_, style) in SIGNS.items() if counts[mark]
    ]


def _tally(mark: str, number: int) -> str:
    return counted(number, mark) if mark in ("warning", "kit error") else f"{number} {mark}"
