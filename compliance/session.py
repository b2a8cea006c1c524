"""What the pytest plugin and the command line share: from settings to a runner, and a run that ends cleanly when interrupted."""

from __future__ import annotations

import contextlib
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from compliance import catalogue as book
from compliance.catalogue import Catalogue
from compliance.run import Runner, read_contract
from compliance.settings import Settings
from compliance.target.document import fetch_document
from compliance.target.errors import TargetError
from compliance.target.reach import Target
from compliance.target.serving import load_app, serve

#: What the path of a document looks like, as opposed to that of a service.
_DOCUMENT = re.compile(r"(\.(json|ya?ml)|api-docs)/?$", re.IGNORECASE)


def load_standards(asked: Sequence[str] = (), folders: Sequence[str] = ()) -> Catalogue:
    """The kit's own standard with those that are installed and those asked for, which may lie in the folders.

    Raises CatalogueError.
    """
    if asked:
        _look_in(folders)
    return book.load(dict.fromkeys((book.OWN, *book.installed(), *asked)))


def _look_in(folders: Sequence[str]) -> None:
    """Let modules be imported from there, after all other places."""
    sys.path += [folder for folder in folders if folder not in sys.path]


def document_of(target: str, openapi: str | None, folder: str) -> Mapping[str, Any]:
    """The document of a service at a URL, of an application `module:app`, or the one that lies at a URL or in a file.

    Sends nothing but the requests for the document. Raises TargetError.
    """
    if "://" in target:
        itself = openapi is None and _DOCUMENT.search(urlsplit(target).path)
        return fetch_document(target, target if itself else openapi)
    if (Path(folder) / target).is_file():
        return fetch_document("http://localhost", str(Path(folder) / target))
    if ":" not in target:
        raise TargetError(f"{target} is neither a URL, nor a file here, nor an application MODULE:APP")
    with serve(load_app(target, folder), target) as url:
        return fetch_document(url, openapi)


@contextlib.contextmanager
def prepared(settings: Settings, catalogue: Catalogue) -> Iterator[Runner]:
    """A runner for the target of the settings, which is served meanwhile where it is an application.

    Fetches the document and sends nothing else. Raises TargetError.
    """
    with contextlib.ExitStack() as stack:
        url = settings.url or stack.enter_context(_served(settings))
        contract = read_contract(fetch_document(url, settings.openapi), settings.overrides)
        yield Runner(
            catalogue,
            contract,
            settings.connection(url),
            settings.grants(),
            profile=settings.profile,
            seed=settings.seed,
        )


def _served(settings: Settings) -> contextlib.AbstractContextManager[str]:
    first, *others = settings.folders
    _look_in(others)
    return serve(load_app(settings.app, first), settings.app)


@contextlib.contextmanager
def interruptible(target: Target) -> Iterator[None]:
    """Ctrl-C and SIGTERM raise KeyboardInterrupt, but only between two requests, or after the making of an account.

    A create whose answer nobody reads makes a row that nobody deletes, so the first signal waits for the answer;
    a second one does not.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    gate = _Gate()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, gate.ask) for number in numbers]
    guarded = ("send", "together", "account")
    for name in guarded:
        setattr(target, name, gate.behind(getattr(target, name)))
    try:
        yield
    finally:
        for name in guarded:
            delattr(target, name)
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


class _Gate:
    """Whether a request is on its way, and whether somebody asked to stop meanwhile."""

    def __init__(self) -> None:
        self._inside = 0
        self._asked = False

    def ask(self, *_: object) -> None:
        if self._inside and not self._asked:
            self._asked = True
            return
        raise KeyboardInterrupt

    def behind(self, send: Callable[..., Any]) -> Callable[..., Any]:
        def sending(*arguments: Any, **named: Any) -> Any:
            self._inside += 1
            try:
                return send(*arguments, **named)
            finally:
                self._inside -= 1
                if self._asked and not self._inside:
                    self._asked = False
                    raise KeyboardInterrupt

        return sending
