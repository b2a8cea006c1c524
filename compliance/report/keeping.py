"""A text file that the kit writes and may write anew, and that a person may have made their own meanwhile."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

from compliance.writing import replace

#: Begins such a file. The digest is that of the rest: where it does not hold, somebody wrote in the file.
_MARKER = "<!-- Written by `compliance standard` ({digest}); it replaces this file only while nobody changed it. -->"
_WRITTEN = re.compile(
    "^" + re.escape(_MARKER).replace(re.escape("{digest}"), "([0-9a-f]{16})") + r"\n\n(.*)\Z", re.DOTALL
)


class NotOurs(Exception):
    """The file cannot be written, or holds what the kit did not write; the message says what to do."""


def write(path: Path, text: str) -> bool:
    """Whether the file had to be changed. Raises NotOurs, and then leaves everything as it was."""
    wanted = f"{_MARKER.format(digest=_digest(text))}\n\n{text}"
    place = path.resolve()  # a link stays one
    try:
        before = place.read_bytes().decode("utf-8", "replace") if place.exists() else None
        if before == wanted:
            return False
        if before and before.strip():
            _refuse_what_is_not_ours(path, before)
        replace(place, wanted.encode())
    except OSError as failure:
        raise NotOurs(f"cannot write {path}: {failure.strerror or failure}") from None
    return True


def _refuse_what_is_not_ours(path: Path, before: str) -> None:
    written = _WRITTEN.match(before.replace("\r\n", "\n"))
    if written and written[1] == _digest(written[2]):
        return
    what = "was changed since it was written" if written else "was not written by this command"
    raise NotOurs(
        f"{path} {what} and stays as it is: give --output another name, such as "
        f"{path.with_name('compliance-' + path.name)}, and refer to it from {path.name}; or move {path.name} away first"
    )


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]
