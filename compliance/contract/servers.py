"""Where the document says that its paths begin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from compliance.contract.resolve import mapping, sequence

if TYPE_CHECKING:
    from collections.abc import Mapping


def base_path_of(document: Mapping[str, Any]) -> str:
    """The path that the document puts before all others: `basePath` of 2.0, a server without a host of 3.x.

    A server with a host speaks of another place, so it says nothing about the target; see `paths_of_servers`.
    """
    if "swagger" in document:
        return clean(str(document.get("basePath") or ""))
    relative = [path for host, path in _servers(document) if not host]
    return relative[0] if relative else ""


def paths_of_servers(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Every path that a server of the document has, with or without a host, for who has to try them."""
    return tuple(dict.fromkeys(path for _, path in _servers(document) if path))


def clean(path: str) -> str:
    """A path with an opening slash and no closing one; the root is the empty text."""
    stripped = path.strip("/")
    return f"/{stripped}" if stripped else ""


def _servers(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = []
    for server in map(mapping, sequence(document.get("servers"))):
        url = str(server.get("url") or "")
        for name, variable in mapping(server.get("variables")).items():
            url = url.replace(f"{{{name}}}", str(mapping(variable).get("default", "")))
        try:
            parts = urlsplit(url)
        except ValueError:
            continue
        if "{" not in parts.path:
            found.append((parts.netloc, clean(parts.path)))
    return found
