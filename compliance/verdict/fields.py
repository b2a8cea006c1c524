"""The keys of a waiver: what each has to be, what a right one looks like, and what is wrong with another."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

#: Letters that a reason has at least.
LEAST = 20
_GLOB = re.compile(r"[*?\[]")


def fault(key: str, value: Any) -> str:
    """What is wrong with the value of a key, None for one that is missing; empty where nothing is."""
    check, example = FIELDS[key]
    if value is None:
        return f"{key} is missing: write {key} = {example}"
    wrong = check(value)
    return f"{key} {wrong.replace('EXAMPLE', f'{key} = {example}')}" if wrong else ""


def _rule(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        return "is no text: write EXAMPLE"
    return "is a pattern: a waiver names one rule exactly, as in EXAMPLE" if _GLOB.search(value) else ""


def _text(value: Any) -> str:
    return "" if isinstance(value, str) and value.strip() else "is no text: write EXAMPLE"


def _reason(value: Any) -> str:
    if isinstance(value, str) and len(" ".join(value.split())) >= LEAST:
        return ""
    return f"says too little: write EXAMPLE, in {LEAST} letters or more"


def _list(value: Any) -> str:
    if not isinstance(value, list) or not value or any(_text(one) for one in value):
        return "is no list of texts: write EXAMPLE, or leave it out for every one"
    twice = [one for one in value if value.count(one) > 1]
    return f'names "{twice[0]}" twice' if twice else ""


def _operations(value: Any) -> str:
    wild = [one for one in value if "*" in str(one)] if isinstance(value, list) else []
    return f'holds the pattern "{wild[0]}": name each, as in EXAMPLE' if wild else _list(value)


def _files(value: Any) -> str:
    for one in value if not _list(value) else ():
        if _GLOB.search(one):
            return f'holds the pattern "{one}": name a file, or a folder with / at its end, as in EXAMPLE'
        if one.startswith(("/", "./")) or "\\" in one or ".." in one.split("/"):
            return f'holds "{one}": write the way from the project\'s root, with slashes, as in EXAMPLE'
    return _list(value)


def _fingerprint(value: Any) -> str:
    if isinstance(value, str) and re.fullmatch(r"[0-9a-f]{20}", value):
        return ""
    return "is none: copy its 20 letters from a result, as in EXAMPLE"


def _expires(value: Any) -> str:
    if isinstance(value, str):
        return "is a text: write the date without quotes, EXAMPLE"
    if isinstance(value, datetime) or not isinstance(value, date):
        return "is no date: write the last day alone, EXAMPLE"
    return ""


#: Key -> what is wrong with a value, empty for nothing, and an example of a right one.
FIELDS: dict[str, tuple[Callable[[Any], str], str]] = {
    "rule": (_rule, '"PAG-003"'),
    "operations": (_operations, '["GET /users"]'),
    "files": (_files, '["app/old/"]'),
    "cause": (_text, '"a page holds more than 100 items"'),
    "fingerprint": (_fingerprint, '"0123456789abcdef0123"'),
    "reason": (_reason, '"why it stays broken, and what will end that"'),
    "owner": (_text, '"team-orders"'),
    "expires": (_expires, "2026-12-15"),
    "ticket": (_text, '"https://tracker.example.org/ORD-2211"'),
    "approved_by": (_text, '"api-guild"'),
}
