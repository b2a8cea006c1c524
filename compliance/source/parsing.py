"""Text into a syntax tree, also where the target writes a newer Python than the kit runs on."""

from __future__ import annotations

import ast
import gc
import re
import tokenize
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from compliance.source.older import as_older

#: `except A, B:` is Python 3.14's (PEP 758); parentheses on the same line leave all positions but columns as they are.
_BARE_EXCEPT = re.compile(r"(?m)^(\s*except\*?[ \t]+)(?!\()([\w.]+(?:[ \t]*,[ \t]*[\w.]+)+)([ \t]*:)")
#: What may be the matter with a file: away or closed, in another encoding, of another Python, too deep or too large.
UNREADABLE = (OSError, SyntaxError, ValueError, LookupError, RecursionError, MemoryError)


def parse(text: str) -> ast.Module:
    """The tree of a module. Raises one of UNREADABLE where this interpreter cannot read it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the target's literals deserve is not ours to say
        try:
            return ast.parse(text)
        except SyntaxError:
            older = _BARE_EXCEPT.sub(r"\1(\2)\3", as_older(text))
            if older == text:
                raise
            return ast.parse(older)


def read(path: Path) -> str:
    """The text of a file in the encoding that it declares. Raises one of UNREADABLE."""
    with tokenize.open(path) as file:
        return file.read()


@contextmanager
def many() -> Iterator[None]:
    """While many trees are made: the collector looks at all of their nodes again and again, and finds none to collect."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def why_unread(failure: Exception) -> str:
    """Why a file is no text, or no Python."""
    if isinstance(failure, SyntaxError) and failure.lineno:
        return f"{failure.msg}, line {failure.lineno}: it may be of a newer Python than this one"
    said = failure.strerror if isinstance(failure, OSError) else str(failure)
    return f"{type(failure).__name__}: {said or 'it is too large'}"
