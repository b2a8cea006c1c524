"""The OpenAPI document of a service: given or found by itself, read, and made one piece."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import httpx

from compliance.target.connection import Connection, origin, printable, root
from compliance.target.credentials import Credentials, Presentation
from compliance.target.discovery import Found, Search
from compliance.target.download import Downloads
from compliance.target.errors import TargetError
from compliance.target.reading import LARGEST, read_document
from compliance.target.references import bundle

#: How a request says who asks: headers, or what signs it.
Proof = tuple[Mapping[str, str], httpx.Auth | None]


@dataclass(frozen=True)
class Document:
    """The content, every reference a local one; the URL or file it came from; sentences on what could not be read."""

    content: Mapping[str, Any]
    place: str
    notes: tuple[str, ...] = ()


def fetch_document(
    connection: Connection | str,
    given: str | None = None,
    *,
    credentials: Mapping[str, Credentials] | None = None,
) -> Mapping[str, Any]:
    """The content of `find_document`; a text for a connection is the target's URL."""
    way = Connection(connection) if isinstance(connection, str) else connection
    return find_document(way, given, credentials=credentials).content


def find_document(
    connection: Connection, given: str | None = None, *, credentials: Mapping[str, Credentials] | None = None
) -> Document:
    """The document at `given` (a path or a URL), else at the usual places of the target.

    The credentials are used at the target's own origin, and there only where it wants to know who asks.
    Raises TargetError with what was tried and what to do.
    """
    check_url(connection.base_url, "--target-url")
    if given and "://" not in given:
        return _of_file(given)
    proofs = _proofs(credentials or {})
    if not given:
        return _searched(connection, proofs)
    check_url(given, "--openapi")
    if origin(given) == origin(connection.base_url):
        return _of_url(connection, given, proofs)
    return _of_url(replace(connection, base_url=root(given)), given, {})


def check_url(url: str, option: str) -> None:
    """Raises TargetError unless the URL has a scheme of the web and a host."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as failure:
        raise TargetError(f"{option}={printable(url)} is not a URL: {failure}") from None
    if parts.scheme in ("http", "https") and not parts.hostname:
        raise TargetError(
            f"{option}={printable(url)} names no host: write it, for instance {option}=http://127.0.0.1:8000"
        )
    if parts.scheme not in ("http", "https"):
        host = url.split("://")[-1]
        guess = printable(f"http://{host}") if host.strip("/")[:1] == host[:1] else "http://127.0.0.1:8000"
        raise TargetError(
            f"{option}={printable(url)} is not a URL of the web: write the scheme, for instance {option}={guess}"
        )


# -- by search -------------------------------------------------------------------------------------------------


def _searched(connection: Connection, proofs: Mapping[str, Proof]) -> Document:
    with Downloads(connection) as web:
        search = Search(web)
        if found := search.everywhere(connection.base_url):
            return _whole(found, web)
    closed = search.denied()
    for headers, auth in proofs.values() if closed else ():
        with Downloads(connection, headers=headers, auth=auth) as web:
            again = Search(web)
            if found := again.among(closed):
                return _whole(found, web)
    raise _not_found(connection, search, tuple(proofs))


def _not_found(connection: Connection, search: Search, names: tuple[str, ...]) -> TargetError:
    if search.complaints:
        return search.complaints[0]
    begin = (
        f"{printable(connection.base_url)} has no OpenAPI document at the usual places ({search.report()})"
    )
    if connection.proxy:
        begin += f", asked through the proxy {printable(connection.proxy)} that the environment names"
    moved = {root(page.elsewhere) for page in search.tried.values() if page and page.elsewhere}
    if len(moved) == 1:
        return TargetError(f"{begin}. It sends to another origin: try --target-url={printable(moved.pop())}")
    if search.elsewhere:
        return TargetError(
            f"{begin}. Its documentation names another origin: --openapi={printable(search.elsewhere[0])}"
        )
    if search.denied():
        return TargetError(f"{begin}. {_key_needed(names)}")
    return TargetError(f"{begin}. Say where it is: --openapi=URL, or --openapi=FILE for a saved copy")


def _key_needed(names: tuple[str, ...]) -> str:
    if names:
        return f"The credentials of {', '.join(names)} did not open it. Give a saved copy: --openapi=FILE"
    return (
        "It may lie behind a login, and without it the kit does not know how to log in. Give a saved copy: "
        "--openapi=FILE, or a token or basic credentials for alice or admin, which need no login"
    )


def _proofs(credentials: Mapping[str, Credentials]) -> dict[str, Proof]:
    """Ways to say who asks that need no login, by name; alice first, for she is to see what users see."""
    found: dict[str, Proof] = {}
    for name in sorted(
        credentials, key=lambda one: ("alice", "admin").index(one) if one in ("alice", "admin") else 2
    ):
        own = credentials[name]
        if own.auth is not None:
            found[name] = ({}, own.auth)
        elif own.token:
            found[name] = (dict((own.presentation or Presentation()).headers(own.token)), None)
        elif own.basic and own.username:
            found[name] = ({}, httpx.BasicAuth(own.username, own.password))
    return found


# -- where it was said to be -----------------------------------------------------------------------------------


def _of_url(connection: Connection, url: str, proofs: Mapping[str, Proof]) -> Document:
    for headers, auth in (({}, None), *proofs.values()):
        with Downloads(connection, headers=headers, auth=auth) as web:
            page = web.get(url)
            if page.found:
                return _whole(Found(read_document(page.body, printable(page.url)), page.url), web)
        if not page.denied:
            break
    if page.denied:
        raise TargetError(
            f"{printable(url)} answered {page.status}: it wants to know who asks. {_key_needed(tuple(proofs))}"
        )
    leads = f" to {printable(page.elsewhere)}, which is another origin" if page.elsewhere else ""
    raise TargetError(
        f"{printable(url)} answered {page.status}{leads}, not an OpenAPI document. Say where it is: --openapi=URL_OR_FILE"
    )


def _of_file(given: str) -> Document:
    path = Path(given)
    text = read_document(_bytes(path, f"--openapi={given}"), given)
    folder = path.resolve().parent

    def refuse(place: str) -> str | None:
        parts = urlsplit(place)
        if parts.scheme != "file" or parts.netloc:
            return "the kit does not fetch for a saved copy"
        if not _path_of(place).is_relative_to(folder):
            return f"is outside of {folder} and was not read"
        return None

    def fetch(place: str) -> bytes:
        file = _path_of(place)
        return _bytes(file, str(file))

    notes = bundle(text.content, path.resolve().as_uri(), fetch, refuse)
    return Document(text.content, given, (*text.notes, *notes))


def _path_of(place: str) -> Path:
    return Path(url2pathname(urlsplit(place).path)).resolve()


def _bytes(path: Path, words: str) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise TargetError(f"{words} has {path.stat().st_size:,} bytes; the kit reads at most {LARGEST:,}")
        return path.read_bytes()
    except OSError as failure:
        raise TargetError(f"{words} cannot be read: {failure.strerror or failure}") from None


# -- made one piece --------------------------------------------------------------------------------------------


def _whole(found: Found, web: Downloads) -> Document:
    own = origin(found.place)

    def refuse(place: str) -> str | None:
        parts = urlsplit(place)
        if parts.scheme not in ("http", "https"):
            return "is no address of the web and was not read"
        return None if origin(place) == own else "is at another host and was not asked"

    def fetch(place: str) -> bytes:
        page = web.get(place)
        if not page.found:
            raise TargetError(f"it answered {page.status}")
        return page.body

    notes = bundle(found.text.content, found.place, fetch, refuse)
    return Document(found.text.content, found.place, (*found.text.notes, *notes))
