"""The file of a baseline: what it holds, what is wrong with one, and how it shrinks."""

from __future__ import annotations

import json
from datetime import date

import pytest

from compliance.catalogue import Outcome
from compliance.result import Place
from compliance.target.errors import TargetError
from compliance.verdict.baseline import dump, of_results, parse
from tests.report.making import a_rule, broken, other, passed

TODAY = date(2026, 11, 23)
MUST = a_rule("PAG-003")
CODE = a_rule("PAG-003@source")
PLACES = (Place("a.py", 1, "x"), Place("b.py", 2, "y"))
IN_CODE = broken(CODE, "app", evidence=(), script="", places=PLACES)
KNOWN = of_results([broken(MUST), broken(MUST, "GET /b"), IN_CODE, passed(MUST, "GET /c")], TODAY)


def test_it_is_read_as_it_was_written():
    assert parse(dump(KNOWN), "b.json", TODAY) == KNOWN
    assert (KNOWN.made, KNOWN.expires, KNOWN.size) == (TODAY, date(2027, 2, 21), 4)


def test_it_holds_no_values_and_no_evidence():
    assert b"101 items" not in dump(KNOWN)
    assert b"limit=101" not in dump(KNOWN)


def test_what_is_waived_is_left_to_its_waiver():
    assert of_results([other(Outcome.WAIVED, MUST)], TODAY).violations == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"schema": "other"}, "no baseline of the form urn:fastapi-compliance:baseline:1"),
        ({"note": "mine"}, "no baseline of the form"),
        ({"made": None}, 'b.json: made is no date: write it as in "2026-12-15"'),
        ({"expires": "soon"}, "b.json: expires is no date"),
        ({"expires": "2027-05-23"}, "more than 180 days ahead: write 2027-05-22 or earlier"),
        ({"violations": None}, "its violations are not as they were written"),
        ({"violations": [{}]}, "its violations are not as they were written"),
        ({"violations": [{"rule": 1}]}, "its violations are not as they were written"),
    ],
)
def test_a_fault(changes, words):
    data = {**json.loads(dump(KNOWN)), **changes}
    with pytest.raises(TargetError) as refusal:
        parse(json.dumps(data).encode(), "b.json", TODAY)
    assert words in str(refusal.value)


@pytest.mark.parametrize("key", ["places", "violations"])
def test_a_key_of_somebodys_is_refused_before_it_is_lost(key):
    data = json.loads(dump(KNOWN))
    one = data["violations"][2]
    (one if key == "violations" else one["places"][0])["note"] = "mine"
    with pytest.raises(TargetError, match="not as they were written"):
        parse(json.dumps(data).encode(), "b.json", TODAY)


@pytest.mark.parametrize("data", [b"\xff", b"{", b"[]", b"1"])
def test_what_is_no_baseline(data):
    with pytest.raises(TargetError, match=r"b.json is no baseline.*compliance baseline write RESULT"):
        parse(data, "b.json", TODAY)


ALL = [broken(MUST), broken(MUST, "GET /b"), IN_CODE]


@pytest.mark.parametrize(
    ("results", "whole", "left"),
    [
        (ALL, True, 4),
        ([passed(MUST), *ALL[1:]], True, 3),
        ([passed(MUST), *ALL[1:]], False, 3),
        ([broken(MUST, cause="another"), *ALL[1:]], True, 3),
        ([other(Outcome.NOT_APPLICABLE, MUST), *ALL[1:]], True, 3),
        ([other(Outcome.UNTESTED, MUST), *ALL[1:]], True, 4),
        ([other(Outcome.ERROR, MUST), *ALL[1:]], True, 4),
        (ALL[1:], True, 3),  # the operation is not there any more
        (ALL[1:], False, 4),  # it may have been deselected
        ([*ALL[:2], broken(CODE, "app", evidence=(), script="", places=PLACES[1:])], True, 3),
        ([*ALL[:2], passed(CODE, "app")], True, 2),
        ([*ALL[:2], other(Outcome.UNTESTED, CODE, "nothing")], True, 4),  # the source was not given
        (ALL[:2], True, 4),  # nor the rule run
        ([], True, 4),
        ([*ALL, broken(MUST, "GET /new")], True, 4),
    ],
)
def test_it_shrinks_by_what_a_run_shows_to_be_mended_and_never_grows(results, whole, left):
    pruned = KNOWN.pruned(results, whole)
    assert pruned.size == left
    assert KNOWN.gone(results, whole) == 4 - left
    assert (pruned.made, pruned.expires) == (KNOWN.made, KNOWN.expires)
    assert {old.fingerprint for old in pruned.violations} <= {old.fingerprint for old in KNOWN.violations}
