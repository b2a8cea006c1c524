"""`compliance rules` and `explain`: the clauses, and what each says, why, and how it is kept."""

from __future__ import annotations

import argparse
from typing import Any

from compliance.cli import options


def add(commands: Any) -> None:
    rules = commands.add_parser("rules", help="list the clauses of the standard", allow_abbrev=False)
    rules.set_defaults(command=_rules)
    explain = commands.add_parser(
        "explain", help="what a clause says, why, and how it is kept", allow_abbrev=False
    )
    explain.add_argument("id", metavar="ID", help="for instance PAG-003")
    explain.set_defaults(command=_explain)
    for command in (rules, explain):
        options.take(command, "--compliance-standard", "--compliance-config")


def _rules(given: argparse.Namespace) -> int:
    catalogue = options.catalogue(given)
    ruled = {rule.clause for rule in catalogue.rules}
    for clause in catalogue.clauses:
        print(f"{clause.id:<9} {clause.level:<7} {'ruled' if clause.id in ruled else '-':<6} {clause.title}")  # noqa: T201
    print(f"\n{len(catalogue.clauses)} clauses, {len(ruled)} of them ruled")  # noqa: T201
    return 0


def _explain(given: argparse.Namespace) -> int:
    from compliance.target.errors import TargetError

    catalogue = options.catalogue(given)
    wanted = given.id.upper().partition("@")[0]
    clause = next((one for one in catalogue.clauses if one.id == wanted), None)
    if clause is None:
        raise TargetError(f"there is no clause {given.id}; `compliance rules` lists them")
    print(f"{clause.id} ({clause.level}) {clause.title}\nOrigin: {clause.origin}\n\n{clause.text}")  # noqa: T201
    if reason := catalogue.unruled.get(clause.id):
        print(f"\nNo rule examines it yet: {reason}")  # noqa: T201
    for rule in catalogue.rules:
        if rule.clause == clause.id:
            print(f"\nRule {rule.id}, examined from {rule.depth}\n\n{rule.documentation}")  # noqa: T201
    return 0
