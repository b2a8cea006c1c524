"""From outcomes to the one word that a run ends with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from compliance.catalogue import DEPTHS, OPTIONAL_NEEDS, Level, Need, Outcome, Phase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compliance.result import Result, Run

#: Clauses that one sentence names.
NAMED = 6
#: Outcomes of a clause that was examined on a subject.
EXAMINED = frozenset({Outcome.PASS, Outcome.VIOLATION, Outcome.WAIVED})


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
    #: all that is broken was known before, by a baseline that somebody gave, and nothing is in doubt
    nothing_new: bool = False

    @property
    def exit_status(self) -> int:
        """0 compliant or nothing new, 1 not compliant or inconclusive; a partial run exits by its items.

        Whatever fails an item makes the run not compliant or inconclusive before, so what is left exits 0.
        """
        return 0 if self.nothing_new or self.word in (Word.COMPLIANT, Word.PARTIAL) else 1


def decisive(result: Result, profile: str) -> bool:
    """Whether a violation of this result decides the verdict; one that the baseline knows decides no exit status."""
    return result.level is Level.MUST or profile == "strict"


def decide(run: Run) -> Verdict:
    """The verdict of a run, in the house's order: broken, undecided, partial, compliant."""
    scope = _scope(run)
    waived = [r for r in run.results if r.outcome is Outcome.WAIVED]
    remarks = [f"with waivers: {_names(waived)}"] if waived else []
    broken = [r for r in run.results if r.outcome is Outcome.VIOLATION and decisive(r, run.profile)]
    known = [r for r in broken if r.known]
    before = [f"known before, by the baseline of {run.baseline}: {_names(known)}"] if known else []
    new = [r for r in broken if not r.known]
    if new:
        return Verdict(Word.NOT_COMPLIANT, (f"broken: {_names(new)}", *before, *remarks), scope)
    doubts = _doubts(run)
    left_out = _left_out(run)
    if known:
        nothing = [] if doubts else ["no new violations"]
        reasons = (*nothing, *before, *doubts, *left_out, *remarks)
        return Verdict(Word.NOT_COMPLIANT, reasons, scope, nothing_new=not doubts)
    if doubts:
        return Verdict(Word.INCONCLUSIVE, tuple(doubts), scope)
    return Verdict(Word.PARTIAL if left_out else Word.COMPLIANT, (*left_out, *remarks), scope)


def _left_out(run: Run) -> list[str]:
    if not run.deselected:
        return []
    what = "1 examination was" if run.deselected == 1 else f"{run.deselected} examinations were"
    return [f"{what} deselected"]


def _doubts(run: Run) -> list[str]:
    """Everything that keeps a run without a violation from a verdict."""
    doubts = [message.partition("\n")[0] for message in (run.gone, *run.missing) if message]
    errors = [r for r in run.results if r.outcome is Outcome.ERROR]
    if errors:
        doubts.append(f"the kit itself failed in {_names(errors)}")
    if not run.complete:
        doubts.append("the run was cut short")
    if run.stale and run.profile == "strict":
        doubts += run.stale
    must = [r for r in run.results if r.level is Level.MUST]
    doubts += _nothing_shown(run, must)
    undecided = _undecided(
        must if not run.deselected else [r for r in must if r.rule.phase is not Phase.TAPE]
    )
    doubts += _expected(undecided, run)
    ready = {clause: _ready(mine, run) for clause, mine in undecided.items()}
    return doubts + _open({clause: mine for clause, mine in ready.items() if mine})


def _open(undecided: dict[str, list[Result]]) -> list[str]:
    """A sentence a clause; of those that one reason leaves open, a file that cannot be read for instance, one with the reason."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for clause, mine in undecided.items():
        groups.setdefault(tuple(dict.fromkeys(r.reason for r in mine)), []).append(clause)
    return [
        f"{clauses[0]} was decided on none of its subjects"
        if len(clauses) == 1
        else f"{_some(clauses)} were decided on none of their subjects: {'; '.join(reasons)}"
        for reasons, clauses in groups.items()
    ]


def _some(names: list[str]) -> str:
    shown, more = names[:NAMED], len(names) - NAMED
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _nothing_shown(run: Run, must: list[Result]) -> list[str]:
    """A MUST has to hold, for else a service that answers nothing would do; who selects rules asks about those alone."""
    if run.deselected:
        decided = any(r.outcome in EXAMINED for r in run.results)
        return [] if decided else ["nothing that was selected could be decided"]
    shown = any(r.outcome is Outcome.PASS for r in must)
    return [] if shown else ["no MUST clause could be shown to hold"]


def _undecided(results: Iterable[Result]) -> dict[str, list[Result]]:
    """The untested results of every clause that has subjects and was decided on none of them, at no depth."""
    clauses: dict[str, list[Result]] = {}
    for result in results:
        clauses.setdefault(result.rule.clause, []).append(result)
    return {
        clause: [r for r in mine if r.outcome is Outcome.UNTESTED]
        for clause, mine in sorted(clauses.items())
        if any(r.outcome is Outcome.UNTESTED for r in mine) and not any(r.outcome in EXAMINED for r in mine)
    }


def _expected(undecided: dict[str, list[Result]], run: Run) -> list[str]:
    """A sentence for every capability that no run may lack and that this one would have needed."""
    waiting = {
        need: sum(any(need in r.rule.needs for r in mine) for mine in undecided.values())
        for need in Need
        if need in run.absent and need not in OPTIONAL_NEEDS and not _by_choice(need, run)
    }
    return [f"{_needing(number, 'MUST clause')} {need}" for need, number in waiting.items() if number]


def _by_choice(need: Need, run: Run) -> bool:
    """Nothing is expected of a service that is not judged, and no writes of read-only; the scope says what that leaves out."""
    if Need.SERVICE in run.absent:
        return True
    return run.profile == "read-only" and need is Need.WRITES


def _ready(results: list[Result], run: Run) -> list[Result]:
    """Those of a rule that had all that it needs."""
    return [r for r in results if not any(need in run.absent for need in r.rule.needs)]


def _scope(run: Run) -> str:
    """`outside; 20 of 97 clauses; 3 need the signing key …`: what was decided, of how much, why no more."""
    undecided = _undecided(run.results)
    failed = {r.rule.clause for r in run.results if r.outcome is Outcome.ERROR}
    failed -= {r.rule.clause for r in run.results if r.outcome in EXAMINED}
    decided = {r.rule.clause for r in run.results} - set(undecided) - failed
    depths = [name for name, need in DEPTHS.items() if need not in run.absent]
    parts = [" + ".join(depths), f"{len(decided)} of {run.clauses} clauses"]
    for need in _worth_naming(run):
        lacking = [c for c, mine in undecided.items() if any(need in r.rule.needs for r in mine)]
        if lacking:
            parts.append(f"{_needing(len(lacking))} {need}")
    return "; ".join(parts)


def _worth_naming(run: Run) -> list[Need]:
    """What is missing, without what a service would have to be asked for that nobody reaches."""
    closed = [need for need in DEPTHS.values() if need in run.absent]
    return closed if Need.SERVICE in closed else [need for need in Need if need in run.absent]


def _needing(number: int, noun: str = "") -> str:
    if number == 1:
        return f"1 {noun} needs".replace("  ", " ")
    return f"{number} {noun}s need" if noun else f"{number} need"


def _names(results: Iterable[Result]) -> str:
    return ", ".join(sorted({r.rule.id for r in results}))
