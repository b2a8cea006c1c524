from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from compliance.catalogue import Outcome
from compliance.report.kinds.junit import render
from tests.report.kinds.reports import (
    CAP,
    HOSTILE,
    ORDER,
    SHAPE,
    conformant,
    empty,
    everything,
    hostile,
    report_of,
    waived,
)
from tests.report.making import broken, other, passed
from tests.report.schemas import junit, package


@pytest.fixture(scope="module")
def valid():
    schema, etree = junit(), package("lxml.etree")

    def check(text):
        schema.assertValid(etree.fromstring(text.encode(), etree.XMLParser(huge_tree=True)))

    return check


def cases(report):
    """classname and name -> the test case."""
    root = ElementTree.fromstring(render(report))
    return {(case.get("classname"), case.get("name")): case for case in root.iter("testcase")}


def tag(case):
    return next((child.tag for child in case), None)


def test_it_obeys_the_schema(report, valid):
    valid(render(report))


def test_ten_thousand_results_obey_the_schema(ten_thousand, valid):
    valid(render(ten_thousand))


def test_the_schema_would_catch_a_fault(valid):
    with pytest.raises(Exception, match="not allowed"):
        valid(render(everything()).replace("<testcase ", '<testcase line="3" ', 1))


def test_a_suite_is_a_family_and_a_case_a_rule_on_a_subject():
    root = ElementTree.fromstring(render(everything()))
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == ["Pagination and search", "Errors", "ARC"]
    counts = {
        name: [suites[name].get(key) for key in ("tests", "failures", "errors", "skipped")] for name in suites
    }
    assert counts == {
        "Pagination and search": ["6", "3", "0", "1"],
        "Errors": ["4", "0", "1", "3"],
        "ARC": ["1", "1", "0", "0"],
    }
    assert [root.get(key) for key in ("tests", "failures", "errors")] == ["11", "4", "1"]
    properties = {one.get("name"): one.get("value") for one in suites["Errors"].iter("property")}
    assert properties["verdict"] == "not compliant"
    assert properties["target"] == "http://127.0.0.1:8000"


def test_parts_of_one_violation_have_names_of_their_own():
    excused = [other(Outcome.WAIVED, CAP) for _ in range(2)]
    report = report_of(broken(CAP), replace(broken(CAP), known=True), *excused)
    assert [name for _, name in cases(report)] == [
        "GET /users",
        "GET /users (known before)",
        "GET /users (waived)",
        "GET /users (waived) 2",
    ]


def test_every_outcome_has_its_element():
    found = cases(everything())
    assert {key: tag(case) for key, case in found.items()} == {
        ("PAG-003", "GET /ok"): None,
        ("PAG-003", "GET /users"): "failure",
        ("PAG-003", "GET /items"): "failure",
        ("PAG-003", "/items"): "failure",
        ("PAG-005", "GET /users"): "system-out",
        ("ARC-002@source", "app"): "failure",
        ("ERR-001", "GET /old"): "skipped",
        ("ERR-001", "GET /admin"): "skipped",
        ("PAG-005", "GET /admin"): "skipped",
        ("ERR-001", "nothing"): "skipped",
        ("ERR-001", "POST /users"): "error",
    }
    assert found["ERR-001", "GET /old"][0].get("message") == "waived: mended with ORD-22, until 2026-12-15"
    assert found["ERR-001", "GET /admin"][0].get("message") == "untested: needs an administrator"
    assert found["ERR-001", "POST /users"][0].get("message") == "ValueError in the kit"


def test_a_failure_says_expected_observed_and_the_fix_and_once_how_to_repeat_it():
    found = cases(everything())
    failures = [found["PAG-003", subject][0] for subject in ("GET /users", "GET /items", "/items")]
    for failure in failures:
        assert failure.get("message") == "the limit is not capped"
        for words in (
            "expected  422, or at most 100 items",
            "observed  101 items",
            "fix       declare the limit",
        ):
            assert words in failure.text
    assert ["curl -sS" in failure.text for failure in failures].count(True) == 1
    assert "app/a b.py:3 x = query()" in found["ARC-002@source", "app"][0].text


def test_a_should_fails_only_where_it_decides():
    def weak(profile):
        return cases(report_of(passed(CAP), broken(ORDER), profile=profile))["PAG-005", "GET /users"]

    assert tag(weak("standard")) == "system-out"
    assert "which does not decide the verdict: the limit is not capped" in weak("standard")[0].text
    assert tag(weak("strict")) == "failure"


@pytest.mark.parametrize("report", [empty(), report_of(passed(CAP), missing=["bob could not log in"])])
def test_an_inconclusive_run_is_an_error_though_nothing_failed(report):
    root = ElementTree.fromstring(render(report))
    assert root.get("errors") == "1"
    case = cases(report)["verdict", "inconclusive"]
    assert "; ".join(report.reasons) == case[0].get("message")


@pytest.mark.parametrize("report", [conformant(), waived(), report_of(passed(CAP), other("untested", SHAPE))])
def test_what_is_compliant_has_neither_failure_nor_error(report):
    root = ElementTree.fromstring(render(report))
    assert (root.get("failures"), root.get("errors")) == ("0", "0")


def test_hostile_texts_come_back_as_texts():
    found = cases(hostile())
    observed = "\n".join(case[0].text or "" for (rule, _), case in found.items() if rule == "PAG-003")
    assert "]]> <![CDATA[ &amp; </testcase>" in observed
    assert "\\x00\\x01\\x08" in observed
    assert "\\uffff" in observed
    assert "\\ud800" in observed
    assert len([key for key in found if key[0] == "PAG-003"]) == len(HOSTILE)
