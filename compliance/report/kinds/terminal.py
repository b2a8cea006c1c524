"""What the terminal shows, as a plain text: no colour, every finding in full."""

from __future__ import annotations

from compliance.report import terminal
from compliance.report.typeset import WIDEST
from compliance.report.view import Report


def render(report: Report) -> str:
    return terminal.render(report, colour=False, width=WIDEST, verbose=True)
