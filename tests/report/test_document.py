from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from compliance import __version__
from compliance.catalogue import Level, Outcome
from compliance.report.document import SCHEMA, document, schema
from compliance.report.view import Report
from compliance.result import Aim, Place, Run
from compliance.verdict import decide
from tests.report.making import a_catalogue, a_rule, a_run, broken, other, passed

CAP = a_rule()
SOURCE = a_rule("PAG-003@source")
ORDER = a_rule("PAG-005", "The order of a list is stable", Level.SHOULD)
VALIDATOR = Draft202012Validator(schema())


def made(run):
    return document(run, decide(run), a_catalogue(CAP, SOURCE, ORDER))


def full():
    rest = [other(outcome, ORDER) for outcome in Outcome if outcome not in (Outcome.PASS, Outcome.VIOLATION)]
    return made(a_run(broken(CAP), passed(SOURCE), *rest, leftovers=["/users/1"], missing=["bob"]))


def test_the_schema_is_one_and_has_the_name_that_documents_carry():
    Draft202012Validator.check_schema(schema())
    assert schema()["$id"] == SCHEMA


@pytest.mark.parametrize(
    "run",
    [
        a_run(),
        a_run(passed(CAP)),
        a_run(broken(CAP)),
        a_run(passed(CAP), deselected=1),
        Run("http://x"),
        a_run(complete=False),
    ],
)
def test_every_document_obeys_the_schema(run):
    VALIDATOR.validate(made(run))


def test_a_document_with_every_outcome_obeys_and_survives_json():
    made_ = full()
    VALIDATOR.validate(made_)
    assert json.loads(json.dumps(made_)) == made_
    assert {r["outcome"] for r in made_["results"]} == {str(o) for o in Outcome}


AIM = Aim(url="http://127.0.0.1:8000", source="../orders", standards=("acme",))


def test_what_aims_another_run_is_read_back() -> None:
    assert Report(made(a_run(aim=AIM))).aim == AIM
    assert Report(made(a_run())).aim == Aim()


def test_what_is_in_it():
    run = a_run(broken(CAP), passed(SOURCE), identities=a_run().identities[:1], aim=AIM)
    made_ = made(run)
    results = made_.pop("results")
    rules = made_.pop("rules")
    assert made_ == {
        "schema": SCHEMA,
        "complete": True,
        "started": None,
        "verdict": {"word": "not compliant", "exit": 1, "reasons": ["broken: PAG-003"]},
        "scope": decide(run).scope,
        "target": {
            "url": "http://127.0.0.1:8000",
            "title": "orders",
            "version": "1.4.2",
            "openapi": "3.1.0",
            "operations": 12,
            "modules": 0,
            "source": None,
            "places": [],
        },
        "aim": {
            "url": "http://127.0.0.1:8000",
            "app": None,
            "source": "../orders",
            "package": None,
            "openapi": None,
            "standards": ["acme"],
            "thorough": False,
        },
        "standard": {"names": ["tests.report.making"], "clauses": 2, "kit": __version__},
        "profile": "standard",
        "identities": [{"name": "alice", "source": "registration", "proven": True}],
        "requests": 1842,
        "seconds": 41.84,
        "seed": 42,
        "gone": None,
        "missing": [],
        "notes": [],
        "leftovers": [],
        "absent": [str(need) for need in run.absent],
        "deselected": 0,
        "families": [{"id": "PAG", "title": "Pagination and search"}],
        "findings": [
            {
                "rule": "PAG-003",
                "level": "MUST",
                "cause": "the limit is not capped",
                "decisive": True,
                "subjects": ["GET /users"],
                "examined": 1,
            }
        ],
    }
    assert [one["mark"] for one in rules] == ["broken", "passed", "left out"]
    assert rules[0] == {
        "id": "PAG-003",
        "clause": "PAG-003",
        "family": "PAG",
        "level": "MUST",
        "depth": "outside",
        "title": "A page holds at most 100 items",
        "origin": "",
        "text": "",
        "why": "a page without a limit holds the database.",
        "breaks": "`limit=101` answers 101 items.",
        "conforms": "declare the limit in the signature,\n`Query(ge=1, le=100)`.\n\nAnd nothing more.",
        "fix": "declare the limit in the signature, `Query(ge=1, le=100)`.",
        "mark": "broken",
        "seconds": 0.0,
    }
    assert results[0]["script"] == run.results[0].script
    assert results[0]["evidence"][1] == {
        "actor": "alice",
        "method": "GET",
        "url": "http://127.0.0.1:8000/users?limit=101",
        "request_headers": [["content-type", "application/json"]],
        "request_body": None,
        "status": 200,
        "response_headers": [["content-type", "application/json"]],
        "response_body": "[]",
    }
    assert results[1] == {
        "rule": "PAG-003@source",
        "family": "PAG",
        "level": "MUST",
        "subject": "GET /users",
        "outcome": "pass",
        "cause": None,
        "expected": None,
        "observed": None,
        "reason": None,
        "evidence": [],
        "script": None,
        "places": [],
        "fingerprint": None,
        "waiver": None,
        "known": False,
    }


def test_places_of_the_source_are_data():
    place = Place("app/main.py", 7, "def f(x=[]):", "a list")
    made_ = made(a_run(broken(SOURCE, "app", evidence=(), script="", places=(place, Place("app/b.py", 1)))))
    VALIDATOR.validate(made_)
    prints = [one.pop("fingerprint") for one in made_["results"][0]["places"]]
    assert len({*prints, made_["results"][0]["fingerprint"]}) == 3
    assert made_["results"][0]["places"] == [
        {"file": "app/main.py", "line": 7, "excerpt": "def f(x=[]):", "note": "a list"},
        {"file": "app/b.py", "line": 1, "excerpt": None, "note": None},
    ]


def places(value, path=()):
    """Every object in a document, by the way to it."""
    if isinstance(value, dict):
        yield path
    for key, child in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield from places(child, (*path, key))


def at(value, path):
    for key in path:
        value = value[key]
    return value


@pytest.mark.parametrize("path", list(places(full())), ids=lambda p: ".".join(map(str, p)) or "document")
def test_the_schema_allows_nothing_more_and_nothing_less(path):
    more = full()
    at(more, path)["surprise"] = 1
    assert not VALIDATOR.is_valid(more)
    for key in at(full(), path):
        less = full()
        del at(less, path)[key]
        assert not VALIDATOR.is_valid(less), key


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("outcome", "skipped"),
        ("level", "MAY"),
        ("cause", None),
        ("observed", ""),
        ("rule", "pag-3"),
        ("script", ""),
    ],
)
def test_the_schema_knows_what_a_violation_is(key, value):
    wrong = full()
    wrong["results"][0][key] = value
    assert not VALIDATOR.is_valid(wrong)


def test_the_schema_wants_a_reason_where_nothing_was_decided():
    wrong = full()
    wrong["results"][2]["reason"] = None
    assert not VALIDATOR.is_valid(wrong)
