"""What of earlier findings still holds: each of them beside the results of a run that examined it again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from compliance.catalogue import Outcome
from compliance.report.typeset import Sheet, Span
from compliance.report.view import FindingView
from compliance.result import Result

#: Subjects and reasons that a finding names.
NAMED = 3


class State(StrEnum):
    """What became of a finding; the worst comes first and wins."""

    STILL = "still there"
    CHANGED = "changed cause"
    OPEN = "not examined"
    GONE = "gone"


STYLES = {
    State.STILL: "bold red",
    State.CHANGED: "bold yellow",
    State.OPEN: "cyan",
    State.GONE: "green",
}


@dataclass(frozen=True)
class Seen:
    """One subject of a finding again; told: the new cause, or why it was not examined; places: where it stands now."""

    subject: str
    state: State
    told: str = ""
    places: tuple[str, ...] = ()


@dataclass(frozen=True)
class Again:
    """A finding and each of its subjects again."""

    finding: FindingView
    seen: tuple[Seen, ...]

    @property
    def state(self) -> State:
        states = {one.state for one in self.seen}
        return next(state for state in State if state in states)


def compared(
    findings: Iterable[FindingView], results: Iterable[Result], why_not: Callable[[str], str]
) -> list[Again]:
    """Every finding, again; why_not: the reason why a rule was not applied to a subject that it had."""
    anew: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        anew.setdefault((result.rule.id, result.subject), []).append(result)

    def seen(finding: FindingView, subject: str) -> Seen:
        mine = anew.get((finding.rule.id, subject), [])
        if not mine:
            return Seen(subject, State.OPEN, why_not(finding.rule.id))
        return _seen(finding, subject, mine)

    return [Again(one, tuple(seen(one, subject) for subject in one.subjects)) for one in findings]


def _seen(finding: FindingView, subject: str, results: Sequence[Result]) -> Seen:
    broken = [one for one in results if one.outcome is Outcome.VIOLATION]
    same = [one for one in broken if one.cause == finding.cause]
    if broken:
        shown = same or broken
        places = tuple(str(place) for one in shown for place in one.places)
        return Seen(subject, State.STILL if same else State.CHANGED, shown[0].cause, places)
    if all(one.outcome is Outcome.PASS for one in results):
        return Seen(subject, State.GONE)
    reason = next(one.reason for one in results if one.outcome is not Outcome.PASS)
    return Seen(subject, State.OPEN, reason)


def put_again(sheet: Sheet, again: Sequence[Again]) -> None:
    """A finding a paragraph, what still holds first, and the counts."""
    width = max((len(one.finding.rule.id) for one in again), default=0)
    for state in State:
        for one in again:
            if one.state is state:
                _put(sheet, one, width)
    sheet.blank()
    counts = Counter(one.state for one in again)
    parts: list[Span] = [(f"{counts[state]} {state}", STYLES[state]) for state in State if counts[state]]
    sheet.put(*[span for part in parts for span in ((" · ", "dim"), part)][1:])


def _put(sheet: Sheet, again: Again, width: int) -> None:
    finding, state = again.finding, again.state
    mine = [one for one in again.seen if one.state is state]
    part = f"  {len(mine)} of {len(again.seen)} places" if len(again.seen) > 1 else ""
    head = ((f"{state:<15}", STYLES[state]), (f"{finding.rule.id:<{width}}  ", "bold"))
    sheet.put(*head, finding.cause, (part, "dim"), hang=15)
    if state is State.GONE:
        return
    for told, where in _by_told(mine, state)[:NAMED]:
        more = f" and {len(where) - NAMED} more" if len(where) > NAMED else ""
        said = f": now {told}" if state is State.CHANGED else f": {told}" if state is State.OPEN else ""
        sheet.put(" " * 15, (", ".join(where[:NAMED]) + more, "dim"), said, hang=17)


def _by_told(seen: Sequence[Seen], state: State) -> list[tuple[str, list[str]]]:
    """What there is to say, with the places or else the subjects of which it holds."""
    groups: dict[str, list[str]] = {}
    for one in seen:
        groups.setdefault("" if state is State.STILL else one.told, []).extend(one.places or (one.subject,))
    return [(told, list(dict.fromkeys(where))) for told, where in groups.items()]
