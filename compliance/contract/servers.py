"""Where the document says that its paths begin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from compliance.contract.resolve import mapping, sequence

#: The base of a document whose paths begin at the root of the host although the target has a path of its own.
HOST = "//"
_PORTS = {"http": 80, "https": 443}


def base_path_of(document: Mapping[str, Any]) -> str:
    """The path that the document puts before all others: `basePath` of 2.0, a server without a host of 3.x.

    A server with a host speaks of another place, so it says nothing about the target; see `bases`.
    """
    if "swagger" in document:
        return clean(str(document.get("basePath") or ""))
    relative = [path for url in _urls(document) if (path := _relative(url)) is not None]
    return relative[0] if relative else ""


def bases(document: Mapping[str, Any], place: str, target: str) -> tuple[str, ...]:
    """What may stand before the document's paths as seen from the target, likeliest first; one alone is certain.

    place: the URL that the document came from, which its servers are relative to. target: the target's base URL,
    whose own path may be a part of a server's path, or of the document's paths, already.
    """
    own, home = clean(urlsplit(target).path), _home(place, target)
    found = [_beneath(clean(urlsplit(url).path), own) for url in _absolute(document, home)]
    found = list(dict.fromkeys(found))
    here = clean(urlsplit(home).path) + "/"
    for base in found:
        if base and place == home and here.startswith(f"{own}{base}/"):
            return (base,)
    if any(_all_begin_with(document, base) for base in found if base):
        found = ["", *found]
    if own and _some_begin_with(document, own):
        found = [HOST, *found]
    return tuple(dict.fromkeys([*found, ""]))


def rebased(
    document: Mapping[str, Any], base: str, place: str, target: str
) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """The document with `base` for its only server, and sentences on the paths that it says to be somewhere else.

    A path or operation with servers of its own moves to where these put it, or out of the document where that is
    another host than those of the document and the target.
    """
    moved = _Moved(document, base, place, target)
    paths, notes = moved.paths(), moved.notes()
    if "swagger" in document:
        return {**document, "basePath": "/" if moved.folded else base or "/", "paths": paths}, notes
    return {**document, "servers": [{"url": "/" if moved.folded else base or "/"}], "paths": paths}, notes


def clean(path: str) -> str:
    """A path with an opening slash and no closing one; the root is the empty text."""
    stripped = path.strip("/")
    return f"/{stripped}" if stripped else ""


class _Moved:
    """The paths of a document, each where its own servers put it."""

    def __init__(self, document: Mapping[str, Any], base: str, place: str, target: str) -> None:
        self._document, self._base = document, base
        self._own, self._home = clean(urlsplit(target).path), _home(place, target)
        urls = _absolute(document, self._home)
        self._near = {_origin(url) for url in (*urls, self._home, target)}
        #: what the document's own servers say of the base that was settled on
        self._told = _beneath(clean(urlsplit(urls[0]).path), self._own) if urls else ""
        self._left: dict[str, list[str]] = {}
        self.folded = base == HOST or any(
            sequence(node.get("servers"))
            for item in self._items().values()
            for node in (item, *_operations(item).values())
        )

    def paths(self) -> Mapping[str, Any]:
        if not self.folded:
            return mapping(self._document.get("paths"))
        made: dict[str, dict[str, Any]] = {}
        for path, item in self._items().items():
            shared = {
                name: value for name, value in item.items() if name not in _METHODS and name != "servers"
            }
            for method, operation in _operations(item).items():
                base = self._base_of(operation, item)
                if base is None:
                    place = f"at {_first(operation, item)}, which is another host"
                    self._left.setdefault(place, []).append(f"{method.upper()} {path}")
                    continue
                rest = {name: value for name, value in operation.items() if name != "servers"}
                made.setdefault(base.removeprefix(HOST) + path, dict(shared))[method] = rest
            if not _operations(item) and self._base != HOST:
                made.setdefault(self._base + path, dict(shared))
        return made if self._base != HOST else self._below_target(made)

    def _below_target(self, made: Mapping[str, Any]) -> dict[str, Any]:
        """Paths of the host as paths of the target; what is not below it is no part of it."""
        inside = {path: item for path, item in made.items() if path.startswith(f"{self._own}/")}
        self._left |= {f"outside of {self._own}": [path for path in made if path not in inside]}
        return {path[len(self._own) :]: item for path, item in inside.items()}

    def notes(self) -> tuple[str, ...]:
        return tuple(
            f"the document puts {', '.join(labels[:3])}{' and others' if len(labels) > 3 else ''} "
            f"{place}: left out"
            for place, labels in self._left.items()
            if labels
        )

    def _items(self) -> dict[str, Mapping[str, Any]]:
        return {str(path): mapping(item) for path, item in mapping(self._document.get("paths")).items()}

    def _base_of(self, operation: Mapping[str, Any], item: Mapping[str, Any]) -> str | None:
        for node in (operation, item):
            urls = _absolute(node, self._home)
            near = [url for url in urls if _origin(url) in self._near]
            if near:
                return self._as_settled(_beneath(clean(urlsplit(near[0]).path), self._own))
            if urls:
                return None
        return self._base

    def _as_settled(self, base: str) -> str:
        """Where the target was found to begin elsewhere than the document says, its other servers do as well."""
        if f"{base}/".startswith(f"{self._told}/"):
            return self._base + base[len(self._told) :]
        return base


_METHODS = frozenset({"get", "put", "post", "delete", "patch", "head", "options", "trace", "query"})


def _operations(item: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {name: value for name, value in item.items() if name in _METHODS and isinstance(value, Mapping)}


def _first(operation: Mapping[str, Any], item: Mapping[str, Any]) -> str:
    return next((url for node in (operation, item) for url in _urls(node)), "")


def _all_begin_with(document: Mapping[str, Any], base: str) -> bool:
    paths = mapping(document.get("paths"))
    return bool(paths) and all(str(path).startswith(f"{base}/") for path in paths)


def _some_begin_with(document: Mapping[str, Any], base: str) -> bool:
    return any(str(path).startswith(f"{base}/") for path in mapping(document.get("paths")))


def _home(place: str, target: str) -> str:
    """What the document's servers are relative to: its own place, the target where it was saved or is elsewhere."""
    if urlsplit(place).scheme in _PORTS and _origin(place) == _origin(target):
        return place
    return f"{target.rstrip('/')}/"


def _beneath(path: str, own: str) -> str:
    """A path of the host as seen from a target that has a path of its own, which need not be written twice."""
    if f"{path}/".startswith(f"{own}/"):
        return path[len(own) :]
    return "" if f"{own}/".endswith(f"{path}/") else path


def _absolute(node: Mapping[str, Any], home: str) -> list[str]:
    urls = [str(node.get("basePath") or "/")] if "swagger" in node else list(_urls(node))
    found = []
    for url in urls:
        try:
            joined = urljoin(home, url)
            _ = urlsplit(joined).port
        except ValueError:
            continue
        found.append(joined)
    return found


def _urls(node: Mapping[str, Any]) -> Iterator[str]:
    """The servers of a document, path or operation, with the defaults of their variables."""
    for server in map(mapping, sequence(node.get("servers"))):
        # an empty URL means the root in practice, though by the letter it would be the document's own place
        url = str(server.get("url") or "/")
        for name, variable in mapping(server.get("variables")).items():
            url = url.replace(f"{{{name}}}", str(mapping(variable).get("default", "")))
        if "{" not in url:
            yield url


def _relative(url: str) -> str | None:
    """The path of a server without a host, None for another."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return None if parts.netloc else clean(parts.path)


def _origin(url: str) -> tuple[str, int]:
    """Host and port; `http` and `https` of one host are one service here."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    here = host in ("localhost", "0.0.0.0", "::1") or host.startswith("127.")  # noqa: S104 - a name in a document
    return ("localhost" if here else host), parts.port or _PORTS.get(parts.scheme, 0)
