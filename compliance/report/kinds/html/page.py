"""A report as the templates walk through it. Nothing is judged here: what is counted stands in the document."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from http import HTTPStatus
from typing import Any

from markupsafe import Markup, escape

from compliance.report.kinds.html.matrices import Family, Subjects, families
from compliance.report.kinds.html.signs import BY_MARK, LEFT_OUT, Sign, Signs
from compliance.report.kinds.html.text import Body, visible
from compliance.report.view import FindingView, Report, ResultView, RuleView
from compliance.report.waiving import began, snippet
from compliance.result import Evidence

#: Results shown in full: of one finding, and of the whole page. The others are named, and stand in result.json.
OF_A_FINDING, OF_A_PAGE = 5, 400
#: Findings that the list at the top names, and subjects that stand there beside each.
FIRST, NAMED = 50, 4
_NAMED = re.compile(r"[A-Z]+-[0-9]+(?:@[a-z]+)?|(?<!\S)--[a-z][a-z-]*")


@dataclass(frozen=True)
class Finding:
    """One cause with as many of its results in full as the page has room for."""

    cause: str
    decisive: bool
    examined: int
    full: tuple[ResultView, ...]
    subjects: tuple[str, ...]
    exemplar: ResultView
    waiver: str

    @property
    def left(self) -> int:
        return len(self.subjects) - len(self.full)


@dataclass(frozen=True)
class Group:
    """Subjects of one rule that share an outcome and its reason."""

    sign: Sign
    reason: str
    subjects: tuple[str, ...]


class Page:
    """All that the templates ask for."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.signs = Signs(report)
        self.subjects = Subjects(report, self.signs)
        self.families: list[Family] = families(report)
        self._results: dict[str, list[ResultView]] = {}
        for result in report.results:
            self._results.setdefault(result.rule.id, []).append(result)
        self._findings: dict[str, list[Finding]] = {}
        self._arrange()

    def _arrange(self) -> None:
        room = OF_A_PAGE
        for one in self.report.findings:
            full = one.results[: min(OF_A_FINDING, room)]
            room -= len(full)
            self._findings.setdefault(one.rule.id, []).append(self._finding(one, full))

    def _finding(self, one: FindingView, full: tuple[ResultView, ...]) -> Finding:
        files = list(dict.fromkeys(place.file for place in one.places))
        of_source = one.rule.depth == "source" and bool(files)
        waiver = snippet(
            one.rule.id,
            operations=() if of_source else one.subjects,
            files=files if of_source else (),
            begins=began(self.report.started),
        )
        return Finding(
            one.cause, one.decisive, one.examined, full, tuple(one.subjects), one.exemplar, f"{waiver}\n"
        )

    # the top

    named = NAMED

    @property
    def title(self) -> str:
        return f"{self.report.word.capitalize()}: {self.report.name}"

    @cached_property
    def started(self) -> str:
        """`2026-11-23 19:52:59 UTC`, or as the document has it."""
        try:
            when = datetime.fromisoformat(self.report.started)
        except ValueError:
            return self.report.started
        return f"{when:%Y-%m-%d %H:%M:%S} UTC"

    @cached_property
    def first(self) -> list[FindingView]:
        return self.report.findings[:FIRST]

    @cached_property
    def counts(self) -> list[tuple[Sign, int]]:
        """How many rules have each mark, without those of depths at which nobody looked."""
        counts = Counter(rule.mark for rule in self.report.rules.values() if not self.report.was_closed(rule))
        return [(sign, counts[word]) for word, sign in BY_MARK.items() if counts[word]]

    @cached_property
    def bar(self) -> list[tuple[Sign, float, float]]:
        """Each sign with where its part of the bar begins and how long it is, of 100, with a gap between."""
        shares, start = [], 0.0
        counts = [(sign, number) for sign, number in self.counts if sign is not LEFT_OUT]
        total = sum(number for _, number in counts)
        for sign, number in counts:
            width = 100 * number / total
            shares.append((sign, round(start, 2), round(max(width - 0.3, 0.2), 2)))
            start += width
        return shares

    def linked(self, text: str) -> Markup:
        """The text with every rule that it names as a link, and every option unbroken."""
        parts, end = [], 0
        for found in _NAMED.finditer(text):
            if found[0].startswith("--") or found[0] in self.report.rules:
                parts += [escape(visible(text[end : found.start()])), _link(found[0])]
                end = found.end()
        return Markup("").join([*parts, escape(visible(text[end:]))])

    # one rule

    def findings(self, rule: RuleView) -> list[Finding]:
        return self._findings.get(rule.id, [])

    def groups(self, rule: RuleView) -> list[Group]:
        """What is no violation, by outcome and reason."""
        found: dict[tuple[Sign, str], list[str]] = {}
        for result in self._results.get(rule.id, ()):
            if result.outcome != "violation":
                found.setdefault((self.signs(result), result.reason), []).append(result.subject)
        ordered = sorted(found.items(), key=lambda item: list(BY_MARK.values()).index(item[0][0]))
        return [Group(sign, reason, tuple(subjects)) for (sign, reason), subjects in ordered]

    def extent(self, rule: RuleView) -> str:
        """`3 of 12 places` where it is broken, else how many there are."""
        results = self._results.get(rule.id, [])
        broken = sum(result.outcome == "violation" for result in results)
        decided = sum(result.outcome in ("pass", "violation", "waived") for result in results)
        if broken:
            return f"{broken} of {decided} place{'s' * (decided != 1)}"
        return f"{decided} place{'s' * (decided != 1)}" if decided else ""

    def where(self, rule: RuleView) -> str:
        """The subjects by number with the class of what became of them, for the filter: `3:broken 4:passed`."""
        results = self._results.get(rule.id, ())
        pairs = ((self.subjects.number(result.subject), self.signs(result).name) for result in results)
        return " ".join(f"{number}:{name}" for number, name in pairs if number >= 0)

    def sign(self, rule: RuleView) -> Sign:
        return BY_MARK[rule.mark]

    # the rest

    def reasons(self, outcome: str) -> list[tuple[str, list[str], int]]:
        """Each reason of that outcome with the rules that it holds for and in how many places; the widest first."""
        groups: dict[str, list[ResultView]] = {}
        for result in self.report.results:
            if result.outcome == outcome:
                groups.setdefault(result.reason, []).append(result)
        return [
            (reason, list(dict.fromkeys(result.rule.id for result in results)), len(results))
            for reason, results in sorted(groups.items(), key=lambda item: -len(item[1]))
        ]

    @property
    def facts(self) -> Any:
        """The document itself, for what is shown as it stands there."""
        return self.report.document

    @staticmethod
    def request(one: Evidence) -> tuple[str, Body]:
        """What was sent: the head, and as much of the body as is shown."""
        return _head(f"{one.method} {one.url}", one.request_headers), Body.of(one.request_body)

    @staticmethod
    def response(one: Evidence) -> tuple[str, Body]:
        return _head(_status(one.status), one.response_headers), Body.of(one.response_body)


def _head(first: str, headers: tuple[tuple[str, str], ...]) -> str:
    """One line a header; a line break in a value cannot look like another header."""
    lines = (f"{name}: {value}".replace("\n", "\\n") for name, value in headers)
    return "\n".join([first, *lines])


def _status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status) if status else "no answer"


def _link(name: str) -> Markup:
    if name.startswith("--"):
        return Markup('<code class="option">{0}</code>').format(name)
    return Markup('<a class="id" href="#{0}">{0}</a>').format(name)
