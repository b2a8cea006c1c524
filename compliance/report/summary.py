"""A run read by rule and by cause, for the result document."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from compliance.catalogue import Catalogue, Level, Outcome, Rule
from compliance.verdict import decisive

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compliance.result import Evidence, Result, Run


#: The origins of clauses that are about attackers: proven vulnerabilities, and requirements of the OWASP ASVS.
SECURITY = re.compile(r"\bvulnerability\b|\bASVS\b")


class Mark(StrEnum):
    """What became of a rule over all of its subjects; the worst comes first and wins."""

    BROKEN = "broken"
    ERROR = "kit error"
    WARNED = "warning"
    WAIVED = "waived"
    PASS = "passed"  # noqa: S105
    UNTESTED = "not tested"
    NOT_APPLICABLE = "not applicable"
    LEFT_OUT = "left out"


_MARKS = {
    Outcome.PASS: Mark.PASS,
    Outcome.WAIVED: Mark.WAIVED,
    Outcome.NOT_APPLICABLE: Mark.NOT_APPLICABLE,
    Outcome.UNTESTED: Mark.UNTESTED,
    Outcome.ERROR: Mark.ERROR,
}


@dataclass(frozen=True)
class Row:
    """One rule and what became of it."""

    rule: Rule
    mark: Mark
    seconds: float


@dataclass(frozen=True)
class Finding:
    """One rule broken for one cause, wherever that was seen."""

    rule: Rule
    cause: str
    results: tuple[Result, ...]
    examined: int
    decisive: bool

    @property
    def exemplar(self) -> Result:
        """The result that shows it with the least."""
        return min(self.results, key=lambda r: (not r.evidence, len(r.evidence), sum(map(_size, r.evidence))))

    @property
    def subjects(self) -> list[str]:
        """Where it was seen, the exemplar's subject first."""
        first = self.exemplar
        return [first.subject, *(r.subject for r in self.results if r is not first)]


def standards(catalogue: Catalogue) -> list[str]:
    """The packages that the rules come from, the kit's own first."""
    names = {rule.check.__module__.removesuffix(".rules").partition(".rules.")[0] for rule in catalogue.rules}
    return sorted(names, key=lambda name: (name != "compliance", name))


def rows(run: Run, catalogue: Catalogue) -> list[Row]:
    """Every rule of the catalogue, in its order, then those of the run that the catalogue does not know."""
    mine: dict[str, list[Result]] = {}
    for result in run.results:
        mine.setdefault(result.rule.id, []).append(result)
    rules = {r.id: r for r in (*catalogue.rules, *(r.rule for r in run.results))}
    return [
        Row(rule, _mark(mine.get(name, ()), run.profile), sum(r.seconds for r in mine.get(name, ())))
        for name, rule in rules.items()
    ]


def _mark(results: Iterable[Result], profile: str) -> Mark:
    marks = {_mark_of(result, profile) for result in results}
    return next((mark for mark in Mark if mark in marks), Mark.LEFT_OUT)


def _mark_of(result: Result, profile: str) -> Mark:
    if result.outcome is Outcome.VIOLATION:
        return Mark.BROKEN if decisive(result, profile) else Mark.WARNED
    return _MARKS[result.outcome]


def findings(run: Run, catalogue: Catalogue) -> list[Finding]:
    """Violations by rule and cause, what to mend first in front.

    That is what decides the verdict, a MUST, what is a weakness that an attacker can use, what is broken in many
    places; among equals the catalogue's order. What the baseline knows is none of them.
    """
    groups: dict[tuple[str, str], list[Result]] = {}
    for result in run.results:
        if result.outcome is Outcome.VIOLATION and not result.known:
            groups.setdefault((result.rule.id, result.cause), []).append(result)
    places = {row.rule.id: place for place, row in enumerate(rows(run, catalogue))}
    examined = _examined(run)
    found = [
        Finding(group[0].rule, cause, tuple(group), examined[name], decisive(group[0], run.profile))
        for (name, cause), group in groups.items()
    ]
    weak = {clause.id for clause in catalogue.clauses if SECURITY.search(clause.origin)}

    def urgency(one: Finding) -> tuple[object, ...]:
        is_must, is_weak = one.rule.level is Level.MUST, one.rule.clause in weak
        return not one.decisive, not is_must, not is_weak, -len(one.results), places[one.rule.id]

    return sorted(found, key=urgency)


def _examined(run: Run) -> Counter[str]:
    """On how many subjects each rule was decided."""
    decided = (Outcome.PASS, Outcome.VIOLATION, Outcome.WAIVED)
    return Counter(name for name, _ in {(r.rule.id, r.subject) for r in run.results if r.outcome in decided})


def _size(evidence: Evidence) -> int:
    return len(evidence.url) + len(evidence.request_body or "") + len(evidence.response_body)
