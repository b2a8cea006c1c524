"""Writing a file in one step: whoever reads it meets the old one or the new one, whole."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def replace(path: Path, data: bytes, check: Callable[[], object] = lambda: None) -> None:
    """Write a file, whatever stood there. Raises OSError and what `check` raises, and then leaves everything as it was.

    check: is asked at last, when only the new name is still to be given.
    """
    temporary = blank(path.parent, _permissions(path))
    try:
        with temporary.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        check()
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    _settle(path.parent)


def blank(folder: Path, mode: int | None = None) -> Path:
    """An empty temporary file: in the same folder, hence on the same file system as what it is to replace.

    mode: its permissions; None for those of any new file, by the umask.
    """
    temporary = folder / f".compliance-{secrets.token_hex(8)}.tmp"
    os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if mode is None else 0o600))
    if mode is not None:
        with suppress(OSError):
            temporary.chmod(mode)
    return temporary


def _permissions(path: Path) -> int | None:
    """Those of the file that stands there, which the new one is to keep."""
    try:
        return stat.S_IMODE(path.lstat().st_mode) & 0o777
    except FileNotFoundError:
        return None


def _settle(folder: Path) -> None:
    """Make the new name survive a loss of power, where the system can do that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
