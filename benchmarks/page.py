"""`python -m benchmarks.page [--results N]`: how long Chromium takes to open the HTML report of a big run.

A tenth of the results are violations with two exchanges each. Prints how long the page takes to be written, how big it
is, and the median of several openings until it can be read and until its script answers; the exit status is 0 where that
is under two seconds. $CHROMIUM names the browser.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from compliance.catalogue import Rule
from compliance.report.document import document
from compliance.report.kinds import html
from compliance.report.view import Report
from compliance.result import Result
from compliance.verdict import decide
from tests.report.making import SCRIPT, a_catalogue, a_rule, a_run, an_exchange, broken, passed

RULES = 200
OPENINGS = 5
SECONDS = 2.0
FAMILIES = ("ACC", "ARC", "AUT", "COD", "CON", "DAT", "ERR", "PAG", "PRJ", "RES", "RUN", "SEC", "SUR")
_WHEN_PAINTED = """() => new Promise((done) =>
  requestAnimationFrame(() => setTimeout(() => done(performance.now() / 1000))))"""
_FILTERING = """() => { const begin = performance.now(); const search = document.getElementById('search');
  search.value = 'one hundred'; search.dispatchEvent(new Event('input')); document.body.offsetHeight;
  return (performance.now() - begin) / 1000 }"""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page", description=__doc__)
    parser.add_argument("--results", type=int, default=10_000)
    parser.add_argument("--broken", type=int, default=10, metavar="N", help="one result of N is a violation")
    given = parser.parse_args(arguments)
    report = made(given.results, given.broken)
    begin = time.perf_counter()
    text = html.render(report)
    taken = time.perf_counter() - begin
    print(f"{given.results:,} results: written in {taken:.2f} s, {len(text) / 1e6:.1f} MB")  # noqa: T201
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.html"
        file.write_text(text, "utf-8")
        opened, searched = measured(file)
    print(f"opened in {opened:.2f} s, first search in {searched:.2f} s (medians of {OPENINGS})")  # noqa: T201
    return int(opened >= SECONDS)


def made(results: int, every: int) -> Report:
    """So many results, spread over the rules of a big standard."""
    rules = [a_rule(f"{FAMILIES[number % len(FAMILIES)]}-{number:03}") for number in range(RULES)]
    found = [_result(rules[number % RULES], number, every) for number in range(results)]
    run = a_run(*found)
    return Report(document(run, decide(run), a_catalogue(*rules)))


def _result(rule: Rule, number: int, every: int) -> Result:
    subject = f"GET /api/v1/things{number // RULES}/{{thing_id}}"
    # Whole rounds over the rules, so that a violation meets every rule.
    if (number // RULES + number) % every:
        return passed(rule, subject)
    exchanges = tuple(an_exchange(method, "/api/v1/things", 200) for method in ("POST", "GET"))
    return broken(rule, subject, evidence=exchanges, script=SCRIPT * 10)


def measured(file: Path) -> tuple[float, float]:
    """Seconds until the page is painted with its script done, and that the first search takes."""
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    opened, searched = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for _ in range(OPENINGS):
            page = browser.new_page()
            page.goto(file.as_uri())
            opened.append(page.evaluate(_WHEN_PAINTED))
            searched.append(page.evaluate(_FILTERING))
            page.close()
        browser.close()
    return statistics.median(opened), statistics.median(searched)


if __name__ == "__main__":
    sys.exit(main())
