"""What a file says of its own target holds for that origin alone: whoever names another one did not mean its users.

A file that names no target speaks for any. What stands in the environment or on the command line is meant as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.target.connection import origin, printable

if TYPE_CHECKING:
    from compliance.configuration import Value
    from compliance.configuration.places import File

#: The tables and keys that are about one service: who is somebody there, what its operations are, what was agreed.
#: Not the document, of which a copy elsewhere is judged by as well.
OF_A_TARGET = frozenset(
    {
        *("ca", "actors", "login", "roles", "lists", "resources", "signing-key-env"),
        *("allow-writes", "allow-destructive"),
    }
)
#: Their absence is said by whoever asks for consent, if it is needed.
_CONSENT = frozenset({"allow-writes", "allow-destructive"})


def speaks_for(file: File | None, target: Value, app: Value) -> bool:
    """Whether the file is about what is judged, which is the one of the two that was said in the higher layer."""
    own, own_app = (file.table.get(name) if file else None for name in ("target", "app"))
    if own is None and own_app is None:
        return True
    if target.layer > app.layer:
        return own is not None and _same_origin(str(own), str(target.value))
    return bool(app.value == own_app)


def left_out(file: File, names: set[str]) -> str:
    """A sentence on the tables that were left out, empty where nobody misses one."""
    missed = [name for name in file.table if name in names - _CONSENT]
    if not missed:
        return ""
    whose = printable(str(file.table.get("target") or file.table.get("app")))
    return f"{file.name} is about {whose} and not about this target; left out of it: {', '.join(missed)}"


def _same_origin(one: str, other: str) -> bool:
    try:
        return origin(one) == origin(other)
    except ValueError:  # no URL, which will be said
        return False
