"""What a run lets pass: violations that are waived, and those that a baseline knows. The rules run all the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches

from compliance.catalogue import Outcome
from compliance.result import Result, Run
from compliance.verdict.baseline import Baseline
from compliance.verdict.waivers import SOON, State, Waiver


@dataclass(frozen=True)
class Tolerance:
    """The waivers and the baseline of a run on one day; remarks: what to say of them beside."""

    today: date
    waivers: Sequence[Waiver] = ()
    baseline: Baseline | None = None
    remarks: Sequence[str] = ()
    #: what messages call the file of the waivers
    file: str = ""
    _in_force: list[Waiver] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        valid = [one for one in self.waivers if one.days(self.today) >= 0]
        object.__setattr__(self, "_in_force", valid)

    @property
    def known(self) -> Baseline | None:
        """The baseline, as long as it holds."""
        return self.baseline if self.baseline and self.baseline.days(self.today) >= 0 else None

    def parts(self, result: Result) -> list[Result]:
        """A result as it counts, what weighs most in front: what is new, what is known, what is waived.

        More than one only of a violation of which some places are excused.
        """
        if result.outcome is not Outcome.VIOLATION:
            return [result]
        waived: list[Result] = []
        rest: Result | None = result
        for waiver in self._in_force:
            if rest is None:
                break
            share, rest = _divided(rest, waiver.takes(rest))
            if share:
                said = waiver.excusing(self.today)
                waived.append(replace(share, outcome=Outcome.WAIVED, reason=said.reason, waiver=said))
        if rest is None:
            return waived
        old, rest = _divided(rest, self.known.has(rest)) if self.known else (None, rest)
        if rest and len(rest.places) < len(result.places):
            rest = replace(rest, observed=f"{rest.observed} ({len(rest.places)} of them not excused)")
        return [*([rest] if rest else []), *([replace(old, known=True)] if old else []), *waived]

    def settle(self, run: Run) -> None:
        """Let pass what may, in a run that is at its end, and say what of it the reader has to know."""
        found, whole = list(run.results), run.complete and not run.deselected
        told = [one for waiver in self.waivers for one in self._told(waiver, run, whole)]
        for sentence, stale in told:
            run.remarks.append(sentence)
            if stale:
                run.stale.append(sentence)
        run.remarks += [*self.remarks, *self._of_the_baseline(found, whole)]
        run.baseline = self.known.made.isoformat() if self.known else ""
        run.results = [part for result in found for part in self.parts(result)]

    def _told(self, waiver: Waiver, run: Run, whole: bool) -> Iterator[tuple[str, bool]]:
        """Sentences on a waiver, each with whether it says that the waiver is stale."""
        subjects = run.subjects.get(waiver.rule) or {
            r.subject for r in run.results if r.rule.id == waiver.rule
        }
        states = waiver.states(run.results, whole, run.subjects.get(waiver.rule, ()))
        needed = [name for name, state in states.items() if state is State.NEEDED]
        spare = [name for name, state in states.items() if state is State.UNNEEDED]
        days, prune = waiver.days(self.today), "`compliance waiver prune` takes it away"
        begin = f"the waiver of {waiver}"
        for name, state in states.items():
            if state is State.UNMATCHED:
                yield _unmatched(waiver, name, subjects), True
        if spare and len(spare) == len(states):
            yield f"{begin} is no longer needed: `compliance waiver prune --from RESULT` takes it away", True
        elif spare:
            yield f"{begin} is no longer needed for {', '.join(spare)}: take that out of operations", True
        elif days < 0:
            counts = f"what it waived counts again; mend it, or renew it in {self.file}" if needed else prune
            yield f"{begin} ended on {waiver.expires} ({waiver.owner}): {counts}", False
        elif days <= SOON:
            yield f"{begin} ends {soon(days)}, on {waiver.expires} ({waiver.owner})", False

    def _of_the_baseline(self, found: Iterable[Result], whole: bool) -> Iterator[str]:
        if self.baseline is None:
            return
        begin, days = f"the baseline of {self.baseline.made}", self.baseline.days(self.today)
        if days < 0:
            yield f"{begin} ended on {self.baseline.expires}: what it knew counts again"
            return
        if days <= SOON:
            yield f"{begin} ends {soon(days)}, on {self.baseline.expires}"
        gone = self.baseline.gone(found, whole)
        if gone:
            what = "1 violation" if gone == 1 else f"{gone} violations"
            yield (
                f"{what} of {begin} {'is' if gone == 1 else 'are'} not found any more: "
                "`compliance baseline prune RESULT` takes out what was mended, so that it does not come back unseen"
            )


def soon(days: int) -> str:
    """In how many days something ends."""
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def _unmatched(waiver: Waiver, name: str, subjects: Iterable[str]) -> str:
    near = get_close_matches(name, sorted(subjects), 1, 0.8)
    hint = f"did you mean {near[0]}?" if near else "it is not there, or the rule does not concern it"
    return f"the waiver of {waiver.rule} names {name}, which that rule is not about here: {hint}"


def _divided(result: Result, taken: Sequence[bool]) -> tuple[Result | None, Result | None]:
    """What is taken of a result and what is left, place by place; of one without places all or nothing."""
    if all(taken):
        return result, None
    if not any(taken):
        return None, result
    share, rest = (_only(result, [one is wanted for one in taken]) for wanted in (True, False))
    return share, rest


def _only(result: Result, kept: Sequence[bool]) -> Result:
    pairs = [
        pair
        for pair, stays in zip(zip(result.places, result.fingerprints, strict=True), kept, strict=True)
        if stays
    ]
    return replace(result, places=tuple(place for place, _ in pairs), marks=tuple(mark for _, mark in pairs))
