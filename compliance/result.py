"""What a run produces: one result a rule and subject, and the run that holds them. Reports only render it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from hashlib import sha256

from compliance.catalogue import Level, Outcome, Rule


@dataclass(frozen=True)
class Evidence:
    """One exchange as it may be shown: secrets replaced by their names, bodies cut, nothing else of the tape."""

    actor: str
    method: str
    url: str
    request_headers: tuple[tuple[str, str], ...]
    request_body: str | None
    status: int
    response_headers: tuple[tuple[str, str], ...]
    response_body: str


@dataclass(frozen=True)
class Place:
    """One place of the target's source: `file` from the project's root, with slashes; note: what is the matter there."""

    file: str
    line: int
    excerpt: str = ""
    note: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    def noted(self, note: str) -> Place:
        """The same place with what is the matter there."""
        return replace(self, note=note)


@dataclass(frozen=True)
class Waived:
    """Why a violation does not count, on whose word, and until when: the last day, and how many are left of it."""

    reason: str
    owner: str
    expires: str
    days: int
    ticket: str = ""
    approved_by: str = ""


@dataclass(frozen=True)
class Result:
    """The outcome of one rule on one subject.

    cause, expected, observed and evidence belong to a violation, reason to every outcome but pass and violation;
    script is a Python script from registration to the failing request, empty unless a violation has evidence.
    places: where in the source a violation stands. Where only some of them are excused, the rule has a result of the
    same subject for those, and marks are the fingerprints that the places had together.
    known: a violation that the baseline has.
    """

    rule: Rule
    subject: str
    outcome: Outcome
    cause: str = ""
    expected: str = ""
    observed: str = ""
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()
    script: str = ""
    places: tuple[Place, ...] = ()
    seconds: float = 0.0
    waiver: Waived | None = None
    known: bool = False
    marks: tuple[str, ...] = ()

    @property
    def level(self) -> Level:
        return self.rule.level

    @property
    def fingerprint(self) -> str:
        """What makes this fault the same one in another run: rule, subject and cause, no values, dates or lines."""
        return _digest(self.rule.id, self.subject, self.cause)

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """The same of every place, by its text instead of its line; equal texts of a file are counted."""
        if self.marks:
            return self.marks
        seen: Counter[tuple[str, str, str]] = Counter()
        found = []
        for place in self.places:
            key = (place.file, place.excerpt, place.note)
            found.append(_digest(self.rule.id, self.cause, *key, str(seen[key])))
            seen[key] += 1
        return tuple(found)


def _digest(*parts: str) -> str:
    return sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:20]


@dataclass(frozen=True)
class Identity:
    """An actor of the run as a report names it: where it came from and whether it was proven."""

    name: str
    source: str
    proven: bool


@dataclass(frozen=True)
class Aim:
    """What the run was aimed at, as the person said it: what aims another run the same way.

    No credential, and no permission: both are given anew by whoever runs again.
    """

    url: str = ""
    app: str = ""
    source: str = ""
    package: str = ""
    openapi: str = ""
    standards: tuple[str, ...] = ()
    thorough: bool = False


@dataclass
class Run:
    """All of a run. `deselected` counts the rule-subject pairs that somebody left out."""

    target: str
    aim: Aim = field(default_factory=Aim)
    #: when it began, in UTC, as RFC 3339 writes it
    started: str = ""
    title: str = ""
    version: str = ""
    openapi: str = ""
    operations: int = 0
    #: modules of the source that were read
    modules: int = 0
    #: the root of that source, from the root of the repository, with slashes
    source: str = ""
    #: where the repository states what is judged over HTTP: subject -> place
    stated: dict[str, Place] = field(default_factory=dict)
    profile: str = "standard"
    seed: int = 0
    writes: bool = False
    identities: list[Identity] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    #: what every run is expected to obtain and this one did not: a sentence, and below it the lines that would help
    missing: list[str] = field(default_factory=list)
    #: after which request the service stopped answering: a sentence, and below it what repeats that request
    gone: str = ""
    #: sentences on what of the document could not be read
    notes: list[str] = field(default_factory=list)
    #: sentences on what a person said and does not hold for this run
    remarks: list[str] = field(default_factory=list)
    #: rows of this run that could not be deleted at its end
    leftovers: list[str] = field(default_factory=list)
    #: capabilities that the run did not have, by the words of Need
    absent: list[str] = field(default_factory=list)
    deselected: int = 0
    #: rule -> what it is about here, whether or not it was selected; of the depths at which the run looked
    subjects: dict[str, frozenset[str]] = field(default_factory=dict)
    #: when the baseline was made that this run was held against
    baseline: str = ""
    #: sentences on waivers that nothing needs any more
    stale: list[str] = field(default_factory=list)
    clauses: int = 0
    requests: int = 0
    seconds: float = 0.0
    complete: bool = False
