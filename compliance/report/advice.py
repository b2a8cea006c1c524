"""What a finding tells the reader to do: the fix, from the rule's own text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compliance.catalogue import Rule

#: The fixed headings of a rule's docstring.
HEADINGS = ("Why", "Breaks", "Conforms")
#: The same, however marked: `Why:`, `Why.`, `## Why`, `Why` underlined.
_HEADING = re.compile(r"^\s*[#*]*\s*(?P<name>Why|Breaks|Conforms)\b\**\s*(?:[:.–-]\**\s*(?P<rest>.*)|)$")
_UNDERLINE = re.compile(r"^\s*[-=~]{3,}\s*$")
_FENCE = re.compile(r"^\s*(```.*|::)\s*$")


def section(documentation: str, heading: str) -> list[str]:
    """The lines under a heading of a rule's documentation, without blanks at either end."""
    lines: list[str] = []
    inside = False
    for line in documentation.splitlines():
        found = _HEADING.match(line)
        if found:
            inside = found["name"] == heading
            if inside and found["rest"]:
                lines.append(found["rest"])
        elif inside and not _UNDERLINE.match(line):
            lines.append(line)
    return "\n".join(lines).strip("\n").splitlines()


def sections(documentation: str) -> dict[str, str]:
    """Every heading of a rule's documentation in small letters, with its text."""
    return {name.lower(): "\n".join(section(documentation, name)) for name in HEADINGS}


def fix(rule: Rule, *, lines: int = 3) -> list[str]:
    """The first lines of the rule's section Conforms."""
    text = [line for line in section(rule.documentation, "Conforms") if not _FENCE.match(line)]
    first = next((place for place, line in enumerate(text) if line.strip()), len(text))
    paragraph = text[first:]
    end = next((place for place, line in enumerate(paragraph) if not line.strip()), len(paragraph))
    return [line.strip() for line in paragraph[: min(end, lines)]]
