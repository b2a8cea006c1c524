"""`compliance replay`: examine again what an earlier run found, and say what still holds."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compliance.cli import exits, options, running
from compliance.cli.printing import read_or_not
from fastapi_compliance_pytest import OPTIONS

if TYPE_CHECKING:
    from compliance.catalogue import Catalogue
    from compliance.report.replaying import Again
    from compliance.report.view import FindingView, Report
    from compliance.result import Run
    from compliance.run import Runner
    from compliance.settings import Settings

#: A run of a part writes no report: it might replace that of the whole.
TAKEN = tuple(name for name in OPTIONS if name != "--compliance-report")
TOLD = (
    "The target is that of the earlier run, unless an option names another. Credentials and permissions are not in a "
    "result: give them as for `compliance check`. Exit status: 0 nothing is left, 1 something still holds, 2 usage or "
    "configuration, 3 something could not be examined, 4 the target cannot be reached, 5 a fault of the kit's own, "
    "130 interrupted."
)


def add(commands: Any) -> None:
    replay = commands.add_parser(
        "replay",
        help="examine again what a run found, and say what still holds",
        description="Apply the rules that found something to their subjects again, by new requests.",
        epilog=TOLD,
        allow_abbrev=False,
    )
    replay.add_argument("result", metavar="RESULT", help="the JSON result of an earlier run")
    replay.add_argument(
        "rules", metavar="RULE", nargs="*", default=[], help="of these rules only, e.g. PAG-003 or 'AUT-*'"
    )
    options.take(replay, *TAKEN)
    replay.add_argument("-v", "--verbose", action="store_true", help="show in full what still holds")
    replay.set_defaults(command=_replay)


def _replay(given: argparse.Namespace) -> int:
    from compliance.catalogue import load_standards
    from compliance.report import saved
    from compliance.session import prepared

    earlier = saved.read(Path(given.result))
    findings = _chosen(earlier, given)
    if not findings:
        print(f"{given.result} has no finding: there is nothing to examine again")  # noqa: T201
        return exits.COMPLIANT
    settings = _aimed(given, earlier, {one.rule.depth for one in findings})
    settings.check()
    catalogue = load_standards(settings.standards, settings.folders)
    with prepared(settings, catalogue) as runner:
        _select(runner, findings)
        if runner.selected and not running.ran(runner):
            return exits.INTERRUPTED
    again = _compared(findings, runner)
    _tell(given, runner.run, again, catalogue)
    return _status(again)


def _chosen(earlier: Report, given: argparse.Namespace) -> list[FindingView]:
    """The findings of the rules that are asked for. Raises TargetError where one of them found nothing."""
    from fnmatch import fnmatchcase

    from compliance.target.errors import TargetError

    names = list(dict.fromkeys(one.rule.id for one in earlier.findings))
    globs = [clause.upper() + at + depth for clause, at, depth in (one.partition("@") for one in given.rules)]
    for glob, written in zip(globs, given.rules, strict=True):
        if not any(fnmatchcase(name, glob) for name in names):
            what = f"it has findings of {', '.join(names)}" if names else "it has no finding"
            raise TargetError(f"{given.result} has no finding of {written}: {what}")
    return [one for one in earlier.findings if not globs or any(fnmatchcase(one.rule.id, g) for g in globs)]


def _aimed(given: argparse.Namespace, earlier: Report, depths: set[str]) -> Settings:
    """The settings of the earlier run where no option says otherwise, for the depths that the findings are of."""
    from dataclasses import replace

    from compliance.settings import Settings

    aim = earlier.aim
    if not (given.target_url or given.target_app):
        given.target_url, given.target_app = (None, aim.app) if aim.app else (aim.url or None, None)
    given.target_source = given.target_source or aim.source or None
    given.target_package = given.target_package or aim.package or None
    # Of an address with a query the result has no values.
    given.openapi = given.openapi or (aim.openapi if "…" not in aim.openapi else None) or None
    given.compliance_profile = given.compliance_profile or earlier.profile
    given.compliance_seed = given.compliance_seed or str(earlier.seed)
    given.effort = given.effort or ("thorough" if aim.thorough else None)
    given.compliance_standard = given.compliance_standard or list(aim.standards) or None
    settings = Settings.configured(options.configuration(given))
    for note in settings.notes:
        print(f"compliance: {note}", file=sys.stderr)  # noqa: T201
    # What needs not be looked at is neither reached nor read, and needs no consent.
    if "source" not in depths:
        settings = replace(settings, source="")
    if depths == {"source"} and settings.source:
        settings = replace(settings, url="", app="")
    return settings


def _select(runner: Runner, findings: list[FindingView]) -> None:
    """The rules of the findings on their subjects; those that judge the traffic of all rules want all of it."""
    from compliance.catalogue import Phase

    pairs = {(one.rule.id, subject) for one in findings for subject in one.subjects}
    chosen = [one for one in runner.planned if (one.rule.id, one.subject.label) in pairs]
    passive = sorted({one.rule.id for one in chosen if one.rule.phase is Phase.TAPE})
    if passive:
        print(  # noqa: T201
            f"compliance: {', '.join(passive)} can be judged by the traffic of all rules only, so all of it is made again",
            file=sys.stderr,
        )
        chosen += [one for one in runner.planned if one.rule.depth == "outside"]
    runner.select(chosen)


def _compared(findings: list[FindingView], runner: Runner) -> list[Again]:
    from compliance.catalogue import DEPTHS
    from compliance.report.replaying import compared

    depths = {rule.id: rule.depth for rule in runner.catalogue.rules}

    def why_not(rule: str) -> str:
        if rule not in depths:
            return "this kit has no such rule"
        if depths[rule] not in runner.depths:
            return f"needs {DEPTHS[depths[rule]].value}"
        return "it is not there any more"

    return compared(findings, runner.run.results, why_not)


def _tell(given: argparse.Namespace, run: Run, again: list[Again], catalogue: Catalogue) -> None:
    from compliance.report.document import document
    from compliance.report.finding import put_finding
    from compliance.report.replaying import State, put_again
    from compliance.report.typeset import Sheet
    from compliance.report.view import Report
    from compliance.verdict import decide

    sheet = Sheet(**options.for_terminal())
    number = "1 finding" if len(again) == 1 else f"{len(again)} findings"
    sheet.put((number, "bold"), f" of {given.result}, again on {run.target}")
    sheet.blank()
    if given.verbose:
        wanted = {one.finding.rule.id for one in again if one.state in (State.STILL, State.CHANGED)}
        for finding in Report(document(run, decide(run), catalogue)).findings:
            if finding.rule.id in wanted:
                put_finding(sheet, finding, run.target, everywhere=True)
                sheet.blank()
    put_again(sheet, again)
    for message in (run.gone, *run.missing):
        if message:
            sheet.put((f"{'missing':<15}", "yellow"), message.partition("\n")[0], hang=15)
    for row in run.leftovers:
        sheet.put((f"{'left behind':<15}", "yellow"), row, hang=15)
    spent = f"{run.requests:,} requests in {run.seconds:.1f} s"
    sheet.put(spent, (" · ", "dim"), ("exit ", "dim"), str(_status(again)))
    with read_or_not():
        print(str(sheet).rstrip("\n"))  # noqa: T201


def _status(again: list[Again]) -> int:
    """1 something still holds, 3 something could not be examined, 0 nothing is left."""
    from compliance.report.replaying import State

    states = {one.state for one in again}
    if states & {State.STILL, State.CHANGED}:
        return exits.NOT_COMPLIANT
    return exits.INCONCLUSIVE if State.OPEN in states else exits.COMPLIANT
