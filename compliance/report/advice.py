"""What a finding tells the reader to do: the fix of the rule's text, and the waiver to paste."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compliance.catalogue import Rule

#: The fixed headings of a rule's docstring, however marked: `Why:`, `Why.`, `## Why`, `Why` underlined.
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


def fix(rule: Rule, *, lines: int = 3) -> list[str]:
    """The first lines of the rule's section Conforms."""
    text = [line for line in section(rule.documentation, "Conforms") if not _FENCE.match(line)]
    first = next((place for place, line in enumerate(text) if line.strip()), len(text))
    paragraph = text[first:]
    end = next((place for place, line in enumerate(paragraph) if not line.strip()), len(paragraph))
    return [line.strip() for line in paragraph[: min(end, lines)]]


def waiver(rule: Rule, subject: str) -> str:
    """A waiver to paste. It is refused until somebody has written a reason and a date into it."""
    return "\n".join(
        [
            "[[waiver]]",
            f"rule = {json.dumps(rule.id)}",
            f"subject = {_toml(subject)}",
            'reason = ""',
            "expires = YYYY-MM-DD",
        ]
    )


def _toml(text: str) -> str:
    """A basic string of TOML in ASCII: a terminal shows it unchanged."""
    return '"' + "".join(_toml_character(c) for c in text) + '"'


def _toml_character(character: str) -> str:
    code = ord(character)
    if character in '"\\':
        return "\\" + character
    if 0x20 <= code < 0x7F:
        return character
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"
