"""Text into a syntax tree, also where the target writes a newer Python than the kit runs on."""

from __future__ import annotations

import ast
import gc
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from compliance.source.older import as_older

#: `except A, B:` is Python 3.14's (PEP 758); parentheses on the same line leave all positions but columns as they are.
_BARE_EXCEPT = re.compile(r"(?m)^(\s*except\*?[ \t]+)(?!\()([\w.]+(?:[ \t]*,[ \t]*[\w.]+)+)([ \t]*:)")


def parse(text: str) -> ast.Module:
    """The tree of a module. Raises SyntaxError or ValueError where this interpreter cannot read it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the target's literals deserve is not ours to say
        try:
            return ast.parse(text)
        except SyntaxError:
            older = _BARE_EXCEPT.sub(r"\1(\2)\3", as_older(text))
            if older == text:
                raise
            return ast.parse(older)


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
