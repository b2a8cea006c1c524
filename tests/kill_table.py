"""`python -m tests.kill_table`: every mutant, twin and corpse judged by the whole catalogue; writes docs/kill-table.md.

`--rule PAG-003` judges the mutants of one rule by its family only, in seconds, and writes nothing.
"""

from __future__ import annotations

import argparse
import functools
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from compliance.catalogue import Catalogue, load
from compliance.depths import Examination
from compliance.result import Run
from compliance.run import judge_source
from compliance.target.document import fetch_document
from compliance.verdict import decide
from tests.corpses import CORPSES, believers, judge_corpse
from tests.homes import HOMES, judge_home
from tests.insider import judge_inside
from tests.mutants import Mutant, changes, judge_mutant, mutants, near
from tests.service import ROOT, judge_reference, serve_reference, source_of_reference
from tests.twins import TWINS, judge_twin, undecided

TABLE = ROOT / "docs" / "kill-table.md"
HEAD = """# The kill table

Made by `make kill-table` (`python -m tests.kill_table`); do not edit.
Every service below was judged by the whole catalogue with every capability granted. A mutant is the reference, or
another home (`tests/homes/`), with one fault (`tests/mutants/`), a twin a conformant service built otherwise
(`tests/twins/`), a corpse a service that answers one thing to everything (`tests/corpses/`), judged by the reference's
document.
"""
Kills = dict[str, dict[str, str]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, write it unless it is a part only. The exit status: 0 if every service came out as declared."""
    parser = argparse.ArgumentParser(prog="python -m tests.kill_table", description=__doc__)
    parser.add_argument("--rule", metavar="ID", help="judge the mutants of this rule only, by its family")
    chosen = parser.parse_args(arguments).rule
    catalogue = load()
    if chosen:
        complaints = list(_one_rule(catalogue, chosen))
    else:
        text, complaints = _table(catalogue)
        TABLE.write_text(text, encoding="utf-8")
        _say(text)
    for complaint in complaints:
        _say(f"! {complaint}")
    return 1 if complaints else 0


def _one_rule(catalogue: Catalogue, name: str) -> Iterator[str]:
    mine = [mutant for mutant in mutants() if mutant.rule == name]
    if not mine:
        yield f"{name} has no mutant"
    with serve_reference() as base_url:
        for mutant in mine:
            home = _home_of(mutant, catalogue, base_url, near(mutant))
            kills = changes(home, judge_mutant(mutant, catalogue, near(mutant)))
            _say(f"{mutant.name}: {_words(kills)}")
            yield from _surprises(mutant, kills, mutant.expected)


def _home_of(
    mutant: Mutant, catalogue: Catalogue, reference: str, choose: Callable[[Examination], bool]
) -> Run:
    if mutant.home:
        return judge_home(mutant.home, catalogue, choose)
    if mutant.is_of_source:
        return judge_source(catalogue, source_of_reference(), choose)
    if mutant.is_of_inside:
        return judge_inside(catalogue, choose)
    return judge_reference(catalogue, reference, choose)


def _table(catalogue: Catalogue) -> tuple[str, list[str]]:
    with serve_reference() as base_url:
        home, document = judge_reference(catalogue, base_url), fetch_document(base_url)
    homes = {"": home, **{name: judge_home(name, catalogue) for name in HOMES}}
    kills: Kills = {}
    complaints = [
        f"{name or 'the reference'}: {decide(run)}"
        for name, run in homes.items()
        if decide(run).word != "compliant"
    ]
    everybody = mutants()
    # Each mutant is a service of its own, so that the cores can share them; processes, because a judgement holds the lock.
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for mutant, killed in zip(everybody, pool.map(_killed, everybody), strict=True):
            kills[mutant.name] = killed
            complaints += _surprises(mutant, killed, mutant.expected_of_all)
            _say(f"{mutant.name}: {_words(killed)}", sys.stderr)
    twins = {name: judge_twin(name, catalogue) for name in TWINS}
    corpses = {corpse.name: judge_corpse(corpse, catalogue, document) for corpse in CORPSES}
    complaints += [
        f"{name}: {', '.join(sorted(open_))}" for name, run in twins.items() if (open_ := undecided(run))
    ]
    complaints += [f"{name}: {found}" for name, run in corpses.items() if (found := believers(run))]
    complaints += _same_columns(catalogue, kills)
    parts = [HEAD, *_rules(catalogue, kills), *_mutants(kills), *_twins(twins), *_corpses(corpses)]
    return "\n".join(parts) + "\n", complaints


def _killed(mutant: Mutant) -> dict[str, str]:
    """What changes with a mutant under the whole catalogue, or under all of its depth where that is not outside."""
    if mutant.is_of_inside:
        return changes(_inside_home(), judge_mutant(mutant, load(), _all))
    changed = judge_mutant(mutant, load(), _of_source if mutant.is_of_source else _all)
    home = (
        judge_source(load(), source_of_reference(), _of_source)
        if mutant.is_of_source
        else _whole_home(mutant.home)
    )
    return changes(home, changed)


@functools.cache
def _whole_home(name: str) -> Run:
    """A home, or the reference, judged by the whole catalogue; once in a process."""
    if name:
        return judge_home(name, load())
    with serve_reference() as base_url:
        return judge_reference(load(), base_url)


@functools.cache
def _inside_home() -> Run:
    """The reference judged from inside, as its mutants are; once in a process."""
    return judge_inside(load(), _all)


def _rules(catalogue: Catalogue, kills: Kills) -> Iterator[str]:
    yield "## Rules\n\n| rule | clause | mutants it finds |\n|---|---|---|"
    for rule in catalogue.rules:
        yield f"| {rule.id} | {rule.title} | {', '.join(_column(rule.id, kills)) or 'none'} |"


def _mutants(kills: Kills) -> Iterator[str]:
    yield "\n## Mutants\n\n| mutant | home | fault | what changes |\n|---|---|---|---|"
    for mutant in mutants():
        yield f"| {mutant.name} | {mutant.home or 'reference'} | {mutant.fault} | {_words(kills[mutant.name])} |"


def _twins(twins: dict[str, Run]) -> Iterator[str]:
    yield "\n## Twins\n\n| twin | verdict | rules that pass | that do not concern it | that need what it has not |\n|---|---|---|---|---|"
    for name, run in twins.items():
        outcomes: dict[str, set[str]] = {}
        for result in run.results:
            outcomes.setdefault(result.rule.id, set()).add(str(result.outcome))
        passed = sum("pass" in found for found in outcomes.values())
        foreign = sum(found == {"not-applicable"} for found in outcomes.values())
        yield f"| {name} | {decide(run).word} | {passed} | {foreign} | {len(outcomes) - passed - foreign} |"


def _corpses(corpses: dict[str, Run]) -> Iterator[str]:
    yield "\n## Corpses\n\n| corpse | verdict | rules that pass | rules that find a fault |\n|---|---|---|---|"
    for name, run in corpses.items():
        faults = sorted({result.rule.id for result in run.results if result.outcome == "violation"})
        yield f"| {name} | {decide(run).word} | {', '.join(believers(run)) or 'none'} | {', '.join(faults) or 'none'} |"
    yield "\nRules that read the document alone are left out of the third column: it is the living reference's."


def _column(name: str, kills: Kills) -> list[str]:
    return [mutant for mutant, found in kills.items() if found.get(name) == "violation"]


def _same_columns(catalogue: Catalogue, kills: Kills) -> Iterator[str]:
    seen: dict[tuple[str, ...], str] = {}
    for rule in catalogue.rules:
        column = tuple(_column(rule.id, kills))
        if column in seen:
            yield f"{rule.id} finds the same mutants as {seen[column]}"
        seen[column] = rule.id


def _surprises(mutant: Mutant, kills: dict[str, str], expected: dict[str, str]) -> Iterator[str]:
    told = mutant.told(kills)
    if told != expected:
        yield f"{mutant.name} declares {_words(expected)}; the judgement was {_words(told)}"


def _words(kills: dict[str, str]) -> str:
    return ", ".join(f"{name} {outcome}" for name, outcome in sorted(kills.items())) or "nothing"


def _all(_: Examination) -> bool:
    return True


def _of_source(one: Examination) -> bool:
    return one.rule.depth == "source"


def _say(text: str, stream: object = None) -> None:
    (stream or sys.stdout).write(f"{text}\n")
    (stream or sys.stdout).flush()


if __name__ == "__main__":
    sys.exit(main())
