"""Writing a file that somebody keeps under version control: in one step, and only over what was read."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from compliance.target.errors import TargetError
from compliance.verdict.reading import shown


def replace(path: Path, new: bytes, old: bytes | None) -> None:
    """Write a file that holds `old`, or none where that is None. Raises TargetError where it does not any more."""
    path = path.resolve()  # of a link what it points at
    try:
        if (path.read_bytes() if path.is_file() else None) != old:
            raise TargetError(f"{shown(path)} was changed meanwhile: run the command again")
        temporary = path.parent / f".compliance-{secrets.token_hex(8)}.tmp"
        mode = stat.S_IMODE(path.stat().st_mode) if old is not None else None
        if mode is not None and not os.access(path, os.W_OK):
            raise TargetError(f"{shown(path)} is write-protected")
        try:
            with temporary.open("xb") as stream:
                stream.write(new)
                stream.flush()
                os.fsync(stream.fileno())
            if mode is not None:
                temporary.chmod(mode)
            temporary.replace(path)
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
    except OSError as failure:
        raise TargetError(f"{shown(path)} cannot be written: {failure.strerror or failure}") from None
