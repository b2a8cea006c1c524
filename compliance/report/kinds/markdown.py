"""Markdown for a comment, the summary of a job or an assistant: the verdict, what to mend first, what was not examined.

Texts that a service sent stand in code spans and fences, where they are neither mark-up nor a mention of anybody.
"""

from __future__ import annotations

import re
from collections import Counter

from compliance.report.plain import block, counted, line, named
from compliance.report.view import FindingView, Report, ResultView

#: Characters of it all: GitHub takes comments of 65,536.
LIMIT = 60_000
#: Of the asides, which come after the findings: characters, lines of one kind, and rules or places that a line names.
ASIDES, LINES, NAMED = 12_000, 30, 8
#: Of one text, and of a script.
TEXT, SCRIPT = 600, 6_000
#: Columns of the table: what they are called, and the marks that they count.
COLUMNS = {
    "passed": ("passed",),
    "broken": ("broken",),
    "warned": ("warning",),
    "waived": ("waived",),
    "not tested": ("not tested", "left out"),
    "not applicable": ("not applicable",),
    "kit errors": ("kit error",),
}
_TICKS = re.compile("`+")


def render(report: Report) -> str:
    head, tail = _head(report), _asides(report) + _families(report)
    room = LIMIT - len(head) - len(tail)
    return head + _findings(report, room) + tail


# -- the verdict -------------------------------------------------------------------------------------------------


def _head(report: Report) -> str:
    facts = [code(report.name), code(report.url), f"fastapi-compliance {report.kit}"]
    if report.started:
        facts.append(report.started)
    reasons = "".join(f"- {_rules(reason)}\n" for reason in report.reasons[:LINES])
    return (
        f"## Compliance: {report.word}\n\n{' · '.join(facts)}\n\n{reasons}- scope: {_rules(report.scope)}\n"
    )


def _rules(sentence: str) -> str:
    """A sentence of the verdict: the kit's own words, in which names of the service may stand."""
    return code(sentence) if re.search(r"[<>@&\[\]`|\\*_#]|://|www\.", sentence) else line(sentence, TEXT)


# -- what to mend ------------------------------------------------------------------------------------------------


def _findings(report: Report, room: int) -> str:
    if not report.findings:
        return ""
    text, left = "\n### Mend first\n", len(report.findings)
    for number, finding in enumerate(report.findings, 1):
        entry = _finding(number, finding, report)
        if len(text) + len(entry) > room - 200:
            break
        text, left = text + entry, left - 1
    if left:
        text += f"\n{counted(left, 'further finding')} left out here: see the whole report.\n"
    return text


def _finding(number: int, finding: FindingView, report: Report) -> str:
    rule, exemplar = finding.rule, finding.exemplar
    weight = rule.level if finding.decisive else f"{rule.level}, does not decide the verdict"
    places = [str(place) for result in finding.results for place in report.where(result) if result.places]
    where = list(dict.fromkeys(places or finding.subjects))
    more = f" and {len(where) - NAMED} more" if len(where) > NAMED else ""
    lines = [
        f"\n{number}. **{rule.id} {_own(rule.title)}** ({weight})",
        f"cause: {code(exemplar.cause)}",
        f"expected: {code(exemplar.expected)}",
        f"observed: {code(exemplar.observed)}",
        f"where: {', '.join(code(one, 120) for one in where[:NAMED])}{more}",
        f"fix: {_own(rule.fix)}" if rule.fix else "",
        f"more: `compliance explain {rule.clause}`",
    ]
    script = exemplar.script if len(exemplar.script) <= SCRIPT else ""
    return "\n   - ".join(filter(None, lines)) + "\n" + (_script(script) if script else "")


def _script(script: str) -> str:
    """What repeats it, folded."""
    fenced = "\n".join(f"   {each}".rstrip() for each in fence(script).split("\n"))
    return f"\n   <details><summary>Script that repeats it</summary>\n\n{fenced}\n\n   </details>\n"


# -- the rest ----------------------------------------------------------------------------------------------------


def _asides(report: Report) -> str:
    """What is neither a finding nor the verdict."""
    groups: dict[str, dict[str, list[ResultView]]] = {"error": {}, "untested": {}, "waived": {}}
    for result in report.results:
        if result.outcome in groups:
            groups[result.outcome].setdefault(result.reason, []).append(result)
    text = ""
    titles = {"error": "The kit failed", "untested": "Not examined", "waived": "Waived"}
    for outcome, title in titles.items():
        text += _list(title, _told(groups[outcome]))
    leftovers = report.document["leftovers"]
    return text + _list("Left behind in the service", [code(one) for one in leftovers])


def _told(groups: dict[str, list[ResultView]]) -> list[str]:
    """One line a reason: those with a MUST first, then those that concern most."""
    ordered = sorted(groups.items(), key=lambda g: (all(r.rule.level != "MUST" for r in g[1]), -len(g[1])))
    return [f"{code(reason)}: {_concerned(results)}" for reason, results in ordered]


def _concerned(results: list[ResultView]) -> str:
    names = list(dict.fromkeys(result.rule.id for result in results))
    subjects = f" ({counted(len(results), 'place')})" if len(results) > len(names) else ""
    return named(names, NAMED) + subjects


def _list(title: str, lines: list[str]) -> str:
    if not lines:
        return ""
    text, shown = f"\n### {title}\n\n", 0
    for each in lines[:LINES]:
        if len(text) + len(each) > ASIDES // 4:
            break
        text, shown = f"{text}- {each}\n", shown + 1
    return text + (f"- and {len(lines) - shown} more\n" if shown < len(lines) else "")


def _families(report: Report) -> str:
    counts: dict[str, Counter[str]] = {}
    for rule in report.rules.values():
        counts.setdefault(rule.family, Counter())[rule.mark] += 1
    used = [name for name, marks in COLUMNS.items() if any(c[m] for c in counts.values() for m in marks)]
    if not used:
        return ""
    rows = [["Family", *used], ["---", *("---:" for _ in used)]]
    for family, mine in counts.items():
        cells = [sum(mine[mark] for mark in COLUMNS[name]) for name in used]
        rows.append([_own(report.families.get(family, family)), *(str(cell or "") for cell in cells)])
    return "\n### Rules by family\n\n" + "".join(f"| {' | '.join(row)} |\n" for row in rows)


# -- texts -------------------------------------------------------------------------------------------------------


def _own(text: str) -> str:
    """A text of the standard, which is Markdown itself."""
    return line(text, TEXT).replace("|", "\\|")


def code(text: str, limit: int = TEXT) -> str:
    """A code span that nothing in the text ends."""
    plain = line(text, limit) or " "
    ticks = "`" * (_longest(plain) + 1)
    room = " " if "`" in (plain[0], plain[-1]) else ""
    return f"{ticks}{room}{plain}{room}{ticks}"


def fence(text: str) -> str:
    ticks = "`" * max(3, _longest(text) + 1)
    return f"{ticks}\n{block(text).rstrip()}\n{ticks}"


def _longest(text: str) -> int:
    """Of the runs of backticks."""
    return max(map(len, _TICKS.findall(text)), default=0)
