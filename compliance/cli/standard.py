"""`compliance standard`: the standard as one text, for people or for coding assistants."""

from __future__ import annotations

import argparse
from typing import Any

from compliance.cli import options

ASSISTANTS = "assistants"


def add(commands: Any) -> None:
    standard = commands.add_parser(
        "standard",
        help="print the standard, also as instructions for coding assistants",
        description="Print the standard as Markdown. With --for assistants it is an instructions file, such as AGENTS.md or "
        "CLAUDE.md, so that what an assistant reads and what is examined are one text.",
        allow_abbrev=False,
    )
    standard.add_argument(
        "--for", dest="reader", choices=["people", ASSISTANTS], default="people", help="who reads it"
    )
    options.choose(standard)
    standard.add_argument(
        "--output", metavar="FILE", help="write it there; only what this command wrote is replaced"
    )
    options.take(standard, "--compliance-standard", "--compliance-config")
    standard.set_defaults(command=_standard)


def _standard(given: argparse.Namespace) -> int:
    from pathlib import Path

    from compliance.report import book, keeping

    catalogue = options.catalogue(given)
    families, levels = options.chosen(given, catalogue)
    if not any(one.family in families and one.level in levels for one in catalogue.clauses):
        raise options.UsageError(f"no clause is all of {' '.join(options.said(given, 'family', 'level'))}")
    write = book.instructions if given.reader == ASSISTANTS else book.standard
    text = write(catalogue, families, levels)
    if not given.output:
        print(text, end="")  # noqa: T201
        return 0
    try:
        changed = keeping.write(Path(given.output), text)
    except keeping.NotOurs as refusal:
        raise options.UsageError(str(refusal)) from None
    print(f"{given.output} {'written' if changed else 'is up to date'}")  # noqa: T201
    return 0
