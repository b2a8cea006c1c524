"""How long it takes to understand a document, and how well documents of real services are understood.

    python -m benchmarks.inference [DOCUMENT …]

Prints three tables: the time by the number of operations of documents that are made up (the cost of one operation at 1,000 over
that at 100 is 1 where the cost is linear), time and memory for each document that is named (also in $BENCHMARK_DOCUMENTS,
separated by colons), and the accuracy on a corpus with labels where one lies at $BENCHMARK_CORPUS or beside the project
(`shared/corpus`). For a document of 1,200 operations: `npm pack @octokit/openapi`.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.accuracy import table
from benchmarks.documents import document
from compliance.contract import understand

SIZES = (10, 100, 1000)
TIMES = 7


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--one"]:
        _measure(Path(arguments[1]))
        return
    _print(_growth())
    named = [*arguments, *filter(None, os.environ.get("BENCHMARK_DOCUMENTS", "").split(":"))]
    for name in named:
        subprocess.run([sys.executable, "-m", "benchmarks.inference", "--one", name], check=True)  # noqa: S603
    _print(table(_corpus()))


def _growth() -> Iterator[str]:
    """The best of some times, so that whatever else the machine does is left out."""
    yield f"{'operations':>12}{'seconds':>10}{'µs each':>10}"
    each: dict[int, float] = {}
    for size in SIZES:
        made = document(size)
        count = len(understand(made).operations)
        seconds = min(_seconds(made) for _ in range(TIMES))
        each[size] = seconds / count
        yield f"{count:>12}{seconds:>10.4f}{each[size] * 1e6:>10.0f}"
    yield f"one operation of 1,000 costs {each[1000] / each[100]:.2f} times what one of 100 costs"


def _seconds(made: Mapping[str, Any]) -> float:
    started = time.perf_counter()
    understand(made)
    return time.perf_counter() - started


def _measure(path: Path) -> None:
    """Loading, understanding and the memory of a process of its own."""
    started = time.perf_counter()
    read = json.loads(path.read_bytes())
    loaded = time.perf_counter() - started
    contract = understand(read)
    whole = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    parts = f"{len(contract.operations)} operations, {len(contract.lists)} lists, {len(contract.resources)} resources"
    _print(
        [
            "",
            f"{path.name}: {path.stat().st_size / 1e6:.1f} MB, {parts}",
            f"  loaded in {loaded:.2f} s, understood in {whole - loaded:.2f} s, together {whole:.2f} s; {memory:.0f} MB in all",
        ]
    )


def _corpus() -> Path | None:
    given = os.environ.get("BENCHMARK_CORPUS")
    near = [folder / "shared" / "corpus" for folder in Path(__file__).resolve().parents]
    places = [Path(given)] if given else near
    return next((place for place in places if (place / "labels.json").is_file()), None)


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
