"""`compliance check`: judge a service, a source tree, or both."""

from __future__ import annotations

import argparse
import contextlib
import sys
from typing import TYPE_CHECKING, Any

from compliance.cli import exits, options, running
from compliance.cli.printing import read_or_not
from fastapi_compliance_pytest import OPTIONS

if TYPE_CHECKING:
    from compliance.catalogue import Catalogue
    from compliance.result import Run
    from compliance.verdict import Verdict


def add(commands: Any) -> None:
    check = commands.add_parser(
        "check",
        help="judge a service",
        allow_abbrev=False,
        epilog=exits.TOLD,
    )
    check.add_argument(
        "target",
        nargs="?",
        metavar="URL|MODULE:APP|DIR",
        help="a running service, an application to serve, or a project whose code to judge (default: the configured one)",
    )
    options.take(check, *OPTIONS)
    check.add_argument(
        "--rule",
        metavar="GLOB",
        action="append",
        default=[],
        help="judge these only, e.g. PAG-003 or 'AUT-*' (the run is partial)",
    )
    check.add_argument("-v", "--verbose", action="store_true", help="show every finding in full")
    check.set_defaults(command=_check)


def _check(given: argparse.Namespace) -> int:
    from compliance.catalogue import load_standards
    from compliance.report import files
    from compliance.session import concluded, prepared, tolerance
    from compliance.settings import Settings
    from compliance.target.errors import TargetError

    options.aim(given)
    settings = Settings.configured(options.configuration(given))
    settings.check()
    reports = files.asked(settings.reports)
    catalogue = load_standards(settings.standards, settings.folders)
    for glob in given.rule:
        if not any(_matches(rule.id, [glob]) for rule in catalogue.rules):
            raise TargetError(f"--rule={glob} names no rule; `compliance rules` lists them")
    let_pass = tolerance(settings, catalogue)
    # What an application prints is no part of the report.
    with contextlib.redirect_stdout(sys.stderr), prepared(settings, catalogue) as runner:
        if given.rule:
            runner.select(one for one in runner.planned if _matches(one.rule.id, given.rule))
        if not running.ran(runner):
            return exits.INTERRUPTED
    if not runner.run.results:
        raise TargetError("nothing was judged")
    verdict = concluded(runner.run, let_pass)
    _tell(runner.run, verdict, catalogue, reports, verbose=given.verbose)
    return exits.of(verdict, runner.run.gone)


def _tell(run: Run, verdict: Verdict, catalogue: Catalogue, reports: list[Any], *, verbose: bool) -> None:
    """Print the report and write the files."""
    from compliance.report import files, terminal
    from compliance.report.document import document
    from compliance.report.view import Report

    report = Report(document(run, verdict, catalogue))
    text = terminal.render(
        report,
        **options.for_terminal(),
        exit_status=exits.of(verdict, run.gone),
        reports=reports,
        verbose=verbose,
    )
    with read_or_not():
        print(text.rstrip("\n"))  # noqa: T201
    for spec in reports:
        with read_or_not():
            files.write(spec, report)


def _matches(identifier: str, globs: list[str]) -> bool:
    from fnmatch import fnmatchcase

    return any(fnmatchcase(identifier.upper(), glob.upper()) for glob in globs)
