"""`compliance rules` and `explain`: the clauses, and what each says, why, and how it is kept."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from compliance.cli import options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance.catalogue import Catalogue, Rule
    from compliance.standard import Clause


def add(commands: Any) -> None:
    rules = commands.add_parser(
        "rules",
        help="list the clauses of the standard, or those that one looks for",
        description="List the clauses of the standard. A clause is listed where it, or one of its rules, is all that is asked for.",
        allow_abbrev=False,
    )
    rules.add_argument(
        "words", nargs="*", default=[], metavar="WORD", help="a word of the clause or of its rules"
    )
    options.choose(rules)
    rules.add_argument("--depth", metavar="NAME", help="examined from outside, inside or source")
    rules.add_argument(
        "--needs", metavar="NAME", help="needs this to be examined, e.g. writes, admin, signing-key"
    )
    rules.set_defaults(command=_rules)
    explain = commands.add_parser(
        "explain",
        help="what a clause says, why, how it is kept, examined and waived",
        allow_abbrev=False,
    )
    explain.add_argument("id", nargs="+", metavar="ID", help="for instance PAG-003 or PAG-003@source")
    explain.set_defaults(command=_explain)
    for command in (rules, explain):
        command.add_argument("--json", action="store_true", help="for machines")
        options.take(command, "--compliance-standard", "--compliance-config")


def _rules(given: argparse.Namespace) -> int:
    from compliance.report.telling import told

    catalogue = options.catalogue(given)
    found = list(_found(given, catalogue))
    if not found:
        asked = " ".join([*given.words, *options.said(given, "family", "level", "depth", "needs")])
        raise options.UsageError(f"no clause is all of {asked}; `compliance rules` lists every one")
    if given.json:
        options.print_json([told(clause, catalogue, rules) for clause, rules in found])
        return 0
    for clause, rules in found:
        depths = " ".join(rule.depth for rule in rules) or "-"
        print(f"{clause.id:<9} {clause.level:<7} {depths:<15} {clause.title}")  # noqa: T201
    ruled = sum(bool(rules) for _, rules in found)
    noun = "clause" if len(found) == 1 else "clauses"
    print(f"\n{len(found)} {noun}, {ruled} of them ruled")  # noqa: T201
    return 0


def _found(given: argparse.Namespace, catalogue: Catalogue) -> Iterator[tuple[Clause, list[Rule]]]:
    """Every clause that is asked for, with those of its rules that are."""
    from compliance.catalogue import DEPTHS, Need
    from compliance.report.telling import name_of, rules_of

    families, levels = options.chosen(given, catalogue)
    depth = options.one_of("--depth", given.depth, DEPTHS)
    needs = options.one_of("--needs", given.needs, [name_of(need) for need in Need])
    for clause in catalogue.clauses:
        if clause.family not in families or clause.level not in levels:
            continue
        all_of_them = rules_of(clause, catalogue)
        rules = [
            rule
            for rule in all_of_them
            if depth in (None, rule.depth) and (needs is None or needs in map(name_of, rule.needs))
        ]
        if (rules or not (depth or needs)) and _speaks_of(given.words, clause, all_of_them):
            yield clause, rules


def _speaks_of(words: list[str], clause: Clause, rules: list[Rule]) -> bool:
    """Whether every word occurs in what the clause or one of its rules says."""
    said = (
        clause.id,
        clause.title,
        clause.text,
        clause.origin,
        *(f"{r.id} {r.documentation}" for r in rules),
    )
    text = " ".join(" ".join(said).casefold().split())
    return all(word.casefold() in text for word in words)


def _explain(given: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from compliance.report.explaining import explain
    from compliance.report.telling import told

    catalogue = options.catalogue(given)
    found = [told(*_named(each, catalogue)) for each in given.id]
    if given.json:
        options.print_json(found)
        return 0
    today = datetime.now(UTC).date()
    print("\n\n".join(explain(one, today) for one in found), end="")  # noqa: T201
    return 0


def _named(given: str, catalogue: Catalogue) -> tuple[Clause, Catalogue, list[Rule] | None]:
    """The clause of an id, and the one rule where the id is that of a rule at a depth. Raises UsageError."""
    name, at, depth = given.strip().upper().partition("@")
    clause = next((one for one in catalogue.clauses if one.id == name), None)
    rules = [rule for rule in catalogue.rules if rule.id == f"{name}@{depth.lower()}"] if at else None
    if clause is None or rules == []:
        raise options.UsageError(f"there is no clause {given}; {_hint(given, catalogue)}")
    return clause, catalogue, rules


def _hint(given: str, catalogue: Catalogue) -> str:
    """What was meant, perhaps: the same letters and number written in another way, or something near them."""
    import re
    from difflib import get_close_matches

    known = [clause.id for clause in catalogue.clauses]
    known += [rule.id for rule in catalogue.rules if rule.id not in known]
    families = {chapter.family: chapter.title for chapter in catalogue.chapters}
    wanted = given.strip().upper()
    if wanted in families:
        return f"`compliance rules --family {wanted}` lists the clauses of that chapter, {families[wanted]}"
    parts = re.search(r"([A-Z]+)[-_ ]*0*(\d{1,3})(?!\d)", wanted)
    written = f"{parts[1]}-{int(parts[2]):03}" if parts else wanted
    near = [written] if written in known else get_close_matches(written, known, n=3, cutoff=0.7)
    return f"did you mean {' or '.join(near)}?" if near else "`compliance rules` lists them"
