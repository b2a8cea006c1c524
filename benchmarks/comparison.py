"""`python -m benchmarks.comparison [--write] [NAME=URL …]`: the whole verdict beside `schemathesis run` with its defaults.

Both judge the same running service one after the other, the kit first: it makes the users, and schemathesis is given
the token of one. Without services these are the reference and a copy of it with as many faults as fit into one tree,
each judged three times on fresh starts, of which the middle one counts: schemathesis draws other cases each time.
Prints seconds, findings and the ratio of the times; `--write` puts the tables into docs/comparison.md.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from compliance.catalogue import load
from compliance.run import Runner, read_contract
from compliance.target.connection import Connection
from compliance.target.document import find_document
from compliance.target.reach import Grants
from tests.mutants import Mutant, mutants
from tests.service import ROOT, copy_of_reference, serve_reference

PAGE = ROOT / "docs" / "comparison.md"
#: Mutants that leave a service in which one can still register, log in and write.
PLANTED = (
    "ACC-001-anybody-updates",
    "ACC-003-superuser-by-registration",
    "AUT-002-unverified-signature",
    "AUT-005-no-challenge",
    "AUT-011-token-outlives-account",
    "CON-001-around-the-schema",
    "CON-002-no-404",
    "CON-005-limit-in-the-document-only",
    "ERR-001-unbounded-id",
    "ERR-002-another-shape",
    "PAG-003-no-maximum",
    "PAG-006-total-of-the-table",
    "PAG-014-wildcards-unescaped",
    "PAG-017-search-in-the-statement",
    "RES-001-created-with-200",
    "RES-003-delete-forgotten",
    "RES-014-case-kept",
    "RES-016-untranslated-conflict",
    "RES-022-null",
    "SEC-001-input-in-422",
    "SEC-002-hash-in-response",
    "SUR-003-version-in-a-header",
    "SUR-007-any-origin",
)
#: The most of the time of `schemathesis run` that a verdict may take.
LIMIT = 0.7
#: How often each service of our own is judged by both.
TIMES = 3
HEAD = """# The kit beside schemathesis

Made by `make compare` (`python -m benchmarks.comparison --write NAME=URL …`); do not edit.
Both tools judged the same running service in one run of the script, on {cores}; the kit {kit} with its defaults,
schemathesis {schemathesis} with its defaults and the token of a user whom the kit had made. Seconds are those of whole
processes. A finding of the kit is one rule and one cause, one of schemathesis a kind of failure, wherever they were
seen. {day}.
"""


@dataclass(frozen=True)
class Findings:
    """What one tool found, as lines, and how long it took."""

    seconds: float
    lines: tuple[str, ...]
    word: str


@dataclass(frozen=True)
class Row:
    """One service, judged by both."""

    name: str
    kit: Findings
    other: Findings

    @property
    def ratio(self) -> float:
        return self.kit.seconds / self.other.seconds


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the comparison. The exit status: 0 where the kit takes no more than its share of the time everywhere."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.comparison", description=__doc__)
    parser.add_argument("services", nargs="*", metavar="NAME=URL")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/comparison.md")
    given = parser.parse_args(arguments)
    rows = list(_own())
    rows += [compare(*service.split("=", 1)) for service in given.services]
    text = "\n".join(_page(rows))
    print(text)  # noqa: T201
    if given.write:
        PAGE.write_text(text + "\n", encoding="utf-8")
    return int(any(row.ratio > LIMIT for row in rows))


def _own() -> Iterator[Row]:
    """The services that are there everywhere, each served while it is judged."""
    yield _middle("the reference", ROOT)
    with tempfile.TemporaryDirectory() as folder:
        planted = broken(Path(folder))
        yield _middle(f"the reference with {len(planted)} faults at once", Path(folder))


def _middle(name: str, folder: Path) -> Row:
    """The middle one, by its ratio, of several comparisons on fresh starts of one service."""
    rows = []
    for _ in range(TIMES):
        with serve_reference(folder) as url:
            rows.append(compare(name, url))
    return sorted(rows, key=lambda row: row.ratio)[TIMES // 2]


def broken(folder: Path) -> list[Mutant]:
    """A copy of the reference with as many of the planted faults as go together, and which."""
    copy_of_reference(folder)
    planted: list[Mutant] = []
    for mutant in mutants():
        if mutant.home or mutant.name not in PLANTED:
            continue
        command = ["git", "apply", "--whitespace=nowarn", str(mutant.file)]
        if not subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode:  # noqa: S603
            planted.append(mutant)
    return planted


def compare(name: str, url: str) -> Row:
    """Judge one service by both."""
    return Row(name, by_kit(url), by_schemathesis(url))


def by_kit(url: str) -> Findings:
    """The verdict of `compliance check`."""
    seconds, result = _timed(["-m", "compliance", "check", url, "--report", "json:{}"])
    lines = [f"{one['rule']} {one['cause']} ({_places(one['subjects'])})" for one in result["findings"]]
    return Findings(seconds, tuple(lines), f"{result['verdict']['word']}, {result['requests']:,} requests")


def by_schemathesis(url: str) -> Findings:
    """The failures of `schemathesis run`, asked in the name of a user."""
    where, headers = _way_in(url)
    who = [part for name, value in headers for part in ("--header", f"{name}: {value}")]
    report = ["--report", "json", "--report-json-path", "{}"]
    seconds, result = _timed(["-m", "schemathesis.cli", "run", where, *who, *report, "--no-color"])
    lines = [f"{one['title']} ({_places(one['operations'])})" for one in result["failures"]]
    return Findings(seconds, tuple(lines), f"{result['test_cases']['generated']:,} test cases")


def _way_in(url: str) -> tuple[str, Sequence[tuple[str, str]]]:
    """Where the document is, and the headers of a user of the service."""
    found = find_document(Connection(url))
    runner = Runner(load(), read_contract(found.content), Connection(url), Grants(writes=True))
    with contextlib.ExitStack() as stack:
        stack.callback(runner.target.client.close)
        runner.start()
        alice = runner.target.actors.get("alice")
        return found.place, alice.headers if alice else ()


def _timed(command: list[str]) -> tuple[float, Mapping[str, Any]]:
    """Seconds of a whole process, and the JSON that it wrote to the file for which `{}` stands."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "result.json"
        line = [sys.executable, *(part.replace("{}", str(file)) for part in command)]
        begun = time.monotonic()
        done = subprocess.run(line, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
        seconds = time.monotonic() - begun
        if not file.exists():
            raise SystemExit(f"{' '.join(line)} wrote no result:\n{done.stdout}{done.stderr}")
        return seconds, json.loads(file.read_text(encoding="utf-8"))


def _places(subjects: Sequence[str]) -> str:
    return subjects[0] if len(subjects) == 1 else f"{len(subjects)} places"


def _page(rows: Sequence[Row]) -> Iterator[str]:
    yield HEAD.format(
        cores="two cores",
        kit=version("fastapi-compliance"),
        schemathesis=version("schemathesis"),
        day=datetime.now(UTC).date().isoformat(),
    )
    yield "| service | kit | findings | schemathesis | findings | ratio of the times |\n|---|---|---|---|---|---|"
    for row in rows:
        kit, other = row.kit, row.other
        yield (
            f"| {row.name} | {kit.seconds:.1f} s, {kit.word} | {len(kit.lines)} "
            f"| {other.seconds:.1f} s, {other.word} | {len(other.lines)} | {row.ratio:.2f} |"
        )
    for row in rows:
        yield f"\n## {row.name[0].upper()}{row.name[1:]}\n"
        for tool, found in (("The kit", row.kit), ("Schemathesis", row.other)):
            yield f"**{tool}**\n"
            yield "\n".join(f"- {line}" for line in found.lines) or "Nothing."
            yield ""


if __name__ == "__main__":
    sys.exit(main())
