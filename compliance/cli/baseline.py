"""`compliance baseline`: write down what is broken in an old service, and take out of it what was mended."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from compliance.cli import options
from compliance.report.plain import counted

_WHERE = ("--compliance-baseline", "--compliance-config")


def add(commands: Any) -> None:
    baseline = commands.add_parser(
        "baseline",
        help="let an old service fail on new violations only",
        description="Write down the violations of a result, so that `--compliance-baseline` fails on others only.",
        allow_abbrev=False,
    )
    actions = baseline.add_subparsers(required=True, metavar="ACTION")
    write = actions.add_parser("write", help="write the violations of a result down", allow_abbrev=False)
    write.add_argument(
        "--to", metavar="FILE", help="(default: the configured one, or compliance-baseline.json)"
    )
    write.add_argument(
        "--days", type=int, default=90, metavar="N", help="how long it holds (90, at most 180)"
    )
    write.set_defaults(command=_write)
    prune = actions.add_parser(
        "prune", help="take out what a result does not find any more", allow_abbrev=False
    )
    prune.set_defaults(command=_prune)
    for action in (write, prune):
        action.add_argument(
            "result", metavar="RESULT", help="result document: --compliance-report=json:RESULT"
        )
        options.take(action, *_WHERE)


def _write(given: argparse.Namespace) -> int:
    from compliance.report import saved
    from compliance.target.errors import TargetError
    from compliance.verdict import baseline, keeping, reading

    path = Path(given.to) if given.to else _path(given)
    name = reading.shown(path)
    if not 1 <= given.days <= reading.MOST:
        raise TargetError(f"--days={given.days}: a baseline holds for 1 to {reading.MOST} days")
    if path.exists() or path.is_symlink():
        raise TargetError(
            f"{name} is there and stays as it is: `compliance baseline prune` shrinks it; to begin anew take it away first"
        )
    report = saved.read(Path(given.result))
    made = baseline.of_results(report.results, reading.today(), given.days)
    if not made.size:
        print("nothing is broken, so there is nothing to write down")  # noqa: T201
        return 0
    keeping.replace(path, baseline.dump(made), None)
    print(f"{name}: {counted(made.size, 'violation')}, known until {made.expires}")  # noqa: T201
    if report.deselected:
        print(f"{report.deselected} examinations were deselected: what they find will be new")  # noqa: T201
    return 0


def _prune(given: argparse.Namespace) -> int:
    from compliance.report import saved
    from compliance.verdict import baseline, keeping, reading

    path = _path(given)
    name = reading.shown(path)
    old = reading.bytes_of(path)
    before = baseline.parse(old, name, reading.today())
    report = saved.read(Path(given.result))
    after = before.pruned(report.results, report.complete and not report.deselected)
    gone = before.size - after.size
    if not gone:
        print(f"{name}: nothing to take out")  # noqa: T201
        return 0
    keeping.replace(path, baseline.dump(after), old)
    print(f"{name}: {counted(gone, 'violation')} taken out, {after.size} left")  # noqa: T201
    for one in before.violations:
        if one not in after.violations:
            print(f"  {one.rule}  {one.subject}  {one.cause}")  # noqa: T201
    return 0


def _path(given: argparse.Namespace) -> Path:
    from compliance.settings import baseline_of
    from compliance.verdict.baseline import NAME

    configuration = options.configuration(given)
    return Path(baseline_of(configuration) or Path(configuration.folders[-1]) / NAME)
