"""Text into a syntax tree, also where the target writes a newer Python than the kit runs on."""

from __future__ import annotations

import ast
import re
import warnings

#: `except A, B:` is Python 3.14's (PEP 758); parentheses on the same line leave all positions but columns as they are.
_BARE_EXCEPT = re.compile(r"(?m)^(\s*except\*?[ \t]+)(?!\()([\w.]+(?:[ \t]*,[ \t]*[\w.]+)+)([ \t]*:)")
#: `class Page[T: Item](BaseModel)`, `def first[T](…)` and `type Ids = list[int]` are Python 3.12's (PEP 695).
_PARAMETERS = r"\[(?:[^\[\]\n]|\[[^\[\]\n]*\])*\]"
_GENERIC = re.compile(rf"(?m)^([ \t]*(?:class|(?:async[ \t]+)?def)[ \t]+\w+){_PARAMETERS}(?=[ \t]*[(:])")
_ALIAS = re.compile(rf"(?m)^([ \t]*)type[ \t]+(\w+)(?:{_PARAMETERS})?[ \t]*=(?!=)")


def parse(text: str) -> ast.Module:
    """The tree of a module. Raises SyntaxError or ValueError where this interpreter cannot read it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the target's literals deserve is not ours to say
        try:
            return ast.parse(text)
        except SyntaxError:
            older = _BARE_EXCEPT.sub(r"\1(\2)\3", text)
            older = _ALIAS.sub(r"\1\2 =", _GENERIC.sub(r"\1", older))
            if older == text:
                raise
            return ast.parse(older)
