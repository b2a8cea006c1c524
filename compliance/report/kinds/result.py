"""The result document itself, as JSON."""

from __future__ import annotations

import json

from compliance.report.view import Report


def render(report: Report) -> str:
    return json.dumps(report.document, indent=2, allow_nan=False) + "\n"
