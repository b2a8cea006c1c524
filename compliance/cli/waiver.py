"""`compliance waiver`: list, check, add and take away what is waived."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compliance.cli import options
from compliance.report.plain import counted

if TYPE_CHECKING:
    from compliance.verdict.waivers import Waiver

#: Options by which the file, and the rules that it may name, are found.
_WHERE = ("--compliance-waivers", "--compliance-config", "--compliance-standard")
#: Days that a waiver lasts where nobody says otherwise.
LASTS = 90


def add(commands: Any) -> None:
    waiver = commands.add_parser("waiver", help="list, check, add and prune waivers", allow_abbrev=False)
    actions = waiver.add_subparsers(required=True, metavar="ACTION")

    def action(name: str, command: Any, told: str) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = actions.add_parser(name, help=told, allow_abbrev=False)
        parser.set_defaults(command=command)
        return parser

    options.take(action("list", _list, "each waiver with its owner and the days left"), *_WHERE)
    lint = action("lint", _lint, "check the file; sends nothing")
    lint.add_argument("files", nargs="*", metavar="FILE", help="(default: the configured one)")
    options.take(lint, *_WHERE)
    _take_entry(action("add", _add, "add a waiver to the file"))
    prune = action("prune", _prune, "take away waivers that ended, and those that nothing needs any more")
    prune.add_argument(
        "--from", dest="result", metavar="RESULT", help="result document that tells what is needed"
    )
    options.take(prune, *_WHERE)


def _take_entry(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rule", metavar="RULE", help="for instance PAG-003 or COD-001@source")
    parser.add_argument(
        "--operation", action="append", default=[], metavar="OPERATION", help="such as 'GET /users'"
    )
    parser.add_argument(
        "--file", action="append", default=[], metavar="FILE", help="of the source; a folder ends with /"
    )
    parser.add_argument(
        "--from", dest="result", metavar="RESULT", help="waive what this result document has of it"
    )
    parser.add_argument("--reason", required=True, help="why it stays broken, and what will end that")
    parser.add_argument("--owner", required=True, help="who answers for it")
    until = parser.add_mutually_exclusive_group()
    until.add_argument("--expires", metavar="DATE", help="its last day, such as 2026-12-15")
    until.add_argument(
        "--days", type=int, default=LASTS, metavar="N", help=f"until so many days from now ({LASTS})"
    )
    parser.add_argument("--ticket", default="", metavar="URL")
    parser.add_argument("--approved-by", default="", metavar="NAME")
    options.take(parser, *_WHERE)


def _list(given: argparse.Namespace) -> int:
    from compliance.verdict import reading

    path = _path(given)
    if path is None:
        print("no waivers: there is no compliance-waivers.toml")  # noqa: T201
        return 0
    today = reading.today()
    rows = [("rule", "operations", "days left", "owner", "state")]
    for one in reading.read(path, _rules(given), today):
        days = one.days(today)
        where = ", ".join((*one.operations, *one.files)) or "all"
        rows.append((one.rule, where, str(max(days, 0)) if days >= 0 else "-", one.owner, _state(one, days)))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        print("  ".join((*(f"{row[i]:<{width}}" for i, width in enumerate(widths)), row[4])))  # noqa: T201
    return 0


def _state(one: Waiver, days: int) -> str:
    from compliance.verdict.waivers import SOON

    if days < 0:
        return f"ended on {one.expires}"
    return f"ends soon, on {one.expires}" if days <= SOON else f"in force until {one.expires}"


def _lint(given: argparse.Namespace) -> int:
    from compliance.target.errors import TargetError
    from compliance.verdict import reading

    found = _path(given) if not given.files else None
    paths = [Path(name) for name in given.files] or ([found] if found else [])
    rules, complaints = _rules(given), []
    if not paths:
        print("no waivers: there is no compliance-waivers.toml")  # noqa: T201
    for path in paths:
        try:
            waivers = reading.read(path, rules, reading.today())
        except TargetError as complaint:
            complaints.append(str(complaint))
            continue
        ended = sum(one.days(reading.today()) < 0 for one in waivers)
        told = f", {ended} of them ended: `compliance waiver prune`" if ended else ""
        print(f"{reading.shown(path)}: {counted(len(waivers), 'waiver')}{told}")  # noqa: T201
    if complaints:
        raise TargetError("\n".join(complaints))
    return 0


def _add(given: argparse.Namespace) -> int:
    from compliance.target.errors import TargetError
    from compliance.verdict import editing, keeping, reading

    path, rules, today = _path(given, there=False), _rules(given), reading.today()
    assert path is not None  # noqa: S101 - a place where it may be made
    waiver = _asked(given)
    faults = list(reading.faults_of(editing.table(waiver), rules, today))
    if waiver.days(today) < 0:
        faults.append(f"expires = {waiver.expires} is past: write a day to come")
    if faults:
        raise TargetError("\n".join(faults))
    old, name = path.read_bytes() if path.is_file() else None, reading.shown(path)
    for number, other in enumerate(reading.parse(old or b"", name, rules, today), 1):
        if other.covers(waiver):
            ends = "ended" if other.days(today) < 0 else "lasts until"
            raise TargetError(
                f"{name}: waiver {number} ({other}) waives that already and {ends} {other.expires}: change that one"
            )
    keeping.replace(path, editing.added(old or b"", waiver, name), old)
    print(f"added to {name}:\n\n{editing.entry(waiver)}", end="")  # noqa: T201
    return 0


def _asked(given: argparse.Namespace) -> Waiver:
    """The waiver of the options. Raises TargetError where the result has nothing to waive."""
    from datetime import date, timedelta

    from compliance.target.credentials import check_text
    from compliance.target.errors import TargetError
    from compliance.verdict import reading
    from compliance.verdict.waivers import Waiver

    texts = (
        given.rule,
        given.reason,
        given.owner,
        given.ticket,
        given.approved_by,
        *given.operation,
        *given.file,
    )
    for text in texts:
        check_text(text, "compliance waiver add")
    try:
        soon = timedelta(days=given.days)
        expires = date.fromisoformat(given.expires) if given.expires else reading.today() + soon
    except (ValueError, OverflowError):
        raise TargetError(
            f"--expires={given.expires or given.days} is no date: write it as in 2026-12-15"
        ) from None
    operations, files = given.operation, given.file
    if given.result:
        operations, files = _broken(given)
    return Waiver(
        rule=given.rule,
        reason=given.reason.strip(),
        owner=given.owner.strip(),
        expires=expires,
        operations=tuple(operations),
        files=tuple(files),
        ticket=given.ticket,
        approved_by=given.approved_by,
    )


def _broken(given: argparse.Namespace) -> tuple[list[str], list[str]]:
    """Where a result has the rule broken, unless that is asked for: its files in the source, else its operations."""
    from compliance.report import saved
    from compliance.target.errors import TargetError

    found = [one for one in saved.read(Path(given.result)).results if one.outcome == "violation"]
    mine = [one for one in found if one.rule.id == given.rule]
    subjects = list(dict.fromkeys(one.subject for one in mine))
    files = sorted({place.file for one in mine for place in one.places})
    strange = [one for one in (*given.operation, *given.file) if one not in (*subjects, *files)]
    if not mine or strange:
        what = f"{given.rule} on {strange[0]}" if strange else given.rule
        names = ", ".join(sorted({one.rule.id for one in found})) or "nothing"
        raise TargetError(f"{given.result} has no violation of {what}: broken there is {names}")
    if given.operation or given.file:
        return given.operation, given.file
    return ([], files) if all(one.places for one in mine) else (subjects, [])


def _prune(given: argparse.Namespace) -> int:
    from compliance.verdict import editing, keeping, reading

    path = _path(given)
    if path is None:
        print("no waivers: there is no compliance-waivers.toml")  # noqa: T201
        return 0
    old, name = reading.bytes_of(path), reading.shown(path)
    waivers = reading.parse(old, name, _rules(given), reading.today())
    useless = _useless(given, waivers)
    if not useless:
        print(f"{name}: nothing to take away")  # noqa: T201
        return 0
    new, removed = editing.cut(old, useless, name)
    keeping.replace(path, new, old)
    for (number, why), text in zip(sorted(useless.items()), removed, strict=True):
        print(f"taken out of {name}: {waivers[number]}, {why}\n\n{text.rstrip()}\n")  # noqa: T201
    return 0


def _useless(given: argparse.Namespace, waivers: list[Waiver]) -> dict[int, str]:
    """Number, from 0, of each waiver that may go, with the reason; what may go in part is said."""
    from compliance.report import saved
    from compliance.verdict import reading
    from compliance.verdict.waivers import State

    report = saved.read(Path(given.result)) if given.result else None
    whole = bool(report and report.complete and not report.deselected)
    found: dict[int, str] = {}
    for number, one in enumerate(waivers):
        if one.days(reading.today()) < 0:
            found[number] = f"which ended on {one.expires}"
            continue
        states = one.states(report.results, whole) if report else {}
        spare = [name for name, state in states.items() if state in (State.UNNEEDED, State.UNMATCHED)]
        if spare and len(spare) == len(states):
            found[number] = "which is no longer needed"
        elif spare:
            print(f"{one}: no longer needed for {', '.join(spare)}; take that out of operations")  # noqa: T201
    return found


def _path(given: argparse.Namespace, *, there: bool = True) -> Path | None:
    """The file of waivers: None where there is none, or the place where it would be made."""
    from compliance.settings import waivers_of
    from compliance.target.errors import TargetError
    from compliance.verdict.reading import NAME

    configuration = options.configuration(given)
    found = waivers_of(configuration)
    if found and there and not Path(found).is_file():
        what = "it is a folder" if Path(found).is_dir() else "there is no such file"
        raise TargetError(f"{found}: {what}")
    if found:
        return Path(found)
    return None if there else Path(configuration.folders[-1]) / NAME


def _rules(given: argparse.Namespace) -> set[str]:
    return {rule.id for rule in options.catalogue(given).rules}
