"""What is raised when a document cannot be understood."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class ContractError(ValueError):
    """The document is no OpenAPI document; the message says what is wrong and what to do next."""


def unknown(place: str, said: str, known: Iterable[str], complaint: str) -> ContractError:
    """The complaint of what names nothing that there is, with what is nearest to it."""
    names = list(dict.fromkeys(known))
    near = get_close_matches(said, names, 1, 0.5)
    choice = f"; there are {', '.join(repr(name) for name in names[:8])}" if 0 < len(names) <= 8 else ""
    hint = f"; did you mean {near[0]!r}?" if near else f"{choice}."
    return ContractError(f"{place}: {said!r} is {complaint}{hint}")
