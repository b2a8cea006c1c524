"""The command line: one module a command, each of which adds its parser.

Heavy things are imported by the command that needs them, so that `compliance explain` costs no run's imports.
"""

from __future__ import annotations

import errno
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from compliance import __version__
from compliance.cli import (
    baseline,
    check,
    config,
    demo,
    exits,
    inspect,
    options,
    replay,
    report,
    rules,
    standard,
    waiver,
)
from compliance.cli.parsing import COMMAND, Parser
from compliance.cli.printing import read_or_not

#: Every command, in the order of the help.
COMMANDS = (check, demo, report, replay, inspect, rules, standard, waiver, baseline, config)
#: The variable that asks for the traceback of a fault of the kit's.
DEBUG = "COMPLIANCE_DEBUG"
#: What a system says of a place that takes no more, be it a disk or what standard output leads to.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    given = _parser().parse_args(arguments)
    from compliance.catalogue import CatalogueError
    from compliance.report.files import ReportError
    from compliance.target.errors import TargetError, TargetGone, Unreachable

    status: int = exits.COMPLIANT  # of a list of which somebody reads the first lines only
    try:
        with read_or_not():
            status = given.command(given)
    except (options.UsageError, TargetError, TargetGone, CatalogueError, ReportError) as complaint:
        print(f"compliance: {complaint}", file=sys.stderr)  # noqa: T201
        return exits.UNREACHABLE if isinstance(complaint, TargetGone | Unreachable) else exits.USAGE
    except KeyboardInterrupt:
        print("compliance: interrupted", file=sys.stderr)  # noqa: T201
        return exits.INTERRUPTED
    except OSError as fault:
        if fault.errno not in FULL:
            return _failed(fault)
        print(f"compliance: cannot write: {fault.strerror}", file=sys.stderr)  # noqa: T201
        return exits.USAGE
    except Exception as fault:
        return _failed(fault)
    return status


def _failed(fault: Exception) -> int:
    """Never 1, which says that a service is not compliant."""
    print(f"compliance: {_told(fault)}", file=sys.stderr)  # noqa: T201
    return exits.FAULT


def _told(fault: Exception) -> str:
    """A fault of the kit's in one line without its message, which may hold anything; where asked for, the whole of it."""
    import logging
    import os
    import traceback

    from compliance.target.secrets import Secrets

    logging.getLogger(__name__).debug("a fault of the kit's own: %s", type(fault).__name__)
    last = traceback.extract_tb(fault.__traceback__)[-1]
    begin = f"{type(fault).__name__} at {Path(last.filename).name}:{last.lineno}; this is the kit's own fault, please report it"
    if not os.environ.get(DEBUG):
        return f"{begin} ({DEBUG}=1 shows where it came from)"
    speaking = re.compile(r"^COMPLIANCE_|TOKEN|PASS|SECRET|KEY")
    known = Secrets(
        given={name: value for name, value in os.environ.items() if len(value) > 3 and speaking.search(name)}
    )
    return f"{begin}\n{known.redact(''.join(traceback.format_exception(fault)))}".rstrip()


def _parser() -> Parser:
    parser = Parser(
        prog="compliance", description="Judge a service against the standard.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"compliance {__version__}")
    commands = parser.add_subparsers(required=True, metavar=COMMAND, parser_class=Parser)
    for command in COMMANDS:
        command.add(commands)
    return parser
