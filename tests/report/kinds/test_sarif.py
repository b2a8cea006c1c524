from __future__ import annotations

import gzip
import json
import re

import jsonschema
import pytest

from compliance.catalogue import Outcome
from compliance.report.kinds.sarif import RESULTS, render
from compliance.result import Place
from tests.report.kinds.reports import (
    CAP,
    SHAPE,
    a_rule,
    broken,
    conformant,
    empty,
    everything,
    hostile,
    many,
    report_of,
)
from tests.report.making import other
from tests.report.schemas import sarif

STATED = {"service": Place("docs/openapi.json", 1), "GET /users": Place("docs/openapi.json", 12)}


@pytest.fixture(scope="module")
def schema():
    return jsonschema.Draft4Validator(sarif())


def run_of(report):
    (run,) = json.loads(render(report))["runs"]
    return run


def at(result):
    physical = result["locations"][0]["physicalLocation"]
    return physical["artifactLocation"]["uri"], physical["region"]["startLine"]


def test_it_obeys_the_schema(report, schema):
    schema.validate(json.loads(render(report)))


def test_the_schema_would_catch_a_fault(schema):
    with pytest.raises(jsonschema.ValidationError):
        schema.validate({"version": "2.1.0", "runs": [{"tool": {}}]})


def test_every_result_has_one_place_within_the_repository(report):
    for result in run_of(report)["results"]:
        (location,) = result["locations"]
        artifact = location["physicalLocation"]["artifactLocation"]
        assert artifact["uriBaseId"] == "%SRCROOT%"
        assert re.fullmatch(r"(?!/|\.\.)[A-Za-z0-9%._~/-]+", artifact["uri"]), artifact
        assert location["physicalLocation"]["region"]["startLine"] >= 1
        assert location["logicalLocations"][0]["fullyQualifiedName"]


def test_a_place_is_the_line_of_the_source_or_of_the_operation():
    found = run_of(everything(stated=STATED, source="services/orders"))["results"]
    places = {
        (one["ruleId"], one["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]): [] for one in found
    }
    for one in found:
        places[one["ruleId"], one["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]].append(
            at(one)
        )
    assert places["ARC-002@source", "app"] == [
        ("services/orders/app/a%20b.py", 3),
        ("services/orders/app/%C3%A4.py", 9),
    ]
    assert places["PAG-003", "GET /users"] == [("docs/openapi.json", 12)]
    assert places["PAG-003", "/items"] == [("docs/openapi.json", 1)]


def test_where_nothing_is_known_of_the_repository_the_place_is_its_readme():
    assert {at(one) for one in run_of(report_of(broken(CAP)))["results"]} == {("README.md", 1)}


def test_results_are_what_to_mend_and_what_is_waived():
    found = run_of(everything())["results"]
    assert [(one["ruleId"], one["level"]) for one in found] == [
        *[("PAG-003", "error")] * 3,
        *[("ARC-002@source", "error")] * 2,
        ("PAG-005", "warning"),
        ("ERR-001", "note"),
    ]
    assert [one.get("suppressions") for one in found] == [
        *[None] * 6,
        [{"kind": "external", "justification": "mended with ORD-22, until 2026-12-15"}],
    ]
    assert "Expected: 422, or at most 100 items\nObserved: 101 items" in found[0]["message"]["text"]


def test_rules_say_what_github_asks_for():
    weak = a_rule("ACC-001", "Nobody reads what is another's")
    report = report_of(broken(CAP), rules=(CAP, SHAPE, weak))
    for rule in report.document["rules"]:
        rule["origin"] = "vulnerability CVE-2026-1" if rule["id"] == "ACC-001" else ""
    run = run_of(report)
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert [run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] for one in run["results"]] == ["PAG-003"]
    assert rules["PAG-003"]["properties"] == {
        "tags": ["MUST", "PAG", "outside"],
        "precision": "high",
        "problem.severity": "error",
    }
    assert rules["ACC-001"]["properties"]["security-severity"] == "8.0"
    assert "security" in rules["ACC-001"]["properties"]["tags"]
    assert "**Conforms:** declare the limit" in rules["PAG-003"]["help"]["markdown"]
    assert all(
        len(rule[text]["text"]) <= 1000
        for rule in rules.values()
        for text in ("shortDescription", "fullDescription")
    )


def test_fingerprints_are_the_results_own_and_differ():
    found = [
        one["partialFingerprints"]["primaryLocationLineHash"] for one in run_of(everything())["results"][:6]
    ]
    assert len(set(found)) == 6
    moved = everything(stated={"service": Place("docs/openapi.json", 77)})
    assert found == [
        one["partialFingerprints"]["primaryLocationLineHash"] for one in run_of(moved)["results"][:6]
    ]


def test_services_of_one_repository_do_not_overwrite_each_other():
    services = (("Orders", "1"), ("Orders", "2"), ("Users/API", "1"), ("!", ""))
    reports = (report_of(title=title, version=version) for title, version in services)
    names = [run_of(report)["automationDetails"]["id"] for report in reports]
    assert names == [
        "compliance/orders/",
        "compliance/orders/",
        "compliance/users-api/",
        "compliance/service/",
    ]


def test_what_was_not_examined_is_a_notification():
    (invocation,) = run_of(everything())["invocations"]
    told = {
        (one["associatedRule"]["id"], one["level"]): one["message"]["text"]
        for one in invocation["toolExecutionNotifications"]
    }
    assert told == {
        ("ERR-001", "warning"): "ERR-001 not tested on 1 subject: needs an administrator",
        ("PAG-005", "note"): "PAG-005 not tested on 1 subject: needs an administrator",
        ("ERR-001", "error"): "ERR-001 the kit failed on 1 subject: ValueError in the kit",
    }
    assert invocation["executionSuccessful"] is True
    assert invocation["startTimeUtc"] == "2026-11-23T20:08:35Z"


def test_an_inconclusive_run_was_no_success():
    (invocation,) = run_of(empty())["invocations"]
    assert invocation["executionSuccessful"] is False
    assert "inconclusive: no MUST clause could be shown to hold" in str(
        invocation["toolExecutionNotifications"]
    )
    assert run_of(conformant())["invocations"][0]["executionSuccessful"] is True


def test_of_ten_thousand_results_the_first_stay_and_the_rest_is_counted(ten_thousand, schema):
    text = render(ten_thousand)
    (run,) = json.loads(text)["runs"]
    assert len(run["results"]) == RESULTS
    assert run["results"][0]["message"]["text"].startswith("GET /a/0: cause 0")
    assert (
        run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
        == "5,000 of 10,000 results were left out"
    )
    assert len(gzip.compress(text.encode())) < 10_000_000
    schema.validate({"version": "2.1.0", "runs": [{**run, "results": run["results"][:50]}]})


def test_at_the_limit_nothing_is_said_to_be_left_out():
    (run,) = json.loads(render(many(RESULTS)))["runs"]
    assert len(run["results"]) == RESULTS
    assert run["invocations"][0]["toolExecutionNotifications"] == []


def test_a_text_of_a_service_is_no_link():
    texts = [one["message"]["text"] for one in run_of(hostile())["results"]]
    texts += [
        one["message"]["text"] for one in run_of(hostile())["invocations"][0]["toolExecutionNotifications"]
    ]
    assert any("javascript:" in text for text in texts)
    assert not any("](" in text for text in texts)


def test_a_waived_result_without_a_cause_has_no_fingerprint_of_nothing():
    (one,) = run_of(report_of(other(Outcome.WAIVED, SHAPE)))["results"]
    assert "partialFingerprints" not in one
