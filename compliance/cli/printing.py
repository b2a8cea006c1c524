"""Printing to somebody who may stop reading: `compliance check … | head` has the files and the exit status of the whole."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def read_or_not() -> Iterator[None]:
    """Print, and go on where nobody reads it any more."""
    try:
        yield
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())  # else Python complains when it ends
        os.close(nowhere)
