"""A failed check in one line: the engine's own message is a page, with the whole schema and the whole value."""

from __future__ import annotations

import json
import re
from typing import Any

from schemathesis.config import OutputConfig
from schemathesis.core.failures import Failure
from schemathesis.core.output import truncate_text
from schemathesis.openapi.checks import JsonSchemaError

from compliance.traffic.trial import CheckFailure

#: Characters that a message may have.
LONGEST = 200
#: Characters of a value that a message may quote; a longer one is on the tape, and may be a secret cut in two.
QUOTABLE = 40
_BLANK_LINES = re.compile(r"\n\s*\n")
_NAMES = ((dict, "an object"), (list, "a list"), (str, "a text"))
#: The engine spells a value out up to here.
_WIDTH = OutputConfig().truncation.max_width


def described(check: str, failure: Failure) -> CheckFailure:
    """What the check found: its first words, and where in the answer, if it is about one place."""
    message = failure.message
    if not isinstance(failure, JsonSchemaError):
        return CheckFailure(check, failure.title, gist(message))
    place = "".join(f"/{step}" for step in failure.instance_path)
    words = gist(unquoted(message, failure.instance))
    return CheckFailure(check, failure.title, cut(f"{words} (at {place})" if place else words))


def gist(message: str) -> str:
    """The first paragraph on one line; the second, too, where the first announces it."""
    first, *others = _BLANK_LINES.split(message.strip())
    if first.endswith(":") and others:
        first += f"\n{others[0]}"
    text = ""
    for line in first.splitlines():
        between = "" if not text else " " if text.endswith(":") else "; "
        text += between + " ".join(line.removeprefix("- ").split())
    return cut(text)


def unquoted(message: str, value: Any) -> str:
    """The message with a long value called by what it is."""
    quoted = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    if len(quoted) <= QUOTABLE:
        return message
    name = next((name for kind, name in _NAMES if isinstance(value, kind)), "a number")
    return message.replace(truncate_text(quoted, _WIDTH), name, 1)


def cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
