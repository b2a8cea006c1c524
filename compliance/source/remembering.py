"""What was found in a tree that has not changed since: kept by the contents of all that was read."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import compliance
from compliance.catalogue import Outcome
from compliance.result import Place
from compliance.source.files import listed
from compliance.writing import replace

if TYPE_CHECKING:
    from compliance.source.tree import Source

#: The variable that says where programs keep what they can make again.
CACHE_HOME = "XDG_CACHE_HOME"
#: Trees that are remembered; those that were not asked for the longest go.
_KEPT = 20
#: Files beside the Python that a rule may look into, by how they end.
_LOOKED_INTO = (".py", ".toml", ".txt", ".cfg", ".ini", ".lock", ".gitignore", ".env", ".env.example")
#: Rule -> subject, outcome, and the further fields of the result.
Found = dict[str, list[tuple[str, Outcome, dict[str, Any]]]]


@dataclass(frozen=True)
class Memory:
    """What was found, and what was noted beside."""

    found: Found
    notes: tuple[str, ...] = ()


def folder() -> Path:
    """Where trees are remembered."""
    home = os.environ.get(CACHE_HOME) or Path.home() / ".cache"
    return Path(home) / "fastapi-compliance" / "source"


def fingerprint(source: Source) -> str:
    """What all that was found depends on: the project's files, the kit itself, and what a person said."""
    digest = sha256()
    for part in _depends_on(source):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def recall(mark: str) -> Memory | None:
    """What was found then, None where nothing is remembered."""
    file = folder() / f"{mark}.json"
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        file.touch()
        found = {rule: [_result(*one) for one in results] for rule, results in kept["found"].items()}
        return Memory(found, tuple(kept["notes"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def remember(mark: str, memory: Memory) -> None:
    """Keep what was found. A place that cannot be written is no reason to fail."""
    found = {
        rule: [(label, str(outcome), _plain(details)) for label, outcome, details in results]
        for rule, results in memory.found.items()
    }
    kept = {"found": found, "notes": memory.notes}
    place = folder()
    with contextlib.suppress(OSError):
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace(place / f"{mark}.json", json.dumps(kept).encode())
        for old in sorted(place.glob("*.json"), key=lambda one: one.stat().st_mtime)[:-_KEPT]:
            old.unlink()


def _depends_on(source: Source) -> Iterator[bytes]:
    yield f"{compliance.__version__} {sys.version}".encode()
    own = Path(compliance.__file__).parent
    for file in sorted(own.rglob("*.py")):
        state = file.stat()
        yield f"{file.relative_to(own)} {state.st_size} {state.st_mtime_ns}".encode()
    stated = {layer: list(names) for layer, names in source.stated.items()}
    yield json.dumps([source.package, stated], sort_keys=True).encode()
    for path in listed(source.root):
        yield path.encode("utf-8", "surrogateescape")
        if path.endswith(_LOOKED_INTO):
            with contextlib.suppress(OSError):
                yield (source.root / path).read_bytes()


def _plain(details: dict[str, Any]) -> dict[str, Any]:
    return {**details, "places": [asdict(one) for one in details.get("places", ())]}


def _result(label: str, outcome: str, details: dict[str, Any]) -> tuple[str, Outcome, dict[str, Any]]:
    return label, Outcome(outcome), {**details, "places": tuple(Place(**one) for one in details["places"])}
