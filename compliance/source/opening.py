"""Opening a project: which of its files, and which package, are the service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

from compliance.source.files import files_of
from compliance.source.naming import PackageError, is_within, module_names, service_package, with_imported
from compliance.source.parsing import UNREADABLE, read, why_unread
from compliance.source.tree import Source


class SourceError(Exception):
    """There is nothing to judge; the message says what was looked for and what to say instead."""


def read_source(
    root: Path,
    package: str = "",
    layers: Mapping[str, Sequence[str]] | None = None,
    *,
    python: str = "",
    app: str = "",
) -> Source:
    """Read a project. python, app: who may import the application, and which, if somebody allowed it.

    Raises SourceError where there is no Python, or more than one package that may be meant."""
    if not root.is_dir():
        raise SourceError(f"{root} is no folder")
    files = files_of(root)
    top = package.partition(".")[0]
    texts, unread = _texts(
        root, [path for path in files.own if not top or top in PurePosixPath(path).with_suffix("").parts]
    )
    unread |= dict.fromkeys(files.closed, "the folder cannot be opened")
    if not texts and not unread:
        raise SourceError(
            f"{root} holds no Python of a service: nothing but tests, migrations and scripts, if anything"
        )
    names = module_names(texts)
    try:
        chosen = service_package(texts, names, package)
    except PackageError as failure:
        raise SourceError(f"{failure}: say which with --target-package=NAME") from None
    kept = {package} if package else with_imported(chosen, texts, names)
    mine = {
        path: text
        for path, text in texts.items()
        if not chosen or any(is_within(names[path], one) for one in kept)
    }
    return Source(root, chosen, files, mine, names, unread, layers or {}, python, app)


def _texts(root: Path, paths: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
    texts: dict[str, str] = {}
    unread: dict[str, str] = {}
    for path in paths:
        try:
            texts[path] = read(root / path)
        except UNREADABLE as failure:
            unread[path] = why_unread(failure)
    return texts, unread
