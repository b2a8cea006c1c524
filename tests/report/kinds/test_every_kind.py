"""What holds for every kind, also for those that come later."""

from __future__ import annotations

import time

import pytest

from compliance.report.files import KINDS, parse, write
from compliance.report.view import Report
from tests.report.kinds.reports import conformant, everything, hostile

#: Kinds that another programme reads, and of which no byte may be lost: JSON has its own escapes.
EXACT = {"json"}
#: Characters that no document may hold as they are.
FORBIDDEN = {
    *map(chr, range(32)),
    *map(chr, range(0x7F, 0xA0)),
    "\ufffe",
    "\uffff",
    "\ud800",
    "\u202e",
} - set("\n\t")


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_a_text_that_ends_with_a_line(kind, report):
    text = KINDS[kind].render(report)
    assert text.encode("utf-8").endswith(b"\n")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_a_terminal_or_a_parser_obeys_is_left(kind):
    assert FORBIDDEN & set(KINDS[kind].render(hostile())) == set()


@pytest.mark.parametrize("kind", KINDS)
def test_it_says_the_same_twice_and_changes_no_report(kind, report):
    before = repr(report.document)
    assert KINDS[kind].render(report) == KINDS[kind].render(Report(report.document))
    assert repr(report.document) == before


@pytest.mark.parametrize("kind", KINDS)
def test_it_tells_the_verdicts_apart(kind):
    good, bad = KINDS[kind].render(conformant()), KINDS[kind].render(everything())
    assert good != bad


@pytest.mark.parametrize("kind", KINDS)
def test_ten_thousand_results_take_seconds(kind, ten_thousand):
    ten_thousand.findings  # noqa: B018 - read once, whatever the kind
    begin = time.process_time()
    KINDS[kind].render(ten_thousand)
    assert time.process_time() - begin < 10


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_written_to_a_file_and_printed(kind, tmp_path, capsysbinary, monkeypatch):
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    write(parse(f"{kind}:{tmp_path}/report"), everything())
    assert capsysbinary.readouterr().out == b""
    write(parse(f"{kind}:-"), everything())
    assert capsysbinary.readouterr().out == (tmp_path / "report").read_bytes() != b""
