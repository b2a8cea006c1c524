"""Leaving nothing of hypothesis behind in the user's folder, and taking nothing of the user's into it."""

from __future__ import annotations

import gzip
import json
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

#: Read at run time, because they are no part of hypothesis' public interface.
_HOME = "__hypothesis_home_directory"
_LOCAL_CONSTANTS = "_get_local_constants"
#: The characters that UTF-8 can encode, all but the surrogates, and those that it does not read back, none.
_UTF_8 = [[[0, 0xD7FF], [0xE000, 0x10FFFF]], []]


@contextmanager
def hypothesis_at_home() -> Iterator[None]:
    """Whatever hypothesis writes goes to a folder that is removed in the end; what it draws has nothing to do with the user's code."""
    from hypothesis import configuration

    before = getattr(configuration, _HOME, None)
    configuration.set_hypothesis_home_dir(_home().name)
    try:
        with _without_local_constants():
            yield
    finally:
        configuration.set_hypothesis_home_dir(before)


@cache
def _home() -> TemporaryDirectory[str]:
    """One for all, for it is opened many times in a run; removed when the process ends."""
    home = TemporaryDirectory(prefix="compliance-", ignore_cleanup_errors=True)
    _furnish(Path(home.name))
    return home


def _furnish(folder: Path) -> None:
    """What hypothesis finds by trying every character there is, a second in each new home."""
    tables = folder / "unicode_data" / unicodedata.unidata_version
    tables.mkdir(parents=True)
    with gzip.open(tables / "codec-v2-utf-8.json.gz", "wt", encoding="ascii") as file:
        json.dump(_UTF_8, file)


@contextmanager
def _without_local_constants() -> Iterator[None]:
    """Hypothesis draws constants from whatever modules of the user's were imported so far.

    Two runs would differ, and it parses all of them.
    """
    from hypothesis.internal.conjecture import providers

    before = getattr(providers, _LOCAL_CONSTANTS, None)
    kind = getattr(providers, "Constants", None)
    if before is None or kind is None:
        yield
        return
    none = kind()
    setattr(providers, _LOCAL_CONSTANTS, lambda: none)
    providers.CONSTANTS_CACHE.cache.clear()
    try:
        yield
    finally:
        setattr(providers, _LOCAL_CONSTANTS, before)
        providers.CONSTANTS_CACHE.cache.clear()
