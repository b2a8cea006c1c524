"""The service as it is written: rules ask the source tree, of which nothing is imported or run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from compliance.catalogue import Need, Outcome, Rule, Subject, Violation
from compliance.depths import Examination, outcome_of
from compliance.result import Place, Run
from compliance.source import Source
from compliance.source.remembering import Found, Memory, fingerprint, recall, remember


@dataclass(frozen=True)
class Named:
    """A subject of which nothing but the name is remembered."""

    label: str


class Written:
    """The depth source. A tree that has not changed is not judged again."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._planned = 0
        self._found: Found = {}

    @cached_property
    def _mark(self) -> str:
        return fingerprint(self.source)

    @cached_property
    def _remembered(self) -> Memory:
        return (recall(self._mark) if self._lasts else None) or Memory({})

    def subjects(self, rule: Rule) -> list[Subject]:
        if rule.id in self._remembered.found:
            return [Named(label) for label, _, _ in self._remembered.found[rule.id]]
        found = list(rule.subjects(self.source))
        self._found[rule.id] = []
        self._planned += len(found)
        return found

    def lacks(self, need: Need) -> bool:
        return need is not Need.SOURCE

    def why_lacking(self, lacking: list[Need]) -> str:
        return "; ".join(f"needs {need.value}" for need in lacking)

    def judge(self, one: Examination) -> tuple[Outcome, dict[str, Any]]:
        """The outcome, with the places of a violation."""
        if isinstance(one.subject, Named):
            known = self._remembered.found[one.rule.id]
            return next((outcome, details) for label, outcome, details in known if label == one.subject.label)
        outcome, details = self._judged(one)
        self._found[one.rule.id].append((one.subject.label, outcome, details))
        return outcome, details

    def _judged(self, one: Examination) -> tuple[Outcome, dict[str, Any]]:
        return outcome_of(lambda: one.rule(self.source, one.subject), _finding)

    def close(self, run: Run) -> None:
        """Nothing was changed; what could not be read is told, and what was found is kept if it is all there is."""
        results = [one for found in self._found.values() for one in found]
        notes = tuple(self._notes()) if results else self._remembered.notes
        run.notes += notes
        whole = len(results) == self._planned and not any(o is Outcome.ERROR for _, o, _ in results)
        if self._found and whole and self._lasts:
            remember(self._mark, Memory({**self._remembered.found, **self._found}, notes))

    @property
    def _lasts(self) -> bool:
        """Whether what is found depends on the files alone: an application that is imported brings its environment."""
        return not (self.source.python or self.source.application)

    def _notes(self) -> Iterator[str]:
        yield from (f"{file}: {reason}" for file, reason in self.source.unread.items())
        if not self._lasts and self.source.app is None:
            yield f"the application was not imported: judged by its text ({self.source.app_reason})"


def _finding(violation: Violation) -> dict[str, Any]:
    places = tuple(place for place in violation.proof if isinstance(place, Place))
    said = {"cause": violation.cause, "expected": violation.expected, "observed": violation.observed}
    return {**said, "places": places}
