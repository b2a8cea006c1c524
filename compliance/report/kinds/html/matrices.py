"""Who holds where: rules by family, and subjects by family."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from compliance.report.kinds.html.signs import BY_MARK, NOT_APPLICABLE, Sign, Signs, worst
from compliance.report.view import Report, RuleView

#: `GET /users`, and not the function behind it, which the source's rules name.
_OPERATION = re.compile(r"[A-Z]+ /\S*")
#: What a rule without a subject is applied to.
_NOTHING = "nothing"
_UNDECIDED = {"not tested", "kit error", "left out"}


@dataclass(frozen=True)
class Family:
    """One chapter with its rules."""

    id: str
    title: str
    rules: tuple[RuleView, ...]

    @property
    def decided(self) -> int:
        return sum(rule.mark not in _UNDECIDED for rule in self.rules)

    @property
    def seconds(self) -> float:
        return sum(rule.seconds for rule in self.rules)


def families(report: Report) -> list[Family]:
    """Every chapter that has rules, in the standard's order, and at the end what no chapter knows."""
    groups: dict[str, list[RuleView]] = {name: [] for name in report.families}
    for rule in report.rules.values():
        groups.setdefault(rule.family, []).append(rule)
    return [
        Family(name, report.families.get(name, name), tuple(rules)) for name, rules in groups.items() if rules
    ]


@dataclass(frozen=True)
class Cell:
    """What became of one family on one subject."""

    family: str
    sign: Sign = NOT_APPLICABLE
    told: str = ""


@dataclass
class Row:
    """One subject and a cell a family; number: its place among all subjects, by which the filter knows it."""

    subject: str
    number: int
    found: dict[str, list[Sign]] = field(default_factory=dict)

    def cells(self, families: Iterable[Family]) -> list[Cell]:
        return [self._cell(family) for family in families]

    def _cell(self, family: Family) -> Cell:
        signs = self.found.get(family.id)
        if not signs:
            return Cell(family.id)
        counts = Counter(signs)
        told = ", ".join(f"{counts[sign]} {sign.word}" for sign in BY_MARK.values() if counts[sign])
        return Cell(family.id, worst(set(signs)), told)


class Subjects:
    """Every subject of a report: operations first, then resources, modules, the service as a whole."""

    def __init__(self, report: Report, signs: Signs) -> None:
        rows: dict[str, Row] = {}
        names = dict.fromkeys(one.subject for one in report.results if one.subject != _NOTHING)
        for number, name in enumerate(sorted(names, key=_kind)):
            rows[name] = Row(name, number)
        for result in report.results:
            if result.subject in rows:
                found = rows[result.subject].found.setdefault(result.rule.family, [])
                found.append(signs(result))
        self._rows = rows
        self.operations = [row for row in rows.values() if not _kind(row.subject)]
        self.others = [row for row in rows.values() if _kind(row.subject)]

    def number(self, subject: str) -> int:
        """Its place; -1 where a rule had nothing to be applied to."""
        return self._rows[subject].number if subject in self._rows else -1


def _kind(subject: str) -> bool:
    return not _OPERATION.fullmatch(subject)
