"""The kit in pytest: one item a rule and subject, which asks the runner. The only module that imports pytest."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from compliance import catalogue as book
from compliance.catalogue import CatalogueError, Level, Outcome
from compliance.report import files, terminal
from compliance.report.document import document
from compliance.result import Result, Run
from compliance.run import Examination, Runner, read_contract
from compliance.settings import Settings
from compliance.target.document import fetch_document
from compliance.target.errors import TargetError
from compliance.target.serving import load_app, serve
from compliance.verdict import Verdict, decide, decisive

SUITE = Path(__file__).with_name("compliance.suite")
_SHORT = {
    Outcome.PASS: "holds",
    Outcome.VIOLATION: "broken",
    Outcome.WAIVED: "waived",
    Outcome.NOT_APPLICABLE: "not applicable",
    Outcome.UNTESTED: "untested",
    Outcome.ERROR: "error of the kit",
}


class Judge:
    """Everything of one session: its settings, its runner, its verdict."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.settings = _settings(config)
        self.run: Run | None = None
        self.verdict: Verdict | None = None
        self.runner: Runner | None = None
        self.catalogue: book.Catalogue | None = None
        self.reports: list[files.Spec] = []
        self._resources = contextlib.ExitStack()

    # -- before anything ---------------------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        with _usage_errors():
            self.settings.check()
            self.reports = [files.parse(spec) for spec in self.settings.reports]
            for spec in self.reports:
                files.check(spec)
        config.addinivalue_line("markers", "rule(id, family, level): a rule of the compliance standard")
        _make_room(config)
        _choose_suite(config)

    def pytest_report_header(self) -> str:
        return f"compliance: judging {self.settings.url or self.settings.app}"

    def pytest_sessionstart(self) -> None:
        with _usage_errors():
            self.catalogue = book.load(self.settings.standards)
            url = self.settings.url or self._serve()
            contract = read_contract(fetch_document(url, self.settings.openapi))
            self.runner = Runner(
                self.catalogue,
                contract,
                url,
                self.settings.grants(),
                profile=self.settings.profile,
                seed=self.settings.seed,
                rate=self.settings.rate,
            )

    def _serve(self) -> str:
        folder = str(self.config.invocation_params.dir)
        return self._resources.enter_context(serve(load_app(self.settings.app, folder), self.settings.app))

    # -- collecting --------------------------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        if file_path != SUITE:
            return None
        return Suite.from_parent(parent, path=file_path, nodeid=SUITE.name, judge=self)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Phases in order, for the eye; the runner keeps them whatever happens here."""
        ours = sorted(
            (item for item in items if isinstance(item, Verification)), key=lambda i: i.examination.rule.phase
        )
        items[:] = [item for item in items if not isinstance(item, Verification)] + list(ours)

    # -- running -----------------------------------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Iterator[None]:
        ours = [item for item in session.items if isinstance(item, Verification)]
        if self.runner is None or not ours or self.config.option.collectonly:
            return (yield)
        self.runner.select(item.examination for item in ours)
        with _terminable():
            try:
                with _usage_errors():
                    self.runner.start()
                return (yield)
            finally:
                self.run = self.runner.finish()

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        self._resources.close()
        if self.run is None or not self.run.results or self.catalogue is None:
            return
        self.verdict = decide(self.run)
        if exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            others = [i for i in session.items if not isinstance(i, Verification)]
            broken = bool(others) and exitstatus == pytest.ExitCode.TESTS_FAILED
            session.exitstatus = pytest.ExitCode.TESTS_FAILED if broken else self.verdict.exit_status
        with _usage_errors():
            for spec in self.reports:
                files.write(spec, document(self.run, self.verdict, self.catalogue))

    def pytest_unconfigure(self) -> None:
        self._resources.close()

    # -- telling -----------------------------------------------------------------------------------------------

    def pytest_report_teststatus(self, report: Any) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
        properties = dict(getattr(report, "user_properties", ()))
        if report.when == "call" and report.passed and properties.get("outcome") == Outcome.VIOLATION:
            return "warnings", "W", ("SHOULD BROKEN", {"yellow": True})
        return None

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self.run is None or self.verdict is None or self.catalogue is None:
            return
        writer = terminalreporter._tw
        text = terminal.render(
            self.run,
            self.verdict,
            self.catalogue,
            colour=writer.hasmarkup and terminal.wants_colour(sys.stdout, os.environ),
            width=writer.fullwidth,
            unicode=terminal.wants_unicode(sys.stdout),
        )
        terminalreporter.ensure_newline()
        terminalreporter.write_line(text)


class Suite(pytest.File):
    """The packaged suite: its items come from the catalogue and the target's document."""

    def __init__(self, *, judge: Judge, **how: Any) -> None:
        super().__init__(**how)
        self.judge = judge

    def collect(self) -> Iterator[pytest.Item]:
        if self.judge.runner is None:
            return
        for examination in self.judge.runner.planned:
            yield Verification.from_parent(self, examination=examination, runner=self.judge.runner)


class Verification(pytest.Item):
    """One rule on one subject."""

    def __init__(self, *, examination: Examination, runner: Runner, parent: pytest.Collector, **how: Any) -> None:
        # A text as node id: pytest 9.2 parses it, older ones take it as it is.
        super().__init__(name=examination.name, parent=parent, nodeid=f"{parent.nodeid}::{examination.name}", **how)
        self.examination = examination
        self.runner = runner
        rule = examination.rule
        self.add_marker(pytest.mark.rule(id=rule.id, family=rule.family, level=str(rule.level)))
        self.add_marker(pytest.mark.timeout(0)) if self.config.pluginmanager.hasplugin("timeout") else None
        self.extra_keyword_matches |= {rule.id, rule.family, str(rule.level)}

    def runtest(self) -> None:
        result = self.runner.result(self.examination)
        self.user_properties += [
            ("rule", result.rule.id),
            ("level", str(result.level)),
            ("outcome", str(result.outcome)),
        ]
        if result.outcome is Outcome.PASS:
            return
        if result.outcome is Outcome.VIOLATION and decisive(result, self.runner.run.profile):
            raise Broken(result)
        if result.outcome is Outcome.VIOLATION:
            return
        if result.outcome is Outcome.ERROR:
            raise Broken(result)
        pytest.skip(f"{_SHORT[result.outcome]}: {result.reason}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, Broken):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, self.name


class Broken(Exception):  # noqa: N818
    """An item that fails, in a few words; the report below says the rest."""

    def __init__(self, result: Result) -> None:
        weight = "" if result.level is Level.MUST else " (SHOULD, decisive under the profile strict)"
        if result.outcome is Outcome.ERROR:
            super().__init__(f"{result.rule.id} could not be judged: {result.reason}")
            return
        super().__init__(
            f"{result.rule.id} {result.rule.title}{weight}\n  expected {result.expected}\n  observed {result.observed}"
        )


def _settings(config: pytest.Config) -> Settings:
    option = config.getoption
    with _usage_errors():
        try:
            seed = int(option("--compliance-seed"))
        except ValueError:
            raise TargetError(f"--compliance-seed={option('--compliance-seed')} is not a whole number") from None
        return Settings(
            url=(option("--target-url") or "").rstrip("/"),
            app=option("--target-app") or "",
            openapi=option("--openapi"),
            profile=option("--compliance-profile"),
            seed=seed,
            allow_writes=option("--allow-writes"),
            allow_destructive=option("--allow-destructive"),
            standards=("compliance", *option("--compliance-standard")),
            reports=tuple(option("--compliance-report")),
        )


@contextlib.contextmanager
def _usage_errors() -> Iterator[None]:
    """What cannot work is said in one message, without a traceback, and ends with exit status 4."""
    try:
        yield
    except (TargetError, CatalogueError, files.ReportError) as complaint:
        raise pytest.UsageError(f"compliance: {complaint}") from None


@contextlib.contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM ends a run as Ctrl-C does, so that what was created is deleted."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _choose_suite(config: pytest.Config) -> None:
    """Without paths only the kit's suite is collected; `compliance.suite::…` from a report works as a path."""
    source = config.ArgsSource
    if config.args_source in (source.INVOCATION_DIR, source.TESTPATHS):
        config.args = [str(SUITE)]
        return
    config.args = [
        str(SUITE) + arg[len(SUITE.name) :] if arg == SUITE.name or arg.startswith(f"{SUITE.name}::") else arg
        for arg in config.args
    ]


def _make_room(config: pytest.Config) -> None:
    """Switch off what other plugins of the project would do to a run that is not theirs."""
    schemathesis = config.pluginmanager.get_plugin("schemathesis")
    if schemathesis is not None:  # it ends every ASGI lifespan after each item
        config.pluginmanager.unregister(schemathesis)
    if getattr(config.option, "numprocesses", None):  # splitting a run loses the evidence of its rules
        config.option.numprocesses = config.option.maxprocesses = None
        config.option.dist = "no"
        config.option.tx = []
        print(
            "compliance: xdist is switched off for this run, whose rules share their evidence",
            file=sys.stderr,
        )
    if hasattr(config.option, "cov_fail_under"):
        config.option.cov_fail_under = None
        config.option.no_cov = True
