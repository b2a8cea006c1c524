"""Changing the file of waivers. What somebody wrote there stays byte by byte, but for the entries that are taken away.

No writer of TOML is asked: entries are found in the text, and the outcome is parsed before it is written. Where the two
disagree, the file is left as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any

from compliance.target.errors import TargetError
from compliance.verdict.reading import TABLE, entries_of
from compliance.verdict.waivers import Waiver

_HEADER = re.compile(rf"^[ \t]*\[\[[ \t]*[\"']?{TABLE}[\"']?[ \t]*\]\]", re.MULTILINE)
#: A line that belongs to no entry.
_APART = re.compile(r"^[ \t]*(#.*)?$")
_ASIDE = ("operations", "files", "cause", "fingerprint", "ticket", "approved_by")


def table(waiver: Waiver) -> dict[str, Any]:
    """The waiver as TOML reads it."""
    (read,) = entries_of(entry(waiver).encode("utf-8"), "the waiver")
    found: dict[str, Any] = read
    return found


def entry(waiver: Waiver) -> str:
    """The waiver as the file has it."""
    lines = [f"[[{TABLE}]]"]
    for key in ("rule", *_ASIDE[:4], "reason", "owner", "expires", *_ASIDE[4:]):
        value = getattr(waiver, key)
        if value or key not in _ASIDE:
            lines.append(f"{key} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def added(data: bytes, waiver: Waiver, name: str) -> bytes:
    """The file with one more entry at its end."""
    end = "\r\n" if b"\r\n" in data else "\n"
    text = entry(waiver).replace("\n", end)
    if data:
        text = (end if data.endswith(b"\n") else end * 2) + text
    changed = data + text.encode("utf-8")
    before = entries_of(data, name)
    if not _holds(changed, [*before, table(waiver)]):
        raise TargetError(
            f"{name} is written in a way to which nothing can be added: add this by hand\n{entry(waiver)}"
        )
    return changed


def cut(data: bytes, numbers: Collection[int], name: str) -> tuple[bytes, list[str]]:
    """The file without the entries of these numbers, from 0, and the text of each. Comments around them stay."""
    text = data.decode("utf-8")  # which it is, for it was read
    starts = [match.start() for match in _HEADER.finditer(text)]
    kept, removed = [text[: starts[0]] if starts else text], []
    for number, (start, stop) in enumerate(zip(starts, [*starts, len(text)][1:], strict=True)):
        middle = _end(text, start, stop)
        if number in numbers:
            removed.append(text[start:middle])
            kept.append(_joined("".join(kept), text[middle:stop]))
        else:
            kept.append(text[start:stop])
    changed = "".join(kept).encode("utf-8")
    before = entries_of(data, name)
    if not _holds(changed, [one for number, one in enumerate(before) if number not in numbers]):
        which = ", ".join(str(number + 1) for number in sorted(numbers))
        raise TargetError(f"{name} is written in a way that cannot be cut: take waiver {which} away by hand")
    return changed, removed


def _end(text: str, start: int, stop: int) -> int:
    """Where an entry ends: behind its last line that is neither empty nor a comment."""
    lines = text[start:stop].split("\n")
    while len(lines) > 1 and _APART.match(lines[-1].rstrip("\r")):
        stop -= len(lines.pop()) + 1
    return min(stop + 1, len(text))


def _joined(before: str, after: str) -> str:
    """What follows, without a second empty line where one stands in front."""
    bare = after.lstrip("\r\n")
    gap = after[: len(after) - len(bare)]
    return bare if gap and (not before or before.endswith(("\n\n", "\r\n\r\n"))) else after


def _holds(data: bytes, wanted: list[Any]) -> bool:
    """Whether what is about to be written reads as these entries."""
    try:
        return entries_of(data, "") == wanted
    except TargetError:
        return False


def _toml(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    # The escapes of JSON are among those of TOML, but for the character that only JSON takes as it is.
    return (
        json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        if isinstance(value, str)
        else f"{value}"
    )
