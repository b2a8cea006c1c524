"""The baseline of an old service: the violations that it had on one day. A run with one fails on others only.

It is written when somebody asks for it, has one end for all, and shrinks; nothing adds to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from compliance.catalogue import Outcome
from compliance.depths import Nothing
from compliance.target.errors import TargetError
from compliance.verdict.reading import MOST, bytes_of, shown
from compliance.verdict.waivers import BROKEN, HOLDS, Judged

#: The name of the form, and how the file is called where nobody names another.
SCHEMA, NAME = "urn:fastapi-compliance:baseline:1", "compliance-baseline.json"
#: Days that it lasts where nobody says otherwise.
LASTS = 90
_KEYS = {"schema", "made", "expires", "violations"}
_HINT = "write one with `compliance baseline write RESULT`"


@dataclass(frozen=True)
class Spot:
    """One place of a violation, by its text."""

    file: str
    excerpt: str
    fingerprint: str


@dataclass(frozen=True)
class Old:
    """One violation. Where it has places it is known by theirs; rule, subject and cause are for people."""

    rule: str
    subject: str
    cause: str
    fingerprint: str
    places: tuple[Spot, ...] = ()


@dataclass(frozen=True)
class Baseline:
    """What was broken on the day on which it was made."""

    made: date
    expires: date
    violations: tuple[Old, ...]

    def days(self, today: date) -> int:
        """How many are left: none on the last, which counts."""
        return (self.expires - today).days

    def has(self, result: Judged) -> list[bool]:
        """Of each place of a violation whether it is known; one answer for a violation that has none."""
        mine = [old for old in self.violations if old.rule == result.rule.id]
        if not result.places:
            return [any(old.fingerprint == result.fingerprint and not old.places for old in mine)]
        marks = {spot.fingerprint for old in mine for spot in old.places}
        return [mark in marks for mark in result.fingerprints]

    def gone(self, results: Iterable[Judged], whole: bool) -> int:
        """How many of its violations a run did not find any more; a place counts as one."""
        return self.size - self.pruned(results, whole).size

    @property
    def size(self) -> int:
        return sum(len(old.places) or 1 for old in self.violations)

    def pruned(self, results: Iterable[Judged], whole: bool) -> Baseline:
        """Without what a run shows to be mended. What it did not examine stays.

        whole: nothing was left out of the run, so that what is not there does not exist.
        """
        every = list(results)
        kept = [
            _left(old, [one for one in every if one.rule.id == old.rule], whole) for old in self.violations
        ]
        return replace(self, violations=tuple(old for old in kept if old))


def _left(old: Old, mine: Sequence[Judged], whole: bool) -> Old | None:
    """What is left of a violation, by the results of its rule."""
    here = [one for one in mine if one.subject == old.subject]
    unreached = any(one.outcome == Outcome.UNTESTED and one.subject == Nothing().label for one in mine)
    if not here:
        return None if whole and mine and not unreached else old
    broken = [one for one in here if one.outcome in BROKEN]
    if not broken:
        return None if all(one.outcome in HOLDS for one in here) else old
    if not old.places:
        return old if any(one.fingerprint == old.fingerprint for one in broken) else None
    marks = {mark for one in broken for mark in one.fingerprints}
    spots = tuple(spot for spot in old.places if spot.fingerprint in marks)
    return replace(old, places=spots) if spots else None


def of_results(results: Iterable[Judged], today: date, days: int = LASTS) -> Baseline:
    """The baseline of a run: its violations, without those that are waived."""
    found: dict[str, Old] = {}
    for one in results:
        if one.outcome != Outcome.VIOLATION:
            continue
        spots = tuple(
            Spot(place.file, place.excerpt, mark)
            for place, mark in zip(one.places, one.fingerprints, strict=True)
        )
        before = found.get(one.fingerprint)
        places = (*(before.places if before else ()), *spots)
        found[one.fingerprint] = Old(one.rule.id, one.subject, one.cause, one.fingerprint, places)
    return Baseline(today, today + timedelta(days=days), tuple(found.values()))


def dump(baseline: Baseline) -> bytes:
    """The file, a line a fact, so that a review shows what goes."""
    document = {
        "schema": SCHEMA,
        "made": baseline.made.isoformat(),
        "expires": baseline.expires.isoformat(),
        "violations": [_entry(old) for old in baseline.violations],
    }
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")


def _entry(old: Old) -> dict[str, Any]:
    return {
        "rule": old.rule,
        "subject": old.subject,
        "cause": old.cause,
        "fingerprint": old.fingerprint,
        "places": [vars(spot) for spot in old.places],
    }


def read(path: Path, today: date) -> Baseline:
    """The baseline of a file. Raises TargetError."""
    return parse(bytes_of(path), shown(path), today)


def parse(data: bytes, name: str, today: date) -> Baseline:
    """The same of what the file holds."""
    try:
        document = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise TargetError(f"{name} is no baseline: it is not JSON; {_HINT}") from None
    if not isinstance(document, Mapping) or document.get("schema") != SCHEMA or set(document) - _KEYS:
        raise TargetError(f"{name} is no baseline of the form {SCHEMA}; {_HINT}")
    made, expires = (_date(document.get(key), f"{name}: {key}") for key in ("made", "expires"))
    if (expires - today).days > MOST:
        last = today + timedelta(days=MOST)
        raise TargetError(f"{name}: expires is more than {MOST} days ahead: write {last} or earlier")
    try:
        return Baseline(made, expires, tuple(_old(one) for one in document["violations"]))
    except (KeyError, TypeError, AttributeError, ValueError):
        raise TargetError(f"{name}: its violations are not as they were written; {_HINT}") from None


def _date(value: Any, label: str) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise TargetError(f'{label} is no date: write it as in "2026-12-15"') from None


def _old(one: Mapping[str, Any]) -> Old:
    """One entry. Raises ValueError for a key of somebody's, which would be lost when the file is pruned."""
    strange = set(one) - set(Old.__annotations__)
    if strange or any(set(spot) - set(Spot.__annotations__) for spot in one["places"]):
        raise ValueError
    spots = tuple(Spot(**{key: _text(spot[key]) for key in Spot.__annotations__}) for spot in one["places"])
    names = ("rule", "subject", "cause", "fingerprint")
    return Old(**{key: _text(one[key]) for key in names}, places=spots)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
