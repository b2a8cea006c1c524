"""Writing a file that somebody keeps under version control: in one step, and only over what was read."""

from __future__ import annotations

import os
from pathlib import Path

from compliance import writing
from compliance.target.errors import TargetError
from compliance.verdict.reading import shown


def replace(path: Path, new: bytes, old: bytes | None) -> None:
    """Write a file that holds `old`, or none where that is None. Raises TargetError where it does not any more."""
    path = path.resolve()  # of a link what it points at
    try:
        if (path.read_bytes() if path.is_file() else None) != old:
            raise TargetError(f"{shown(path)} was changed meanwhile: run the command again")
        if old is not None and not os.access(path, os.W_OK):
            raise TargetError(f"{shown(path)} is write-protected")
        writing.replace(path, new)
    except OSError as failure:
        raise TargetError(f"{shown(path)} cannot be written: {failure.strerror or failure}") from None
