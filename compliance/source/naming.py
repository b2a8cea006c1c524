"""Under which names the files of a project are imported, and which of its packages is the service."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

_IMPORT = re.compile(r"(?m)^[ \t]*(?:from|import)[ \t]+([A-Za-z_]\w*)")
_APPLICATION = re.compile(r"\bFastAPI\s*\(")


class PackageError(Exception):
    """Which package is the service cannot be told; the message says what there is to choose from."""


def module_names(texts: Mapping[str, str]) -> dict[str, str]:
    """Path -> the name under which the project imports that file.

    A folder on the way is a package if the project imports it by its name; else one with `__init__.py` is.
    """
    imported = Counter(name for text in texts.values() for name in _IMPORT.findall(text))
    packages = {
        str(PurePosixPath(path).parent) for path in texts if PurePosixPath(path).name == "__init__.py"
    }
    return {path: _name(PurePosixPath(path), imported, packages) for path in texts}


def _name(path: PurePosixPath, imported: Mapping[str, int], packages: set[str]) -> str:
    parts = path.with_suffix("").parts
    below = parts[:-1] if parts[-1] == "__init__" else parts
    folders = parts[:-1]
    known = [start for start in range(len(folders)) if folders[start] in imported]
    start = max(known, key=lambda at: (imported[folders[at]], -at)) if known else _climbed(folders, packages)
    return ".".join(below[start:]) or path.parent.name or path.stem


def _climbed(folders: tuple[str, ...], packages: set[str]) -> int:
    """Where the outermost package begins that encloses a file; only just around it there may be folders without `__init__.py`."""
    ends = (end for end in range(len(folders), 0, -1) if "/".join(folders[:end]) in packages)
    start = next(ends, len(folders))
    while start and "/".join(folders[:start]) in packages:
        start -= 1
    return start


def service_package(texts: Mapping[str, str], names: Mapping[str, str], wanted: str = "") -> str:
    """The package with the application, empty where the modules lie side by side. Raises PackageError."""
    tops = sorted({name.partition(".")[0] for name in names.values()})
    if wanted:
        if not any(is_within(name, wanted) for name in names.values()):
            raise PackageError(f"there is no package {wanted}; there is {_listed(tops)}")
        return wanted
    making = {names[path] for path, text in texts.items() if _APPLICATION.search(text)}
    packages = {name.partition(".")[0] for name in making if "." in name or _is_package(name, names)}
    if making and not packages:
        return ""
    candidates = packages or ({top for top in tops if _is_package(top, names)} if not making else set())
    if len(candidates) > 1:
        raise PackageError(f"more than one package may be the service: {_listed(sorted(candidates))}")
    return next(iter(candidates), "")


def _is_package(name: str, names: Mapping[str, str]) -> bool:
    return any(one.startswith(f"{name}.") for one in names.values()) or f"{name}/__init__.py" in names


def with_imported(package: str, texts: Mapping[str, str], names: Mapping[str, str]) -> set[str]:
    """The package with those of the project that it imports, and what these import."""
    by_top: dict[str, set[str]] = {}
    for path, text in texts.items():
        by_top.setdefault(names[path].partition(".")[0], set()).update(_IMPORT.findall(text))
    found, waiting = set[str](), [package.partition(".")[0]]
    while waiting:
        top = waiting.pop()
        if top not in found:
            found.add(top)
            waiting += by_top.get(top, set()) & set(by_top)
    return found


def is_within(name: str, package: str) -> bool:
    """Whether a module is the package or lies in it."""
    return name == package or name.startswith(f"{package}.")


def _listed(names: Iterable[str]) -> str:
    shown = list(names)
    return ", ".join(shown[:8]) + (" …" if len(shown) > 8 else "") if shown else "none"
