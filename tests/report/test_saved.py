"""A result document read back: the same values, or one message that says why not."""

from __future__ import annotations

import gzip
import json

import pytest

from compliance.catalogue import Outcome
from compliance.report.document import document
from compliance.report.files import ReportError
from compliance.report.saved import read
from compliance.result import Place
from compliance.verdict import decide
from tests.report.making import a_catalogue, a_rule, a_run, broken, other, passed

CAP, SOURCE = a_rule(), a_rule("PAG-003@source")
CATALOGUE = a_catalogue(CAP, SOURCE)


def made(*results, **changes):
    run = a_run(*results, **changes)
    return document(run, decide(run), CATALOGUE)


def saved(tmp_path, content):
    file = tmp_path / "result.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return file


def test_what_was_written_is_read(tmp_path):
    twice = broken(
        SOURCE, "app", places=(Place("a.py", 3, "x"), Place("a.py", 9, "x")), evidence=(), script=""
    )
    results = [broken(CAP, "GET /a"), broken(CAP, "GET /b", evidence=()), passed(CAP, "GET /c"), twice]
    report = read(saved(tmp_path, made(*results, other(Outcome.UNTESTED, CAP, "GET /d"))))
    assert (report.word, report.name, report.families) == (
        "not compliant",
        "orders 1.4.2",
        {"PAG": "Pagination and search"},
    )
    first, second = report.findings
    assert (first.rule.id, first.subjects, first.examined) == ("PAG-003", ["GET /a", "GET /b"], 3)
    assert first.exemplar.evidence == results[0].evidence
    assert second.places == [Place("a.py", 3, "x"), Place("a.py", 9, "x")]
    assert len(set(second.exemplar.fingerprints)) == 2
    assert [one.outcome for one in report.results][-1] == "untested"
    assert report.identities == a_run().identities


def test_what_a_big_page_holds_is_read_as_it_comes_out_of_it(tmp_path):
    document = made(passed(CAP, "GET /a"))
    file = tmp_path / "result.json.gz"
    file.write_bytes(gzip.compress(json.dumps(document).encode()))
    assert read(file).document == document
    for broken_off in (file.read_bytes()[:40], b"\x1f\x8b", b"\x1f\x8bx"):
        file.write_bytes(broken_off)
        with pytest.raises(ReportError, match="no result document"):
            read(file)


def test_a_fingerprint_knows_rule_subject_and_cause_only():
    one = broken(CAP, "GET /a", observed="7 items")
    assert one.fingerprint == broken(CAP, "GET /a", observed="9 items", evidence=()).fingerprint
    others = [broken(CAP, "GET /b"), broken(SOURCE, "GET /a"), broken(CAP, "GET /a", cause="x")]
    assert len({one.fingerprint, *(other.fingerprint for other in others)}) == 4
    moved = [broken(SOURCE, places=(Place("a.py", line, "x"),)).fingerprints for line in (3, 8)]
    assert moved[0] == moved[1]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "no result document"),
        ("[" * 100_000, "no result document"),
        ("[]", "no result document: write one"),
        ("{}", "no result document: write one"),
        (
            {"schema": "urn:fastapi-compliance:result:9"},
            "form urn:fastapi-compliance:result:9; this kit reads",
        ),
        ({"schema": "urn:fastapi-compliance:result:1"}, "at its top:"),
        ({**made(), "requests": "many"}, "at requests:"),
        (made(complete=False), "was cut short"),
    ],
)
def test_what_is_no_result_is_refused_in_one_line(tmp_path, content, words):
    with pytest.raises(ReportError, match=words) as refused:
        read(saved(tmp_path, content))
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(ReportError, match=r"cannot read .*No such file"):
        read(tmp_path / "result.json")
