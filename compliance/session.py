"""What the pytest plugin and the command line share: from settings to a runner, and a run that ends cleanly when interrupted."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from compliance.catalogue import Catalogue, look_in
from compliance.contract.model import Contract
from compliance.inside import Watch
from compliance.report import placing
from compliance.report.handlers import handlers
from compliance.result import Run
from compliance.run import Runner, read_contract
from compliance.settings import Settings
from compliance.source import Source, SourceError, read_source
from compliance.target.base import settled
from compliance.target.connection import Connection
from compliance.target.document import Document, find_document
from compliance.target.errors import TargetError
from compliance.target.hooks import Hooks
from compliance.target.hushing import hushed
from compliance.target.reach import Target
from compliance.target.serving import load_app, serve
from compliance.verdict import Verdict, baseline, decide, reading
from compliance.verdict.tolerance import Tolerance


@contextlib.contextmanager
def prepared(settings: Settings, catalogue: Catalogue, hooks: Hooks | None = None) -> Iterator[Runner]:
    """A runner for the target of the settings, which is served meanwhile where it is an application.

    hooks: what the project of the user says in code.
    Fetches the document, and sends nothing else unless it leaves open where its paths begin. Raises TargetError.
    """
    source = written(settings)
    about: dict[str, Any] = {
        "source": source,
        "profile": settings.profile,
        "seed": settings.seed,
        "hooks": hooks,
    }
    with contextlib.ExitStack() as stack:
        if settings.is_served:
            connection, document, watch = stack.enter_context(_reached(settings))
            contract = read_contract(document.content, settings.overrides)
            runner = Runner(catalogue, contract, connection, settings.grants(), watch=watch, **about)
            runner.run.notes = list(document.notes)
        else:
            runner = Runner(catalogue, None, None, settings.grants(), **about)
        runner.run.remarks = list(settings.notes)
        _place(runner, settings, source)
        runner.run.aim = settings.aim
        yield runner


def tolerance(settings: Settings, catalogue: Catalogue, today: date | None = None) -> Tolerance:
    """What the run lets pass. Raises TargetError, before anything is asked of a service, where a file says it wrongly.

    today: in UTC, as waivers and baselines end.
    """
    today = today or reading.today()
    known = baseline.read(Path(settings.baseline), today) if settings.baseline else None
    if not settings.waivers:
        return Tolerance(today, baseline=known)
    path = Path(settings.waivers)
    name = reading.shown(path)
    if settings.no_waivers:
        return Tolerance(today, baseline=known, remarks=[f"{name} is left aside: --no-waivers"])
    return Tolerance(
        today, reading.read(path, {rule.id for rule in catalogue.rules}, today), known, file=name
    )


def concluded(run: Run, let_pass: Tolerance) -> Verdict:
    """The verdict of a run at its end, which has then let pass what may."""
    let_pass.settle(run)
    return decide(run)


def _place(runner: Runner, settings: Settings, source: Source | None) -> None:
    """Note where the repository states what is judged: an operation by the function that answers it, else by the document."""
    here = Path(settings.folders[0])
    root = placing.repository(here)
    run = runner.run
    operations = runner.reached.contract.operations if runner.reached else ()
    local = settings.openapi and "://" not in settings.openapi
    run.stated = placing.places(
        (name for one in operations for name in (one.label, one.path)),
        root,
        openapi=Path(settings.openapi or "") if local else None,
        configuration=here / settings.file.removesuffix(" [tool.compliance]") if settings.file else None,
    )
    if source is not None:
        run.source = (placing.inside(source.root, root) or "").removeprefix(".")
        for label, place in handlers(source, operations).items():
            run.stated[label] = replace(place, file=f"{run.source}/{place.file}".removeprefix("/"))


def written(settings: Settings) -> Source | None:
    """The source tree of the settings, None where they name none. Raises TargetError where there is nothing to judge."""
    if not settings.source:
        return None
    try:
        allowed = bool(settings.python or settings.source_app)
        app = settings.source_app or (settings.app if allowed else "")
        return read_source(
            Path(settings.source), settings.package, settings.layers, python=settings.python, app=app
        )
    except SourceError as failure:
        raise TargetError(f"{settings.labels.get('source.folder', '--target-source')}: {failure}") from None


def understood(settings: Settings) -> Contract:
    """The contract of the target, or of a saved document where there is none, with the person's corrections.

    Sends what `prepared` sends; what an application prints meanwhile goes to standard error. Raises TargetError.
    """
    if not (settings.url or settings.app):
        saved = find_document(Connection("http://localhost"), settings.openapi)
        return read_contract(saved.content, settings.overrides)
    with contextlib.redirect_stdout(sys.stderr), _reached(settings) as (_, document, _watch):
        return read_contract(document.content, settings.overrides)


@contextlib.contextmanager
def _reached(settings: Settings) -> Iterator[tuple[Connection, Document, Watch | None]]:
    """The way to the target, its document with the base that holds there, and who watches it where it is served here."""
    with contextlib.ExitStack() as stack:
        url, watch = settings.url, None
        if not url:
            url, watch = stack.enter_context(_served(settings))
        connection = settings.connection(url)
        with hushed():
            found = find_document(connection, settings.openapi, credentials=settings.credentials)
            document = settled(found, connection)
        yield connection, document, watch


@contextlib.contextmanager
def _served(settings: Settings) -> Iterator[tuple[str, Watch]]:
    """The application of the settings, served and watched."""
    first, *others = settings.folders
    look_in(others)
    watch = Watch(load_app(settings.app, first), settings.app.partition(":")[0])
    with watch.installed(), serve(watch.app, settings.app) as url:
        yield url, watch


@contextlib.contextmanager
def interruptible(target: Target | None) -> Iterator[None]:
    """Ctrl-C and SIGTERM raise KeyboardInterrupt, but only between two requests, or after the making of an account.

    A create whose answer nobody reads makes a row that nobody deletes, so the first signal waits for the answer;
    a second one does not.
    """
    if target is None or threading.current_thread() is not threading.main_thread():
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
