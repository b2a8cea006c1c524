"""Defaults that a function shares with all of its calls."""

from __future__ import annotations

import ast

from compliance.catalogue import Level, Phase, rule
from compliance.source import Source, asks_ruff
from compliance.source.modules import Module, called, last
from compliance.source.subjects import whole

#: What is made anew by a call and can be changed then.
_CHANGEABLE = frozenset(
    ["list", "dict", "set", "bytearray", "deque", "defaultdict", "Counter", "OrderedDict", "ChainMap"]
)


@rule(
    "COD-001",
    "No default of a parameter can be changed",
    level=Level.MUST,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
@asks_ruff("B006", "B039")
def defaults_are_immutable(source: Source, _: Source) -> None:
    """
    Why: a list that is a default is made once, so that one request finds what another has left in it.

    Breaks: `def search(words: list[str] = []) -> …`

    Conforms: `def search(words: list[str] | None = None) -> …`, or a tuple
    """
    places = source.ruff("B006")
    # Of a call that it does not know ruff says the worst: `default=UUID(…)`.
    modules = {module.file: module for module in source.modules}
    places += [one for one in source.ruff("B039") if _can_change(modules[one.file], one.line)]
    source.none_of(places, "a default can be changed", "None, or a value that cannot be changed")


def _can_change(module: Module, line: int) -> bool:
    """Whether what begins in that line, the default of a variable of the context, is no call of another kind."""
    calls = [node for node in module.nodes(ast.Call) if node.lineno == line and called(node)]
    defaults = [
        keyword.value
        for node in module.nodes(ast.Call)
        for keyword in node.keywords
        if keyword.arg == "default" and keyword.value.lineno == line and last(called(node)) == "ContextVar"
    ]
    return not any(one in defaults and last(called(one)) not in _CHANGEABLE for one in calls)
