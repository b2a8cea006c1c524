"""The reference, or a copy of it with a fault, judged from inside: `python -m tests.insider SOURCES RULES FILE`.

In a process of its own, since the reference of the tests may be imported already. It judges with every capability
granted, by what is named in RULES and by all that drives it from outside, and writes the outcomes of RULES to FILE.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from compliance.catalogue import Catalogue, Outcome, load
from compliance.depths import Examination, Nothing
from compliance.inside import Watch
from compliance.result import Place, Result, Run
from compliance.run import judge
from compliance.target.document import fetch_document
from compliance.target.serving import load_app, serve
from tests.service import ROOT, NotServedError, copy_of_database, environment_of, grants

#: What makes rows, pages, changes and mistakes, so that there is something to watch.
DRIVING = ("PAG", "RES", "ERR", "SEC")
APPLICATION = "reference_app.main:app"


def judge_inside(
    catalogue: Catalogue, choose: Callable[[Examination], bool], sources: Path = ROOT, *, whole: bool = False
) -> Run:
    """The inside rules that are chosen, on the reference of that folder; whole: after all other rules, so that they may pass."""
    names = [
        one.id for one in catalogue.rules if one.depth == "inside" and choose(Examination(one, Nothing()))
    ]
    with tempfile.TemporaryDirectory(prefix="inside-") as folder:
        place = Path(folder)
        copy_of_database(place)
        command = [
            sys.executable,
            "-m",
            "tests.insider",
            str(sources),
            ",".join(names),
            str(place / "results"),
        ]
        done = subprocess.run(
            [*command, *(["whole"] if whole else [])],
            cwd=place,
            env={**environment_of(place), "LOG_LEVEL": "INFO"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            raise NotServedError(f"the reference was not judged from inside:\n{done.stderr}")
        told = json.loads((place / "results").read_text(encoding="utf-8"))
    return Run(target=str(sources), results=[_result(catalogue, **one) for one in told], complete=True)


def _result(
    catalogue: Catalogue, rule: str, outcome: str, places: Iterable[list[object]], **fields: str
) -> Result:
    found = tuple(Place(str(file), int(str(line))) for file, line in places)
    return Result(catalogue.rule(rule), outcome=Outcome(outcome), places=found, **fields)


def main(sources: str, names: str, file: str, whole: str = "") -> None:
    """Judge, and write what came of it."""
    wanted = names.split(",")

    def choose(one: Examination) -> bool:
        return (
            bool(whole)
            or one.rule.id in wanted
            or (one.rule.family in DRIVING and one.rule.depth == "outside")
        )

    sys.path.insert(0, sources)
    watch = Watch(load_app(APPLICATION, sources), APPLICATION.partition(":")[0])
    with watch.installed(), serve(watch.app, APPLICATION) as base_url:
        run = judge(load(), fetch_document(base_url), base_url, grants(), choose=choose, watch=watch)
    told = [
        {
            "rule": one.rule.id,
            "subject": one.subject,
            "outcome": str(one.outcome),
            "cause": one.cause,
            "observed": one.observed,
            "reason": one.reason,
            "places": [(place.file, place.line) for place in one.places],
        }
        for one in run.results
        if one.rule.id in wanted
    ]
    Path(file).write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
