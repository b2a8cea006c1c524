"""The least and the greatest number that a parameter takes, as its declaration states them."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance.source.constants import number
from compliance.source.modules import Module, called, dotted, last

if TYPE_CHECKING:
    from compliance.source.annotations import Written
    from compliance.source.index import Index

#: Of annotated_types: `Ge(1)`.
_PLAIN = {"Ge": "ge", "Gt": "gt", "Le": "le", "Lt": "lt"}
_WORDS = frozenset(_PLAIN.values())
_TYPES = {"PositiveInt": 1.0, "NonNegativeInt": 0.0}


@dataclass(frozen=True)
class Bounds:
    """Inclusive bounds of a whole number; is_vague: one is stated that the text does not tell."""

    minimum: float | None = None
    maximum: float | None = None
    is_vague: bool = False


def bounds_of(index: Index, of: Written, said: Iterable[tuple[Module, ast.Call]]) -> Bounds:
    """What `Query(ge=1, le=100)`, `Field(…)`, `conint(…)`, `Ge(1)` and the types of pydantic come to."""
    calls = list(said)
    if isinstance(of.node, ast.Call):
        calls.append((of.module, of.node))
    least, most, vague = [], [], False
    if of.head in _TYPES:
        least.append(_TYPES[of.head])
    for module, call in calls:
        for word, value in _stated(call):
            bound = number(index, module, value)
            if bound is None:
                vague = vague or not _is_none(value)
            elif word in ("ge", "gt"):
                least.append(bound + (word == "gt"))
            else:
                most.append(bound - (word == "lt"))
    return Bounds(max(least, default=None), min(most, default=None), vague)


def _stated(call: ast.Call) -> list[tuple[str, ast.expr]]:
    found = [(one.arg, one.value) for one in call.keywords if one.arg in _WORDS]
    plain = _PLAIN.get(last(called(call) or dotted(call.func)), "")
    if plain and call.args:
        found.append((plain, call.args[0]))
    if any(one.arg is None for one in call.keywords):  # Query(**LIMITS)
        found += [("le", one.value) for one in call.keywords if one.arg is None]
    return [(str(word), value) for word, value in found]


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None
