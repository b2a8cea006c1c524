"""From outcomes to the one word that a run ends with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from compliance.catalogue import Level, Need, Outcome
from compliance.result import Result, Run


class Word(StrEnum):
    """The verdict's word. There is no score."""

    COMPLIANT = "compliant"
    PARTIAL = "partial"
    NOT_COMPLIANT = "not compliant"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True)
class Verdict:
    """The word, the sentences that explain it, and the scope that every verdict names."""

    word: Word
    reasons: tuple[str, ...]
    scope: str

    @property
    def exit_status(self) -> int:
        """0 compliant, 1 not compliant or inconclusive; a partial run exits by its items, none of which decided against."""
        return 0 if self.word in (Word.COMPLIANT, Word.PARTIAL) else 1


def decisive(result: Result, profile: str) -> bool:
    """Whether a violation of this result decides the verdict."""
    return result.level is Level.MUST or profile == "strict"


def decide(run: Run) -> Verdict:
    """The verdict of a run, in the house's order: broken, undecided, partial, compliant."""
    broken = [r for r in run.results if r.outcome is Outcome.VIOLATION and decisive(r, run.profile)]
    if broken:
        rules = sorted({r.rule.id for r in broken})
        return Verdict(Word.NOT_COMPLIANT, (f"broken: {', '.join(rules)}",), _scope(run))
    doubts = _doubts(run)
    if doubts:
        return Verdict(Word.INCONCLUSIVE, tuple(doubts), _scope(run))
    if run.deselected:
        return Verdict(Word.PARTIAL, (f"{run.deselected} examinations were deselected",), _scope(run))
    return Verdict(Word.COMPLIANT, (), _scope(run))


def _doubts(run: Run) -> list[str]:
    doubts = list(run.missing)
    errors = sorted({r.rule.id for r in run.results if r.outcome is Outcome.ERROR})
    if errors:
        doubts.append(f"the kit itself failed in {', '.join(errors)}")
    if not run.complete:
        doubts.append("the run was cut short")
    must = [r for r in run.results if r.level is Level.MUST]
    if not any(r.outcome is Outcome.PASS for r in must):
        doubts.append("no MUST clause could be shown to hold")
    doubts += [
        f"{name} was decided on none of its subjects" for name in sorted({r.rule.id for r in must}) if _undecided(name, run)
    ]
    return doubts


def _undecided(name: str, run: Run) -> bool:
    """A MUST that has subjects and whose needs were met, but that was examined on none of them."""
    mine = [r for r in run.results if r.rule.id == name and r.outcome is not Outcome.NOT_APPLICABLE]
    if not mine or any(need in run.absent for need in mine[0].rule.needs):
        return False
    return all(r.outcome is Outcome.UNTESTED for r in mine)


def _scope(run: Run) -> str:
    """`outside; 20 of 97 clauses; 3 need the signing key …`: what was decided, of how much, and what is missing for more."""
    decided = {
        r.rule.clause for r in run.results if r.outcome in (Outcome.PASS, Outcome.VIOLATION, Outcome.WAIVED, Outcome.NOT_APPLICABLE)
    }
    parts = ["outside", f"{len(decided)} of {run.clauses} clauses"]
    for need in Need:
        lacking = {r.rule.clause for r in run.results if need in r.rule.needs} if need in run.absent else set()
        if lacking:
            parts.append(f"{len(lacking)} need {need.value}")
    return "; ".join(parts)
