"""What runs when the service starts and ends: no request waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.source.blocking import starts_the_service

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compliance.source.calls import Calls
    from compliance.source.modules import Function


def starting(functions: Iterable[Function], calls: Calls) -> frozenset[str]:
    """The functions that start the service, and those that nothing but these calls."""
    every = list(functions)
    found = {one.name for one in every if starts_the_service(one)}
    if not found:
        return frozenset()
    callers: dict[str, set[str]] = {}
    for one in every:
        for call in calls.of(one):
            callers.setdefault(call.function.name, set()).add(one.name)
    # A method may be called on what nobody knows the type of, and a decorator may call its function.
    plain = [one.name for one in every if one.owner is None and not one.decorators]
    more = True
    while more:
        new = {name for name in plain if name not in found and callers.get(name) and callers[name] <= found}
        found |= new
        more = bool(new)
    return frozenset(found)
