"""The verdict as a shields.io endpoint, https://shields.io/badges/endpoint-badge. What is not compliant is never green."""

from __future__ import annotations

import json

from compliance.report.view import Report

#: By the verdict's word, as a name of shields' and as a colour on which white text is legible.
COLOURS = {
    "compliant": ("brightgreen", "#1a7f37"),
    "compliant with waivers": ("yellowgreen", "#57711a"),
    "partial": ("yellow", "#7d5b00"),
    "inconclusive": ("orange", "#a04100"),
    "not compliant": ("red", "#c41e2a"),
}
UNKNOWN = ("lightgrey", "#57606a")
CACHED_SECONDS = 300


def word(report: Report) -> str:
    """What the badge says: the verdict's word, with the waivers that it rests on."""
    waived = any(result.outcome == "waived" for result in report.results)
    return "compliant with waivers" if report.word == "compliant" and waived else report.word


def render(report: Report) -> str:
    said = word(report)
    badge = {
        "schemaVersion": 1,
        "label": "compliance",
        "message": said,
        "color": COLOURS.get(said, UNKNOWN)[0],
        "isError": report.word in ("not compliant", "inconclusive"),
        "cacheSeconds": CACHED_SECONDS,
    }
    return json.dumps(badge, indent=2) + "\n"
