"""What stands in the page, read as text."""

from __future__ import annotations

import base64
import gzip
import json
import re
import tomllib
from hashlib import sha256
from html import unescape

import pytest

from compliance.catalogue import Outcome
from compliance.report import files
from compliance.report.kinds import html
from compliance.report.kinds.html.page import OF_A_FINDING, OF_A_PAGE, Page
from compliance.report.kinds.html.text import BODY, markdown, visible
from compliance.report.waiving import began, snippet
from tests.report.html.showing import CAP, ORDER, a_report, compliant, failing
from tests.report.making import a_rule, broken, other, passed


def text_of(page):
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page.partition("<body>")[2])).split())


def test_it_is_one_of_the_kinds(tmp_path):
    spec = files.parse(f"html:{tmp_path / 'report.html'}")
    files.write(spec, compliant())
    assert spec.path.read_text("utf-8") == html.render(compliant())
    assert files.parse("html").path.name == "compliance-report.html"


def test_its_policy_allows_its_own_style_and_script_alone():
    page = html.render(failing())
    policy = unescape(re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1])
    assert policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(sha256(inside.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}';" in policy
    assert not re.search(r"\s(?:style|on\w+)=", page.partition("<body>")[2].partition("<script>")[0])
    assert not re.search(r"<(?:img|link|iframe|object|embed|form|base)\b", page)


def test_it_holds_the_document():
    report = failing()
    (data,) = re.findall(r'href="data:application/json;base64,([^"]*)"', html.render(report))
    assert json.loads(base64.b64decode(data)) == report.document


def test_it_holds_a_big_document_packed():
    report = failing(notes=["x" * html.PACKED])
    page = html.render(report)
    (data,) = re.findall(r'download="result.json.gz" href="data:application/gzip;base64,([^"]*)"', page)
    assert json.loads(gzip.decompress(base64.b64decode(data))) == report.document


@pytest.mark.parametrize(
    "said",
    [
        "Not compliant Broken: PAG-003 , PAG-003@source With waivers: ERR-002 Scope: outside;",
        "2 broken W 1 warning ~ 1 waived ? 1 not tested ✓ 1 passed – 1 not applicable",
        "MUST passed 1 / 5",
        "admin from COMPLIANCE_ADMIN_* (not proven)",
        "1,842 requests in 41.8 s · seed 42",
        "Left behind: rows of this run that could not be deleted. /users/17",
        "Note: the path /x was not read",
        "A page holds at most 100 items The limit is not capped: GET /list0, GET /list1, GET /list2, GET /list3 and 3 more",
        "Fix: Declare the limit in the signature, Query(ge=1, le=100) .",
        "No value makes one page hold more than 100 items. See Query . PAG-003 (MUST), examined from outside",
        'Origin: standard, "Always do" 4',
        "Why it matters A page without a limit holds the database.",
        "Breaks limit=101 answers 101 items.",
        "Conforms Declare the limit in the signature,",
        "Expected 422, or at most 100 items Observed 101 items",
        "A page holds at most 100 items The limit is not capped: app/deps.py:66 Fix:",
        "app/deps.py:66 Pagination.page_size page_size: int = 10",
        "2 more with the same cause; their evidence is in result.json GET /list5 GET /list6",
        "When mended: compliance replay result.json PAG-003 · All about it: compliance explain PAG-003",
        "Waived : the gateway does it until 2027-01-01 service",
        "Not tested no pass: nothing is known Needs a second user ERR-001",
        "What more would need this run did not have it",
    ],
)
def test_it_says(said):
    assert said in text_of(html.render(failing()))


def test_what_is_absent_is_not_spoken_of():
    said = text_of(html.render(compliant()))
    for heading in (
        "Fix first",
        "Left behind",
        "Note:",
        "Waived",
        "Not tested no pass",
        "cut short",
        "Other subjects",
    ):
        assert heading not in said


def test_a_run_that_went_wrong_says_so_before_all_else():
    gone = "it stopped answering after GET /x\ncurl http://127.0.0.1/x"
    report = a_report(
        passed(CAP),
        other(Outcome.ERROR, ORDER, reason="KeyError: 'items'"),
        gone=gone,
        missing=["no document"],
        complete=False,
    )
    said = text_of(html.render(report))
    assert "The run was cut short. It concludes nothing. it stopped answering after GET /x curl http" in said
    assert "no document The kit itself failed in PAG-005 : KeyError: 'items'" in said
    assert said.index("The run was cut short") < said.index("Families")


def test_only_some_results_of_a_finding_are_shown_in_full():
    page = Page(failing())
    (finding,) = page.findings(page.report.rules["PAG-003"])
    assert (len(finding.full), finding.left) == (OF_A_FINDING, 2)


def test_a_page_has_an_end_however_much_was_found():
    many = [broken(CAP, f"GET /{n}", cause=f"cause {n}") for n in range(OF_A_PAGE + 100)]
    page = html.render(a_report(*many, rules=(CAP,)))
    assert page.count("<article") == OF_A_PAGE
    assert "… and 450 more findings among the rules below." in page
    assert (page.count('<div class="finding"'), page.count('<p class="brief"')) == (OF_A_PAGE, 100)
    assert (
        f"Cause {OF_A_PAGE + 99} : expected 422, or at most 100 items; observed 101 items; at GET /"
        in text_of(page)
    )


def test_ten_thousand_results_are_no_heavy_page():
    rules = [a_rule(f"PAG-{number:03}") for number in range(100)]
    results = [
        (broken if number % 10 == 0 else passed)(rule, f"GET /{number}")
        for rule in rules
        for number in range(100)
    ]
    page = html.render(a_report(*results, rules=rules))
    assert page.count("<") < 5 * len(results), "tags, closing ones included"


def test_the_matrix_shows_the_worst_and_never_a_pass_for_what_was_not_tested():
    page = Page(failing())
    cells = {
        row.subject: {cell.family: (cell.sign.sign, cell.told) for cell in row.cells(page.families)}
        for row in (*page.subjects.operations, *page.subjects.others)
    }
    assert cells["GET /users"] == {
        "PAG": ("W", "1 warning, 1 passed"),
        "ERR": ("?", "1 not tested, 1 passed"),
    }
    assert cells["GET /list0"] == {"PAG": ("✗", "1 broken, 1 passed"), "ERR": ("–", "")}
    assert cells["service"]["ERR"][0] == "~"
    assert [row.subject for row in page.subjects.others] == ["app.deps.Pagination", "service"]
    assert "nothing" not in cells


def test_every_violation_can_be_waived_by_what_stands_there():
    waivers = [
        tomllib.loads(unescape(found))["waiver"][0]
        for found in re.findall(r"(\[\[waiver\]\].*?)</pre>", html.render(failing()), re.DOTALL)
    ]
    assert [one["rule"] for one in waivers] == ["PAG-003", "PAG-003@source", "PAG-005"]
    assert waivers[0]["operations"] == [f"GET /list{number}" for number in range(7)]
    assert waivers[0]["expires"].isoformat() == "2027-02-21"
    assert waivers[0].keys() == {"rule", "operations", "reason", "owner", "expires"}


def test_a_waiver_of_a_run_that_does_not_say_when_it_began_leaves_the_day_open():
    assert (
        "expires"
        not in tomllib.loads(snippet("PAG-003", operations=['GET /"a"\n'], begins=began("")))["waiver"][0]
    )


def test_a_body_is_cut_and_says_so():
    evidence = (broken(CAP).evidence[0],)
    long = [type(one)(**{**vars(one), "response_body": "x" * (BODY + 1)}) for one in evidence]
    page = html.render(a_report(broken(CAP, evidence=tuple(long)), rules=(CAP,)))
    assert f"Cut: {BODY:,} of {BODY + 1:,} characters." in page
    assert "x" * BODY in page
    assert "x" * (BODY + 1) not in page


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a\r\nb\tc", "a\nb\tc"),
        ("a\0b\x1b[0m", r"a\x00b\x1b[0m"),
        ("\u202egnp.exe\u2066", r"\u202egnp.exe\u2066"),
        ("\u2028\ufeff\ud800", r"\u2028\ufeff\ud800"),
        ("\U000e0041 ü 漢 🙂", r"\U000e0041 ü 漢 🙂"),
    ],
)
def test_what_cannot_be_seen_is_written_out(text, seen):
    assert visible(text) == seen


@pytest.mark.parametrize(
    "text",
    [
        "<img src=x onerror=alert(1)>",
        "a <b>b</b>",
        "![x](http://other.test/x.png)",
        "[x](javascript:alert(1))",
        "<http://x.test/\"onclick='alert(1)'>",
    ],
)
def test_a_text_of_the_standard_brings_no_markup_of_its_own(text):
    assert not re.search(
        r"<(?!/?(?:p|a|code|em|strong)\b)|<[^>]*\son\w+=|javascript:[^<]*\">|<img", markdown(text)
    )


def test_a_text_of_the_standard_is_markdown():
    assert markdown("see `limit`:\n\n- one\n- **two**\n") == (
        "<p>See <code>limit</code>:</p>\n<ul>\n<li>one</li>\n<li><strong>two</strong></li>\n</ul>\n"
    )
