"""GitLab's code quality report: an issue a place of a violation, nothing of what holds, is waived or was not examined.

An empty list is what GitLab takes for a clean run, so an inconclusive verdict is an issue itself.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from compliance.report.plain import line
from compliance.report.summary import SECURITY
from compliance.report.view import NOWHERE, FindingView, Report
from compliance.result import Place


def render(report: Report) -> str:
    issues = list(_issues(report))
    seen: Counter[str] = Counter()
    for issue in issues:  # GitLab drops what shares a fingerprint
        known = issue["fingerprint"]
        if seen[known]:
            issue["fingerprint"] = _digest(f"{known} {seen[known]}")
        seen[known] += 1
    return json.dumps(issues, indent=2) + "\n"


def _issues(report: Report) -> Iterator[dict[str, Any]]:
    if report.word == "inconclusive":
        words = f"inconclusive: {'; '.join(report.reasons) or 'nothing could be concluded'}"
        place = next(iter(report.stated.values()), None) or NOWHERE
        yield _issue("verdict", words, _digest("inconclusive"), "major", place)
    for finding in report.findings:
        severity = _severity(finding)
        for result in finding.results:
            words = f"{finding.rule.id} {finding.rule.title}: {result.cause} ({result.subject})"
            prints = result.fingerprints or (result.fingerprint,)
            for place, fingerprint in zip(report.where(result), prints, strict=True):
                yield _issue(finding.rule.id, words, fingerprint, severity, place)


def _severity(finding: FindingView) -> str:
    """What an attacker can use weighs one step more than its kind."""
    steps = ("minor", "major", "critical")
    return steps[finding.decisive + bool(SECURITY.search(finding.rule.origin))]


def _issue(name: str, words: str, fingerprint: str, severity: str, place: Place) -> dict[str, Any]:
    return {
        "description": line(words, 1_000),
        "check_name": name,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": place.file, "lines": {"begin": place.line}},
    }


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:20]
