"""The kit in pytest: one item a rule and subject, which asks the runner. The only module that imports pytest."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from compliance.catalogue import Catalogue, CatalogueError, Level, Outcome, load_standards
from compliance.depths import Examination
from compliance.report import files, pulse, terminal
from compliance.report.document import document
from compliance.report.view import Report
from compliance.result import Result, Run
from compliance.run import Runner
from compliance.session import concluded, interruptible, prepared, tolerance
from compliance.settings import Settings
from compliance.target.connection import printable
from compliance.target.errors import TargetError, TargetGone
from compliance.target.hooks import Hooks
from compliance.verdict import decisive
from compliance.verdict.tolerance import Tolerance

_log = logging.getLogger(__name__)

#: The name of the suite in node ids; there is no file of that name.
SUITE = "compliance.suite"
#: Items that fail for one cause and say so in full.
IN_FULL = 3
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
        with _usage_errors():
            self.settings = Settings.of(config.getoption, config.invocation_params.dir)
        self.run: Run | None = None
        self.report: Report | None = None
        self.runner: Runner | None = None
        self.catalogue: Catalogue | None = None
        self.tolerance: Tolerance | None = None
        self.reports: list[files.Spec] = []
        #: how often each cause of each rule was shown
        self.shown: Counter[tuple[str, str]] = Counter()
        self.wanted: list[str] = []
        self._resources = contextlib.ExitStack()

    # -- before anything ---------------------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        with _usage_errors():
            self.settings.check()
            self.reports = files.asked(self.settings.reports)
        config.addinivalue_line("markers", "rule(id, family, level): a rule of the compliance standard")
        self.wanted = _choose_suite(config)
        _make_room(config)

    def pytest_report_header(self) -> str:
        by = f", configured by {self.settings.file}" if self.settings.file else ""
        return f"compliance: judging {self._what()}{by}"

    def _what(self) -> str:
        named = (
            printable(self.settings.url) or self.settings.app,
            self.settings.source and f"the source in {self.settings.source}",
        )
        return " and ".join(part for part in named if part)

    def pytest_sessionstart(self) -> None:
        with _usage_errors():
            self.catalogue = load_standards(self.settings.standards, self.settings.folders)
            self.tolerance = tolerance(self.settings, self.catalogue)
            ready = prepared(self.settings, self.catalogue, self._hooks())
            self.runner = self._resources.enter_context(ready)

    def _hooks(self) -> Hooks:
        """What the project says in its conftest.py."""
        ask = self.config.hook
        return Hooks(
            lambda name, url: ask.pytest_compliance_actor(name=name, target_url=url),
            lambda operation, body: ask.pytest_compliance_payload(operation=operation, body=body),
        )

    # -- collecting --------------------------------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(
        self, session: pytest.Session, items: list[pytest.Item]
    ) -> Iterator[None]:
        """Add the suite's items before others deselect and shuffle, and put what is left in the order of phases.

        They are not collected from a path, because pytest would then import every conftest.py above it.
        """
        items += self._collect(session)
        yield
        ours = sorted((item for item in items if isinstance(item, Verification)), key=lambda item: item.place)
        items[:] = [item for item in items if not isinstance(item, Verification)] + list(ours)

    def _collect(self, session: pytest.Session) -> list[pytest.Item]:
        if not self.wanted or self.runner is None:
            return []
        suite = Suite.from_parent(session, path=session.path / SUITE, nodeid=SUITE, judge=self)
        report = session.ihook.pytest_make_collect_report(collector=suite)
        session.ihook.pytest_collectreport(report=report)
        items = [item for item in report.result or [] if isinstance(item, Verification)]
        for name in self.wanted:
            if not any(_is_called(item.examination, name) for item in items):
                raise pytest.UsageError(
                    f"compliance: {SUITE}::{name} is not in this run; --collect-only lists what is"
                )
        return list(items)

    # -- running -----------------------------------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Iterator[None]:
        ours = [item for item in session.items if isinstance(item, Verification)]
        if self.runner is None or not ours or self.config.option.collectonly:
            return (yield)
        self.runner.select(item.examination for item in ours)
        with interruptible(self.runner.reached):
            try:
                with self._sign_of_life(self.runner):
                    with _usage_errors():
                        self.runner.start()
                    return (yield)
            finally:
                self.run = self.runner.finish()

    def _sign_of_life(self, runner: Runner) -> contextlib.AbstractContextManager[None]:
        """A line now and then, for an item may take long; none where somebody asked for quiet."""
        if self.config.option.verbose < 0 or not self.config.pluginmanager.hasplugin("terminalreporter"):
            return contextlib.nullcontext()
        return pulse.beside(lambda: f"compliance: {runner.progress}", sys.stderr)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        self._resources.close()
        if self.run is None or not self.run.results or self.catalogue is None or self.tolerance is None:
            return
        verdict = concluded(self.run, self.tolerance)
        self.report = Report(document(self.run, verdict, self.catalogue))
        if exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            others = [i for i in session.items if not isinstance(i, Verification)]
            broken = bool(others) and exitstatus == pytest.ExitCode.TESTS_FAILED
            session.exitstatus = pytest.ExitCode.TESTS_FAILED if broken else verdict.exit_status
        if reporter := session.config.pluginmanager.get_plugin("terminalreporter"):
            reporter.ensure_newline()  # a report that is printed begins a line
        with _usage_errors():
            for spec in self.reports:
                files.write(spec, self.report)

    def pytest_unconfigure(self) -> None:
        self._resources.close()

    # -- telling -----------------------------------------------------------------------------------------------

    def pytest_report_teststatus(self, report: Any) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
        properties = dict(getattr(report, "user_properties", ()))
        if report.when == "call" and report.passed and properties.get("outcome") == Outcome.VIOLATION:
            return "warned", "W", ("SHOULD BROKEN", {"yellow": True})
        return None

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self.report is None:
            return
        writer = terminalreporter._tw
        text = terminal.render(
            self.report,
            colour=writer.hasmarkup and terminal.wants_colour(sys.stdout, os.environ),
            width=writer.fullwidth,
            unicode=terminal.wants_unicode(sys.stdout),
            reports=self.reports,
            verbose=self.config.option.verbose > 0,
        )
        terminalreporter.ensure_newline()
        terminalreporter.write_line(text)


class Suite(pytest.File):
    """The suite: its items come from the catalogue and the target's document."""

    def __init__(self, *, judge: Judge, **how: Any) -> None:
        super().__init__(**how)
        self.judge = judge

    def collect(self) -> Iterator[pytest.Item]:
        runner, wanted = self.judge.runner, self.judge.wanted
        for place, one in enumerate(runner.planned if runner else ()):
            if any(_is_called(one, name) for name in wanted):
                yield Verification.from_parent(self, examination=one, judge=self.judge, place=place)


class Verification(pytest.Item):
    """One rule on one subject."""

    def __init__(
        self, *, examination: Examination, judge: Judge, place: int, parent: pytest.Collector, **how: Any
    ) -> None:
        # A text as node id: pytest 9.2 parses it, older ones take it as it is.
        nodeid = f"{parent.nodeid}::{examination.name}"
        super().__init__(name=examination.name, parent=parent, nodeid=nodeid, **how)
        self.examination = examination
        self.judge = judge
        rule = examination.rule
        self.place = (rule.phase, place)
        self.add_marker(pytest.mark.rule(id=rule.id, family=rule.family, level=str(rule.level)))
        if self.config.pluginmanager.hasplugin("timeout"):
            self.add_marker(pytest.mark.timeout(0))
        self.extra_keyword_matches |= {rule.id, rule.family, str(rule.level)}

    def runtest(self) -> None:
        runner, let_pass = self.judge.runner, self.judge.tolerance
        assert runner is not None  # noqa: S101 - the suite has no items without one
        assert let_pass is not None  # noqa: S101 - which is made before it
        result = let_pass.parts(runner.result(self.examination))[0]
        self.user_properties += [
            ("rule", result.rule.id),
            ("level", str(result.level)),
            ("outcome", str(result.outcome)),
        ]
        if result.outcome is Outcome.PASS:
            return
        if result.known:
            pytest.skip(f"known before, by the baseline: {result.cause}")
        if result.outcome is Outcome.VIOLATION and decisive(result, runner.run.profile):
            self.judge.shown[result.rule.id, result.cause] += 1
            raise Broken(result, self.judge.shown[result.rule.id, result.cause] > IN_FULL)
        if result.outcome is Outcome.VIOLATION:
            return
        if result.outcome is Outcome.ERROR:
            raise Broken(result)
        until = f" until {result.waiver.expires} ({result.waiver.owner})" if result.waiver else ""
        pytest.skip(f"{_SHORT[result.outcome]}{until}: {result.reason}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, Broken):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, self.name


class Broken(Exception):
    """An item that fails, in a few words; the report below says the rest."""

    def __init__(self, result: Result, again: bool = False) -> None:
        weight = "" if result.level is Level.MUST else " (SHOULD, decisive under the profile strict)"
        if result.outcome is Outcome.ERROR:
            super().__init__(f"{result.rule.id} could not be judged: {result.reason}")
            return
        if again:
            super().__init__(f"{result.rule.id} here as well: {result.cause}")
            return
        super().__init__(
            f"{result.rule.id} {result.rule.title}{weight}\n  expected {result.expected}\n  observed {result.observed}"
        )


@contextlib.contextmanager
def _usage_errors() -> Iterator[None]:
    """What cannot work is said in one message, without a traceback, and ends with exit status 4."""
    try:
        yield
    except (TargetError, TargetGone, CatalogueError, files.ReportError) as complaint:
        raise pytest.UsageError(f"compliance: {complaint}") from None


def _is_called(examination: Examination, name: str) -> bool:
    """Whether `compliance.suite::name` means it: by its own name, by its rule's, or nothing for all."""
    return name in ("", examination.name, examination.rule.id)


def _choose_suite(config: pytest.Config) -> list[str]:
    """The names that were asked for after `compliance.suite::`, and `""` for the whole suite, which is meant without paths.

    They are taken out of pytest's arguments, for which no such file exists.
    """
    if config.args_source in (config.ArgsSource.INVOCATION_DIR, config.ArgsSource.TESTPATHS):
        config.args = []
        return [""]
    ours = [arg for arg in config.args if arg.partition("::")[0] == SUITE]
    config.args = [arg for arg in config.args if arg not in ours]
    return [arg.partition("::")[2] for arg in ours]


def _make_room(config: pytest.Config) -> None:
    """Switch off what other plugins of the project would do to a run that is not theirs."""
    plugins = config.pluginmanager
    schemathesis = plugins.get_plugin("schemathesis")
    if schemathesis is not None:  # it ends every ASGI lifespan after each item
        plugins.unregister(schemathesis)
    if getattr(config.option, "numprocesses", None) or getattr(config.option, "tx", None):
        config.option.numprocesses = config.option.maxprocesses = None
        config.option.dist = "no"
        config.option.tx = []
        # Also under -q, where there is no header.
        sys.stderr.write("compliance: xdist is switched off: the rules of a run share their evidence\n")
    coverage = plugins.get_plugin("_cov")
    if coverage is not None and not config.args:  # none of the project's own code is tested by this run
        plugins.unregister(coverage)
        try:
            coverage.cov_controller.cov.stop()
        except Exception as failure:  # it is only a plugin, and of any version
            _log.debug("coverage could not be stopped: %s", type(failure).__name__)
