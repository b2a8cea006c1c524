"""Where the paths of the document begin at this target: settled from the document, else by asking a few of its GETs.

A document names the servers that its author had in mind; a target is often another one, behind a proxy that cuts a
prefix off, or without that proxy. What is in doubt is asked before the contract is read, because the base is part of
every operation's name: a plan made with the wrong one would be a plan of another service.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from compliance.contract.operations import operations_of
from compliance.contract.resolve import Resolver
from compliance.contract.servers import HOST, bases, clean, rebased
from compliance.target.connection import Connection, origin, printable, root
from compliance.target.document import Document
from compliance.target.download import Downloads
from compliance.target.errors import TargetError
from compliance.target.intentions import changes_things

#: Operations that are asked below each base at most.
PROBES = 3


def settled(document: Document, connection: Connection) -> Document:
    """The document with the base that holds at the target for its only server.

    Sends nothing where the document leaves no doubt, else up to three anonymous GETs below each base in question,
    none of them with a parameter in its path or a name that says that it changes things.
    Raises TargetError where the paths begin above the target's own path.
    """
    content, target = document.content, connection.base_url
    if not isinstance(content.get("paths"), Mapping):
        return document
    possible = bases(content, document.place, target)
    base = possible[0] if len(possible) == 1 else _found(content, possible, connection)
    if base != HOST and clean(urlsplit(target).path) and _is_outside(document.place, target):
        _make_sure(content, base, connection)
    moved, notes = rebased(content, base, document.place, target)
    return Document(moved, document.place, (*document.notes, *notes))


def _found(content: Mapping[str, Any], possible: tuple[str, ...], connection: Connection) -> str:
    """The base below which most of the paths are there; the likeliest where nothing tells."""
    target = connection.base_url.rstrip("/")
    paths = _askable(content, urlsplit(target).path if HOST in possible else "")
    there: dict[str, int] = {}
    with Downloads(connection) as web:
        for base in possible:
            start = root(target) if base == HOST else target + base
            pages = [web.get(start + path) for path in paths]
            if pages and all(page.found and not page.html for page in pages):
                return base
            there[base] = sum(page.status != 404 and not page.html for page in pages)
    return max(possible, key=lambda base: there[base])


def _is_outside(place: str, target: str) -> bool:
    """The document was served by the target's host, though not below the target's own path."""
    return origin(place) == origin(target) and not place.startswith(f"{target.rstrip('/')}/")


def _make_sure(content: Mapping[str, Any], base: str, connection: Connection) -> None:
    """Raises TargetError where none of a few paths is there below the target's own path, but one is without it."""
    target = connection.base_url.rstrip("/")
    paths = _askable(content, "")
    with Downloads(connection) as web:

        def is_there(start: str) -> bool:
            pages = (web.get(start + path) for path in paths)
            return any(page.status != 404 and not page.html for page in pages)

        if paths and not is_there(target + base) and is_there(root(target) + base):
            raise TargetError(
                f"{printable(target + base)} has none of the paths of its document ({', '.join(paths)}: 404), "
                f"but the host has them without that beginning: try --target-url={printable(root(target))}"
            )


def _askable(content: Mapping[str, Any], begin: str) -> list[str]:
    """Paths of harmless GETs, those with that beginning first."""
    plain, _ = rebased(content, "", "", "")
    operations = operations_of(plain, Resolver(plain))
    found = [
        operation.path
        for operation in operations
        if operation.method == "GET"
        and "{" not in operation.path
        and not changes_things(operations, operation)
    ]
    return sorted(dict.fromkeys(found), key=lambda path: not path.startswith(begin))[:PROBES]
