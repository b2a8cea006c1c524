"""Leaving nothing of hypothesis behind in the user's folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

#: Read at run time, because it is no part of hypothesis' public interface.
_HOME = "__hypothesis_home_directory"


@contextmanager
def hypothesis_at_home() -> Iterator[None]:
    """Whatever hypothesis writes goes to a folder that is removed."""
    from hypothesis import configuration

    before = getattr(configuration, _HOME, None)
    with TemporaryDirectory(prefix="compliance-", ignore_cleanup_errors=True) as folder:
        configuration.set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            configuration.set_hypothesis_home_dir(before)
