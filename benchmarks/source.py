"""`python -m benchmarks.source [DIR …]`: how long source trees take to be judged, beside what Python needs to parse them.

Without folders the tree is the kit itself. Every tree is read and judged by all rules of the source, twice: the second time
nothing has changed. Prints seconds and the ratio of the first to parsing alone, in the same process.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from compliance.catalogue import Catalogue, load
from compliance.run import judge_source
from compliance.source import read_source
from compliance.source.parsing import many, parse
from compliance.source.remembering import CACHE_HOME

#: The most that judging may cost, in parsings of the same texts, and that an unchanged tree may.
LIMIT, AGAIN = 40.0, 2.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table. The exit status: 0 where no tree takes more than its share."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.source", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, metavar="DIR")
    given = parser.parse_args(arguments)
    catalogue, worst = load(), True
    print("| tree | lines | parsed | judged | ratio | again | ratio |\n|---|---|---|---|---|---|---|")  # noqa: T201
    with tempfile.TemporaryDirectory() as folder:
        os.environ[CACHE_HOME] = folder
        trees = [(one, "") for one in given.folders] or [(Path(), "compliance")]
        for place, package in trees:
            worst &= _measure(catalogue, place, package)
    return int(not worst)


def _measure(catalogue: Catalogue, folder: Path, package: str) -> bool:
    """Print the line of one tree; whether it takes no more than its share."""
    texts = list(read_source(folder, package).texts.values())
    begun = time.perf_counter()
    with many():
        for text in texts:
            _parsed(text)
    parsed = time.perf_counter() - begun
    first, again = (_judged(catalogue, folder, package) for _ in range(2))
    lines = sum(text.count("\n") for text in texts)
    print(  # noqa: T201
        f"| {package or folder} | {lines:,} | {parsed:.2f} s | {first:.2f} s | {first / parsed:.1f} "
        f"| {again:.2f} s | {again / parsed:.1f} |"
    )
    return first / parsed <= LIMIT and again / parsed <= AGAIN


def _parsed(text: str) -> None:
    try:
        parse(text)
    except (SyntaxError, ValueError):
        return


def _judged(catalogue: Catalogue, folder: Path, package: str) -> float:
    begun = time.perf_counter()
    judge_source(catalogue, read_source(folder, package), lambda one: one.rule.depth == "source")
    return time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
