"""Variables that begin as ours do and are none: a slip where one of ours is near, else somebody else's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from compliance.configuration.keys import PREFIX, keys

#: The variable that asks the command line for a traceback; no setting of a run.
DEBUG = f"{PREFIX}DEBUG"
#: How near a name has to be to be taken for a slip; what all share at the beginning does not count.
NEAR = 0.8


def strays(environment: Mapping[str, str], used: Iterable[str]) -> dict[str, str]:
    """Every variable that looks like one of ours and is none, with the one that is meant, empty where none is near.

    used: the variables that the configuration names itself.
    """
    meant = {key.variable: key.variable for key in keys() if key.variable} | {
        f"{PREFIX}CONFIG": f"{PREFIX}CONFIG"
    }
    known = {*meant, *used, DEBUG}
    meant = {name.removeprefix(PREFIX): variable for name, variable in meant.items()} | _options()
    found = {}
    for name in sorted(name for name, value in environment.items() if name.startswith(PREFIX) and value):
        if name not in known:
            near = get_close_matches(name.removeprefix(PREFIX), meant, 1, NEAR)
            found[name] = meant[near[0]] if near else ""
    return found


def told(name: str, meant: str) -> str:
    return f"${name} is no setting" + (f"; did you mean ${meant}?" if meant else "")


def _options() -> dict[str, str]:
    """The names of options as variables, which people make of them: `TARGET_URL`."""
    return {
        key.option.lstrip("-").replace("-", "_").upper().removeprefix(PREFIX): key.variable
        for key in keys()
        if key.option and key.variable
    }
