"""SARIF 2.1.0 within what GitHub's code scanning takes: https://docs.github.com/en/code-security/code-scanning.

It refuses a file in which a result has no place in the repository, shows the first place of a result only and the first
5,000 results of a run, and tells two runs of one commit apart by the id of the automation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from compliance.report.plain import block, counted, cut, line
from compliance.report.summary import SECURITY
from compliance.report.view import Report, ResultView, RuleView
from compliance.result import Place

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
#: What GitHub shows of a run, and what of a rule; the length of a description.
RESULTS, TAGS, TEXT = 5_000, 10, 1_000
#: By level, as CVSS has it: high from 7.0, medium from 4.0. GitHub sorts by it what an attacker can use.
SEVERITY = {"MUST": "8.0", "SHOULD": "5.0"}
_LINK = re.compile(r"\](?=\()")


def render(report: Report) -> str:
    rules = list(report.rules.values())
    order = {rule.id: number for number, rule in enumerate(rules)}
    results = list(_results(report, order))
    run = {
        "tool": {
            "driver": {
                "name": "fastapi-compliance",
                "version": report.kit,
                "rules": [_rule(r) for r in rules],
            }
        },
        "automationDetails": {"id": f"compliance/{_slug(report)}/"},
        "invocations": [_invocation(report, order, len(results))],
        "columnKind": "unicodeCodePoints",
        "results": results[:RESULTS],
        "properties": {"verdict": report.word, "scope": report.scope},
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=1) + "\n"


# -- rules -------------------------------------------------------------------------------------------------------


def _rule(rule: RuleView) -> dict[str, Any]:
    weak = bool(SECURITY.search(rule.origin))
    properties: dict[str, Any] = {
        "tags": sorted({rule.family, rule.level, rule.depth, *(["security"] if weak else [])})[:TAGS],
        "precision": "high",
        "problem.severity": "error" if rule.level == "MUST" else "warning",
    }
    if weak:
        properties["security-severity"] = SEVERITY[rule.level]
    return {
        "id": rule.id,
        "shortDescription": {"text": cut(rule.title, TEXT)},
        "fullDescription": {
            "text": cut(rule.text.partition("\n\n")[0].replace("\n", " ") or rule.title, TEXT)
        },
        "help": {"text": _help(rule, ""), "markdown": _help(rule, "**")},
        "defaultConfiguration": {"level": "error" if rule.level == "MUST" else "warning"},
        "properties": properties,
    }


def _help(rule: RuleView, mark: str) -> str:
    parts = {"Why": rule.why, "Breaks": rule.breaks, "Conforms": rule.conforms, "Origin": rule.origin}
    told = [f"{mark}{name}:{mark} {text}" for name, text in parts.items() if text]
    begin = f"{mark}{rule.clause} ({rule.level}) {rule.title}{mark}"
    return "\n\n".join(filter(None, (begin, rule.text, *told, f"More: `compliance explain {rule.clause}`")))


# -- results -----------------------------------------------------------------------------------------------------


def _results(report: Report, order: dict[str, int]) -> Iterator[dict[str, Any]]:
    """What to mend first in front, so that it is the last that a limit cuts; what is waived behind."""
    for finding in report.findings:
        for result in finding.results:
            yield from _at_its_places(report, result, order, "error" if finding.decisive else "warning")
    for result in report.results:
        if result.outcome == "waived":
            for one in _at_its_places(report, result, order, "note"):
                yield {**one, "suppressions": [{"kind": "external", "justification": line(result.reason)}]}


def _at_its_places(
    report: Report, result: ResultView, order: dict[str, int], level: str
) -> Iterator[dict[str, Any]]:
    prints = result.fingerprints or (result.fingerprint,)
    for place, fingerprint in zip(report.where(result), prints, strict=True):
        one: dict[str, Any] = {
            "ruleId": result.rule.id,
            "ruleIndex": order[result.rule.id],
            "level": level,
            "message": {"text": _message(result, place)},
            "locations": [_location(result, place)],
        }
        if fingerprint:
            one["partialFingerprints"] = {
                "primaryLocationLineHash": fingerprint,
                "fastapiCompliance/v1": fingerprint,
            }
        yield one


def _message(result: ResultView, place: Place) -> str:
    told = [
        f"{line(result.subject)}: {line(place.note or result.cause or result.rule.title)}",
        f"Expected: {line(result.expected)}" if result.expected else "",
        f"Observed: {line(result.observed)}" if result.observed else "",
        f"Fix: {line(result.rule.fix)}" if result.rule.fix else "",
    ]
    return _LINK.sub("] ", "\n".join(filter(None, told)))  # a service's text is no link


def _location(result: ResultView, place: Place) -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": place.line}
    if place.excerpt:
        region["snippet"] = {"text": block(place.excerpt)}
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(place.file, errors="replace"), "uriBaseId": "%SRCROOT%"},
            "region": region,
        },
        "logicalLocations": [{"fullyQualifiedName": line(result.subject), "kind": "resource"}],
    }


# -- the run -----------------------------------------------------------------------------------------------------


def _invocation(report: Report, order: dict[str, int], found: int) -> dict[str, Any]:
    doubts = report.reasons if report.word == "inconclusive" else []
    notes = [_notification("error", f"inconclusive: {reason}") for reason in doubts]
    if found > RESULTS:
        notes.append(_notification("warning", f"{found - RESULTS:,} of {found:,} results were left out"))
    invocation: dict[str, Any] = {
        "executionSuccessful": report.complete and report.word != "inconclusive",
        "toolExecutionNotifications": [*notes, *_unexamined(report, order)],
    }
    if report.started:
        invocation["startTimeUtc"] = report.started
    return invocation


def _unexamined(report: Report, order: dict[str, int]) -> Iterator[dict[str, Any]]:
    """What was not tested and where the kit failed, once a rule and reason."""
    groups: dict[tuple[str, str, str], list[ResultView]] = {}
    for result in report.results:
        if result.outcome in ("untested", "error"):
            groups.setdefault((result.rule.id, result.outcome, result.reason), []).append(result)
    for (name, outcome, reason), mine in groups.items():
        level = "error" if outcome == "error" else "warning" if mine[0].rule.level == "MUST" else "note"
        said = "the kit failed" if outcome == "error" else "not tested"
        words = f"{name} {said} on {counted(len(mine), 'subject')}: {line(reason)}"
        yield {**_notification(level, words), "associatedRule": {"id": name, "index": order[name]}}


def _notification(level: str, text: str) -> dict[str, Any]:
    return {"level": level, "message": {"text": _LINK.sub("] ", line(text))}}


def _slug(report: Report) -> str:
    """The service without its version, so that the next version's run takes the place of this one's."""
    name = str(report.document["target"]["title"] or report.url).lower()
    return re.sub(r"[^a-z0-9]+", "-", name)[:100].strip("-") or "service"
