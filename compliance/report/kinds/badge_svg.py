"""The verdict as a picture for a page that may ask nobody: one SVG without font, script or link."""

from __future__ import annotations

from html import escape

from compliance.report.kinds.badge import COLOURS, UNKNOWN, word
from compliance.report.plain import line
from compliance.report.view import Report

LABEL, GREY = "compliance", "#444c56"
#: Pixels of a letter, and of the room at either side; the text is stretched to them whatever the font.
LETTER, ROOM = 6.6, 7


def render(report: Report) -> str:
    said = word(report)
    left, right = _width(LABEL), _width(said)
    title = escape(line(f"{LABEL}: {said} ({report.name})", 300), quote=True)
    colour = COLOURS.get(said, UNKNOWN)[1]
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" aria-label="{title}">
  <title>{title}</title>
  <clipPath id="round"><rect width="{left + right}" height="20" rx="3"/></clipPath>
  <g clip-path="url(#round)">
    <rect width="{left}" height="20" fill="{GREY}"/>
    <rect x="{left}" width="{right}" height="20" fill="{colour}"/>
  </g>
  <g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle" aria-hidden="true">
    {_text(LABEL, left / 2, left)}
    {_text(escape(said), left + right / 2, right)}
  </g>
</svg>
"""


def _width(text: str) -> int:
    return round(len(text) * LETTER) + 2 * ROOM


def _text(text: str, middle: float, width: int) -> str:
    return f'<text x="{middle:g}" y="14" textLength="{width - 2 * ROOM}">{text}</text>'
