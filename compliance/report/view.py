"""The result document, read back as typed values: what every rendering works from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from compliance.catalogue import DEPTHS, Need
from compliance.result import Aim, Evidence, Identity, Place, Waived

#: Where a reader is sent when nothing is known of the repository.
NOWHERE = Place("README.md", 1)


@dataclass(frozen=True)
class RuleView:
    """One rule with the text of its clause, and what became of it over all of its subjects."""

    id: str
    clause: str
    family: str
    level: str
    depth: str
    title: str
    origin: str
    text: str
    why: str
    breaks: str
    conforms: str
    fix: str
    mark: str
    seconds: float


@dataclass(frozen=True)
class ResultView:
    """The outcome of one rule on one subject; fingerprints: one a place; known: a violation that the baseline has."""

    rule: RuleView
    subject: str
    outcome: str
    cause: str
    expected: str
    observed: str
    reason: str
    evidence: tuple[Evidence, ...]
    script: str
    places: tuple[Place, ...]
    fingerprints: tuple[str, ...]
    fingerprint: str
    waiver: Waived | None
    known: bool


@dataclass(frozen=True)
class FindingView:
    """One rule broken for one cause, wherever that was seen; the first result shows it with the least."""

    rule: RuleView
    cause: str
    decisive: bool
    examined: int
    results: tuple[ResultView, ...]

    @property
    def exemplar(self) -> ResultView:
        return self.results[0]

    @property
    def subjects(self) -> list[str]:
        return [result.subject for result in self.results]

    @property
    def places(self) -> list[Place]:
        return [place for result in self.results for place in result.places]


@dataclass(frozen=True)
class Report:
    """A result document. Facts that a run may lack are empty, never absent."""

    document: Mapping[str, Any]

    @property
    def complete(self) -> bool:
        return self.document["complete"] is True

    @property
    def started(self) -> str:
        return self.document["started"] or ""

    @property
    def word(self) -> str:
        return str(self.document["verdict"]["word"])

    @property
    def reasons(self) -> list[str]:
        return list(self.document["verdict"]["reasons"])

    @property
    def deselected(self) -> int:
        """How many examinations somebody left out."""
        return int(self.document["deselected"])

    @property
    def scope(self) -> str:
        return str(self.document["scope"])

    @property
    def url(self) -> str:
        return str(self.document["target"]["url"])

    @property
    def name(self) -> str:
        """`orders 1.4.2`, or the address of a service that does not say its name."""
        target = self.document["target"]
        return " ".join(filter(None, (target["title"], target["version"]))) or self.url

    @property
    def kit(self) -> str:
        return str(self.document["standard"]["kit"])

    @property
    def exit_status(self) -> int:
        """The verdict's own; a command may end with a richer one."""
        return int(self.document["verdict"]["exit"])

    @property
    def standards(self) -> list[str]:
        return list(self.document["standard"]["names"])

    @property
    def clauses(self) -> int:
        return int(self.document["standard"]["clauses"])

    @property
    def profile(self) -> str:
        return str(self.document["profile"])

    @property
    def openapi(self) -> str:
        return self.document["target"]["openapi"] or ""

    @property
    def operations(self) -> int:
        return int(self.document["target"]["operations"])

    @property
    def modules(self) -> int:
        return int(self.document["target"]["modules"])

    @property
    def requests(self) -> int:
        return int(self.document["requests"])

    @property
    def seconds(self) -> float:
        return float(self.document["seconds"])

    @property
    def seed(self) -> int:
        return int(self.document["seed"])

    @property
    def gone(self) -> str:
        return self.document["gone"] or ""

    @property
    def missing(self) -> list[str]:
        return list(self.document["missing"])

    @property
    def notes(self) -> list[str]:
        return list(self.document["notes"])

    @property
    def leftovers(self) -> list[str]:
        return list(self.document["leftovers"])

    @cached_property
    def aim(self) -> Aim:
        aim = self.document["aim"]
        texts = {name: aim[name] or "" for name in ("url", "app", "source", "package", "openapi")}
        return Aim(**texts, standards=tuple(aim["standards"]), thorough=aim["thorough"])

    def lacked(self, need: Need) -> bool:
        """Whether the run was without a capability."""
        return str(need) in self.document["absent"]

    def was_closed(self, rule: RuleView) -> bool:
        """Whether the run did not look at the depth at which a rule examines."""
        return rule.mark == "not tested" and self.lacked(DEPTHS[rule.depth])

    def met(self, level: str) -> tuple[int, int]:
        """Rules of that level that passed, of those that apply at the depths at which the run looked."""
        mine = [
            rule
            for rule in self.rules.values()
            if rule.level == level
            and rule.mark not in ("not applicable", "left out")
            and not self.was_closed(rule)
        ]
        return sum(rule.mark == "passed" for rule in mine), len(mine)

    @cached_property
    def identities(self) -> list[Identity]:
        return [Identity(**one) for one in self.document["identities"]]

    @cached_property
    def families(self) -> dict[str, str]:
        """Letters of a chapter -> its title."""
        return {one["id"]: one["title"] for one in self.document["families"]}

    @cached_property
    def rules(self) -> dict[str, RuleView]:
        return {one["id"]: RuleView(**one) for one in self.document["rules"]}

    @cached_property
    def results(self) -> list[ResultView]:
        return [_result(one, self.rules[one["rule"]]) for one in self.document["results"]]

    @property
    def waived(self) -> list[ResultView]:
        """What a waiver excuses, each with who answers for it and until when."""
        return [result for result in self.results if result.waiver]

    @property
    def known(self) -> list[ResultView]:
        """Violations that the baseline has."""
        return [result for result in self.results if result.known]

    @cached_property
    def stated(self) -> dict[str, Place]:
        """Where the repository states what is judged over HTTP: subject -> place."""
        return {one["subject"]: Place(one["file"], one["line"]) for one in self.document["target"]["places"]}

    def where(self, result: ResultView) -> tuple[Place, ...]:
        """The places of the repository that a result is about, from its root: lines of source, else where it is stated."""
        if result.places:
            root = self.document["target"]["source"]
            return tuple(
                replace(one, file=f"{root}/{one.file}" if root else one.file) for one in result.places
            )
        return (self.stated.get(result.subject) or self.stated.get("service") or NOWHERE,)

    def placed(self, places: Mapping[str, Place]) -> Report:
        """The same report with other places."""
        stated = [{"subject": name, "file": one.file, "line": one.line} for name, one in places.items()]
        return Report({**self.document, "target": {**self.document["target"], "places": stated}})

    @cached_property
    def findings(self) -> list[FindingView]:
        """Violations by rule and cause, what to mend first in front; none that the baseline knows."""
        broken: dict[tuple[str, str], dict[str, ResultView]] = {}
        for result in self.results:
            if result.outcome == "violation" and not result.known:
                broken.setdefault((result.rule.id, result.cause), {})[result.subject] = result
        return [
            FindingView(
                self.rules[one["rule"]],
                one["cause"],
                one["decisive"],
                one["examined"],
                tuple(broken[one["rule"], one["cause"]][subject] for subject in one["subjects"]),
            )
            for one in self.document["findings"]
        ]


def _result(one: Mapping[str, Any], rule: RuleView) -> ResultView:
    texts = {name: one[name] or "" for name in ("cause", "expected", "observed", "reason", "script")}
    return ResultView(
        rule=rule,
        subject=one["subject"],
        outcome=one["outcome"],
        evidence=tuple(_evidence(each) for each in one["evidence"]),
        places=tuple(
            Place(each["file"], each["line"], each["excerpt"] or "", each["note"] or "")
            for each in one["places"]
        ),
        fingerprints=tuple(each["fingerprint"] for each in one["places"]),
        fingerprint=one["fingerprint"] or "",
        waiver=_waiver(one["waiver"]) if one["waiver"] else None,
        known=one["known"],
        **texts,
    )


def _waiver(one: Mapping[str, Any]) -> Waived:
    return Waived(**{name: value or "" for name, value in one.items() if name != "days"}, days=one["days"])


def _evidence(one: Mapping[str, Any]) -> Evidence:
    headers = {
        name: tuple((key, value) for key, value in one[name])
        for name in ("request_headers", "response_headers")
    }
    return Evidence(**{**one, **headers})
