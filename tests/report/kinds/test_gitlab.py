from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator, ValidationError

from compliance.report.kinds.gitlab import render
from compliance.result import Place
from tests.report.kinds.reports import CAP, ORDER, conformant, empty, everything, hostile, report_of, waived
from tests.report.making import broken, passed
from tests.report.schemas import stored

VALIDATOR = Draft202012Validator(stored("gitlab-code-quality.json"))


def issues(report):
    found = json.loads(render(report))
    VALIDATOR.validate(found)
    return found


def test_it_obeys_the_form(report):
    assert issues(report) is not None


def test_the_form_would_catch_a_fault():
    (issue, *_) = issues(everything())
    for fault in (
        {"severity": "bad"},
        {"location": {"path": "/etc/x", "lines": {"begin": 1}}},
        {"location": {"path": "x"}},
    ):
        with pytest.raises(ValidationError):
            VALIDATOR.validate([{**issue, **fault}])


def test_an_issue_is_a_place_of_a_violation():
    found = issues(everything(stated={"GET /users": Place("openapi.yaml", 7)}, source="svc"))
    assert [
        (one["check_name"], one["severity"], one["location"]["path"], one["location"]["lines"]["begin"])
        for one in found
    ] == [
        ("PAG-003", "major", "openapi.yaml", 7),
        ("PAG-003", "major", "README.md", 1),
        ("PAG-003", "major", "README.md", 1),
        ("ARC-002@source", "major", "svc/app/a b.py", 3),
        ("ARC-002@source", "major", "svc/app/ä.py", 9),
        ("PAG-005", "minor", "openapi.yaml", 7),
    ]
    assert (
        found[0]["description"]
        == "PAG-003 A page holds at most 100 items: the limit is not capped (GET /users)"
    )


def test_what_an_attacker_can_use_weighs_more():
    report = report_of(broken(CAP), broken(ORDER))
    for rule in report.document["rules"]:
        rule["origin"] = "OWASP ASVS 4.1"
    assert [one["severity"] for one in issues(report)] == ["critical", "major"]
    strict = report_of(broken(ORDER), profile="strict")
    assert [one["severity"] for one in issues(strict)] == ["major"]


def test_fingerprints_are_unique_and_know_no_lines():
    found = [one["fingerprint"] for one in issues(everything())]
    assert len(set(found)) == len(found) == 6
    assert found == [one["fingerprint"] for one in issues(everything(stated={"service": Place("x.json", 9)}))]
    every = [one["fingerprint"] for one in issues(hostile())]
    assert len(set(every)) == len(every)


def test_what_shares_a_fingerprint_is_told_apart():
    twice = report_of(broken(CAP, "GET /a"), broken(CAP, "GET /b"))
    for result in twice.document["results"]:
        result["fingerprint"] = "0" * 20
    assert len({one["fingerprint"] for one in issues(twice)}) == 2


def test_nothing_is_found_only_where_the_run_concludes():
    assert issues(conformant()) == issues(waived()) == []
    (doubt,) = issues(empty())
    assert doubt["check_name"] == "verdict"
    assert "no MUST clause could be shown to hold" in doubt["description"]
    (late,) = issues(report_of(passed(CAP), missing=["bob"], stated={"service": Place("compliance.toml", 3)}))
    assert late["location"] == {"path": "compliance.toml", "lines": {"begin": 3}}


def test_ten_thousand_results(ten_thousand):
    assert len(issues(ten_thousand)) == 10_000
