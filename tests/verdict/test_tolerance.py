"""What waivers and a baseline make of a run."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import jsonschema
import pytest

from compliance.catalogue import Level, Need, Outcome
from compliance.report.document import document, schema
from compliance.report.view import Report
from compliance.result import Place, Result
from compliance.verdict import Word, decide
from compliance.verdict.baseline import of_results
from compliance.verdict.tolerance import Tolerance
from compliance.verdict.waivers import Waiver
from tests.report.making import a_catalogue, a_rule, a_run, broken, other, passed

TODAY = date(2026, 11, 23)
MUST, TOO = a_rule("PAG-003"), a_rule("PAG-004", "Another MUST")
SHOULD = a_rule("PAG-005", "A SHOULD", Level.SHOULD)
CODE = a_rule("PAG-003@source", needs=(Need.SOURCE,))
OK = passed(TOO)


def waiver(rule: str = "PAG-003", days: int = 90, **changes: Any) -> Waiver:
    facts: dict[str, Any] = {"reason": "The gateway caps pages until ORD-2211.", "owner": "team-orders"}
    return Waiver(rule, expires=TODAY + timedelta(days=days), **{**facts, **changes})


def concluded(*results: Result, waivers=(), baseline=None, **changes: Any):
    """A run that has let pass what may, and its verdict."""
    run = a_run(*results, **changes)
    Tolerance(TODAY, waivers, baseline, file="w.toml").settle(run)
    return run, decide(run)


def in_code(*places: tuple[str, str], cause: str = "a fault") -> Result:
    spots = tuple(Place(file, number, excerpt) for number, (file, excerpt) in enumerate(places, 1))
    return broken(
        CODE, "app", evidence=(), script="", places=spots, cause=cause, observed=f"{len(spots)} places"
    )


# Waivers


@pytest.mark.parametrize(
    ("rule", "name", "profile"),
    [(MUST, "PAG-003", "standard"), (SHOULD, "PAG-005", "standard"), (SHOULD, "PAG-005", "strict")],
)
def test_a_waived_violation_keeps_its_evidence_and_says_who_answers_for_it(rule, name, profile):
    found = broken(rule)
    run, verdict = concluded(
        OK, found, waivers=[waiver(name, 22, ticket="T-1", approved_by="guild")], profile=profile
    )
    waived = run.results[1]

    assert (verdict.word, verdict.exit_status) == (Word.COMPLIANT, 0)
    assert verdict.reasons == (f"with waivers: {name}",)
    assert waived.outcome is Outcome.WAIVED
    assert waived.reason == "The gateway caps pages until ORD-2211."
    assert (waived.cause, waived.evidence, waived.script) == (found.cause, found.evidence, found.script)
    assert run.remarks == []

    made = document(run, verdict, a_catalogue(TOO, rule))
    jsonschema.validate(made, schema())
    (seen,) = Report(made).waived
    assert seen.fingerprint == found.fingerprint
    assert made["results"][1]["waiver"] == {
        "reason": "The gateway caps pages until ORD-2211.",
        "owner": "team-orders",
        "expires": "2026-12-15",
        "days": 22,
        "ticket": "T-1",
        "approved_by": "guild",
    }
    assert seen.waiver == waived.waiver
    assert made["findings"] == []


@pytest.mark.parametrize(
    ("limits", "waives"),
    [
        ({}, True),
        ({"operations": ("GET /users",)}, True),
        ({"operations": ("GET /items",)}, False),
        ({"cause": "the limit is not capped"}, True),
        ({"cause": "another"}, False),
        ({"fingerprint": broken(MUST).fingerprint}, True),
        ({"fingerprint": "0" * 20}, False),
        ({"rule": "PAG-003@source"}, False),
        ({"rule": "PAG-004"}, False),
    ],
)
def test_what_a_waiver_excuses(limits, waives):
    run, verdict = concluded(OK, broken(MUST), waivers=[waiver(**limits)])
    assert (run.results[1].outcome is Outcome.WAIVED) is waives
    assert (verdict.word is Word.COMPLIANT) is waives


@pytest.mark.parametrize("outcome", [Outcome.ERROR, Outcome.UNTESTED, Outcome.NOT_APPLICABLE])
def test_only_violations_can_be_waived(outcome):
    run, _ = concluded(OK, other(outcome, MUST), waivers=[waiver()])
    assert run.results[1].outcome is outcome


@pytest.mark.parametrize(
    ("days", "counts", "words"),
    [
        (90, False, None),
        (15, False, None),
        (14, False, "the waiver of PAG-003 ends in 14 days, on 2026-12-07 (team-orders)"),
        (1, False, "the waiver of PAG-003 ends tomorrow, on 2026-11-24 (team-orders)"),
        (0, False, "the waiver of PAG-003 ends today, on 2026-11-23 (team-orders)"),
        (
            -1,
            True,
            "the waiver of PAG-003 ended on 2026-11-22 (team-orders): what it waived counts again; mend it, or renew it in w.toml",
        ),
    ],
)
def test_its_last_day_counts_and_its_end_is_announced(days, counts, words):
    run, verdict = concluded(OK, broken(MUST), waivers=[waiver(days=days)])
    assert (verdict.word is Word.NOT_COMPLIANT) is counts
    assert run.remarks == ([words] if words else [])
    assert run.stale == []


UNNEEDED = "the waiver of PAG-003 is no longer needed: `compliance waiver prune --from RESULT` takes it away"
ON_USERS = UNNEEDED.replace("PAG-003", "PAG-003 on GET /users")
USERS = {"operations": ("GET /users",)}


@pytest.mark.parametrize(
    ("results", "limits", "changes", "remarks"),
    [
        ([passed(MUST)], {}, {}, [UNNEEDED]),
        ([passed(MUST)], USERS, {}, [ON_USERS]),
        ([other(Outcome.NOT_APPLICABLE, MUST, "nothing")], {}, {}, [UNNEEDED]),
        ([broken(MUST)], {"cause": "another"}, {}, [UNNEEDED]),
        ([passed(MUST), other(Outcome.UNTESTED, MUST, "b")], {}, {}, []),
        ([passed(MUST), other(Outcome.UNTESTED, MUST, "b")], USERS, {}, [ON_USERS]),
        ([other(Outcome.ERROR, MUST)], {}, {}, []),
        ([other(Outcome.UNTESTED, MUST)], USERS, {}, []),
        ([passed(MUST)], {}, {"deselected": 1}, []),
        ([passed(MUST)], USERS, {"deselected": 1}, [ON_USERS]),
        ([passed(MUST)], {}, {"complete": False}, []),
        ([], {}, {"deselected": 3}, []),
        (
            [broken(MUST), passed(MUST, "GET /a")],
            {"operations": ("GET /users", "GET /a")},
            {},
            [
                "the waiver of PAG-003 on GET /users, GET /a is no longer needed for GET /a: take that out of operations"
            ],
        ),
        (
            [passed(MUST)],
            {"operations": ("GET /usres",)},
            {},
            [
                "the waiver of PAG-003 names GET /usres, which that rule is not about here: did you mean GET /users?",
            ],
        ),
        (
            [passed(MUST)],
            {"operations": ("POST /orders",)},
            {},
            [
                (
                    "the waiver of PAG-003 names POST /orders, which that rule is not about here: "
                    "it is not there, or the rule does not concern it"
                ),
            ],
        ),
        ([passed(MUST)], {"operations": ("POST /orders",)}, {"deselected": 1}, []),
        (
            [],
            {"operations": ("GET /usres",)},
            {"deselected": 1, "subjects": {"PAG-003": frozenset({"GET /users"})}},
            [
                "the waiver of PAG-003 names GET /usres, which that rule is not about here: did you mean GET /users?",
            ],
        ),
        ([], USERS, {"complete": False, "subjects": {"PAG-003": frozenset({"GET /users"})}}, []),
        ([], USERS, {"deselected": 1, "subjects": {"PAG-004": frozenset({"GET /a"})}}, []),
        ([other(Outcome.UNTESTED, MUST, "nothing")], USERS, {}, []),
    ],
)
def test_what_a_run_says_of_its_waivers(results, limits, changes, remarks):
    run, _ = concluded(OK, *results, waivers=[waiver(**limits)], **changes)
    assert run.remarks == remarks
    assert run.stale == remarks


def test_one_that_ended_and_that_nothing_needs():
    run, verdict = concluded(OK, passed(MUST), waivers=[waiver(days=-5)])
    assert run.remarks == [UNNEEDED]
    run, verdict = concluded(OK, other(Outcome.UNTESTED, MUST), passed(MUST, "b"), waivers=[waiver(days=-5)])
    assert run.remarks == [
        "the waiver of PAG-003 ended on 2026-11-18 (team-orders): `compliance waiver prune` takes it away"
    ]
    assert verdict.word is Word.COMPLIANT


@pytest.mark.parametrize(("profile", "word"), [("standard", Word.COMPLIANT), ("strict", Word.INCONCLUSIVE)])
def test_a_stale_waiver_is_a_remark_and_strictly_leaves_the_verdict_open(profile, word):
    run, verdict = concluded(OK, passed(MUST), waivers=[waiver()], profile=profile)
    assert verdict.word is word
    assert verdict.reasons == ((UNNEEDED,) if profile == "strict" else ())
    assert run.remarks == [UNNEEDED]
    assert document(run, verdict, a_catalogue(MUST, TOO))["notes"] == [UNNEEDED]


# Places of the source


@pytest.mark.parametrize("limits", [{"files": ("app/old/",)}, {"files": ("app/old/a.py", "app/old/b.py")}])
def test_of_a_finding_in_the_source_only_the_files_that_are_named_are_waived(limits):
    found = in_code(("app/old/a.py", "x"), ("app/new.py", "x"), ("app/old/b.py", "y"))
    run, verdict = concluded(OK, found, waivers=[waiver("PAG-003@source", **limits)])
    left, waived = run.results[1:]

    assert verdict.word is Word.NOT_COMPLIANT
    assert verdict.reasons == ("broken: PAG-003@source", "with waivers: PAG-003@source")
    assert [place.file for place in left.places] == ["app/new.py"]
    assert left.observed == "3 places (1 of them not excused)"
    assert [place.file for place in waived.places] == ["app/old/a.py", "app/old/b.py"]
    assert left.fingerprints + waived.fingerprints == tuple(found.fingerprints[n] for n in (1, 0, 2))

    made = document(run, verdict, a_catalogue(TOO, CODE))
    jsonschema.validate(made, schema())
    (finding,) = Report(made).findings
    assert ([place.file for place in finding.places], finding.examined) == (["app/new.py"], 1)


def test_several_waivers_share_the_places():
    found = in_code(("a.py", "x"), ("b.py", "x"))
    shares = [waiver("PAG-003@source", files=(name,), owner=name) for name in ("a.py", "b.py")]
    run, verdict = concluded(OK, found, waivers=shares)
    assert verdict.word is Word.COMPLIANT
    assert [(one.waiver.owner, one.places[0].file) for one in run.results[1:]] == [
        ("a.py", "a.py"),
        ("b.py", "b.py"),
    ]


def test_one_place_by_its_fingerprint():
    found = in_code(("a.py", "x"), ("a.py", "x"))
    run, _ = concluded(OK, found, waivers=[waiver("PAG-003@source", fingerprint=found.fingerprints[1])])
    assert run.results[1].fingerprints == found.fingerprints[:1]
    assert run.results[2].fingerprints == found.fingerprints[1:]


# The baseline


def test_a_run_with_a_baseline_fails_on_new_violations_only():
    old = broken(MUST)
    known = of_results([old], TODAY - timedelta(days=3))
    run, verdict = concluded(OK, old, baseline=known)

    assert (verdict.word, verdict.exit_status) == (Word.NOT_COMPLIANT, 0)
    assert verdict.reasons == (
        "no new violations",
        "known before, by the baseline of 2026-11-20: PAG-003",
    )
    assert run.results[1] == replace(old, known=True)
    made = document(run, verdict, a_catalogue(MUST, TOO))
    jsonschema.validate(made, schema())
    assert (made["verdict"]["exit"], made["findings"]) == (0, [])
    assert [one.subject for one in Report(made).known] == ["GET /users"]

    run, verdict = concluded(OK, old, broken(MUST, "GET /items"), baseline=known)
    assert (verdict.word, verdict.exit_status) == (Word.NOT_COMPLIANT, 1)
    assert verdict.reasons == ("broken: PAG-003", "known before, by the baseline of 2026-11-20: PAG-003")
    assert [f["subjects"] for f in document(run, verdict, a_catalogue(MUST, TOO))["findings"]] == [
        ["GET /items"]
    ]


@pytest.mark.parametrize(
    ("now", "status"),
    [
        (broken(MUST, observed="102 items"), 0),
        (broken(MUST, cause="another"), 1),
        (broken(MUST, "GET /items"), 1),
        (broken(TOO), 1),
    ],
)
def test_a_violation_is_known_by_rule_subject_and_cause(now, status):
    assert concluded(OK, now, baseline=of_results([broken(MUST)], TODAY))[1].exit_status == status


@pytest.mark.parametrize(
    ("changes", "more", "reason"),
    [
        ({"complete": False}, [], "the run was cut short"),
        ({}, [other(Outcome.ERROR, TOO)], "the kit itself failed in PAG-004"),
        ({"missing": ["no document"]}, [], "no document"),
    ],
)
def test_what_was_not_examined_could_be_new(changes, more, reason):
    known = of_results([broken(MUST)], TODAY)
    _, verdict = concluded(OK, broken(MUST), *more, baseline=known, **changes)
    assert (verdict.word, verdict.exit_status) == (Word.NOT_COMPLIANT, 1)
    assert verdict.reasons == ("known before, by the baseline of 2026-11-23: PAG-003", reason)


def test_a_part_of_the_rules_against_the_baseline():
    known = of_results([broken(MUST), broken(TOO, "GET /b")], TODAY)
    run, verdict = concluded(OK, broken(MUST), baseline=known, deselected=2)
    assert verdict.exit_status == 0
    assert "2 examinations were deselected" in verdict.reasons
    assert run.remarks == []


def test_a_known_should_is_known_too():
    known = of_results([broken(SHOULD)], TODAY)
    run, verdict = concluded(OK, broken(SHOULD), baseline=known)
    assert (verdict.word, verdict.reasons, run.results[1].known) == (Word.COMPLIANT, (), True)
    assert concluded(OK, broken(SHOULD), baseline=known, profile="strict")[1].exit_status == 0


@pytest.mark.parametrize(
    ("days", "status", "begin"),
    [
        (90, 0, None),
        (14, 0, "the baseline of 2026-11-23 ends in 14 days, on "),
        (0, 0, "the baseline of 2026-11-23 ends today, on "),
        (-1, 1, "the baseline of 2026-11-23 ended on 2026-11-22: what it knew counts again"),
    ],
)
def test_the_end_of_a_baseline(days, status, begin):
    known = replace(of_results([broken(MUST)], TODAY), expires=TODAY + timedelta(days=days))
    run, verdict = concluded(OK, broken(MUST), baseline=known)
    assert verdict.exit_status == status
    assert len(run.remarks) == bool(begin)
    assert "".join(run.remarks).startswith(begin or "")


def test_what_is_not_found_any_more_is_said():
    known = of_results([broken(MUST), broken(TOO)], TODAY)
    run, verdict = concluded(OK, passed(MUST), baseline=known)
    assert verdict.word is Word.COMPLIANT
    assert run.remarks[0].startswith("2 violations of the baseline of 2026-11-23 are not found any more: ")


def test_a_new_place_in_the_source_is_new():
    before = in_code(("a.py", "x"), ("b.py", "y"))
    known = of_results([before], TODAY)
    moved = in_code(("b.py", "y"), ("a.py", "x"))
    assert concluded(OK, moved, baseline=known)[1].exit_status == 0

    run, verdict = concluded(OK, in_code(("a.py", "x"), ("a.py", "x"), ("b.py", "y")), baseline=known)
    assert (verdict.exit_status, verdict.reasons) == (
        1,
        ("broken: PAG-003@source", "known before, by the baseline of 2026-11-23: PAG-003@source"),
    )
    new, old = run.results[1:]
    assert [(place.file, place.line) for place in new.places] == [("a.py", 2)]
    assert (len(old.places), old.known) == (2, True)
    jsonschema.validate(document(run, verdict, a_catalogue(TOO, CODE)), schema())
    (finding,) = Report(document(run, verdict, a_catalogue(TOO, CODE))).findings
    assert len(finding.places) == 1


def test_waivers_come_before_the_baseline():
    found = in_code(("a.py", "x"), ("b.py", "y"), ("c.py", "z"))
    known = of_results([in_code(("a.py", "x"), ("b.py", "y"))], TODAY)
    run, verdict = concluded(OK, found, waivers=[waiver("PAG-003@source", files=("a.py",))], baseline=known)
    assert [(one.outcome, one.known, [p.file for p in one.places]) for one in run.results[1:]] == [
        (Outcome.VIOLATION, False, ["c.py"]),
        (Outcome.VIOLATION, True, ["b.py"]),
        (Outcome.WAIVED, False, ["a.py"]),
    ]
    assert run.remarks == []  # what is waived is still found
    assert verdict.reasons == (
        "broken: PAG-003@source",
        "known before, by the baseline of 2026-11-23: PAG-003@source",
        "with waivers: PAG-003@source",
    )


def test_without_either_nothing_changes():
    results = [OK, broken(MUST), other(Outcome.UNTESTED, SHOULD)]
    run, _ = concluded(*results)
    assert (run.results, run.remarks, run.stale, run.baseline) == (results, [], [], "")
