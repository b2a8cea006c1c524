"""The house's four steps, a table each; the order of the steps; the scope."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from compliance.catalogue import OPTIONAL_NEEDS, Level, Need, Outcome
from compliance.verdict import Word, decide, decisive
from tests.report.making import a_rule, a_run, broken, other, passed

MUST = a_rule("PAG-003")
TOO = a_rule("PAG-004", "Another MUST")
SHOULD = a_rule("PAG-005", "A SHOULD", Level.SHOULD)
OK = passed(MUST)


def needing(*needs, name="PAG-009", level=Level.MUST):
    return a_rule(name, "A title", level, needs)


def untested(rule, subject="GET /users"):
    return other(Outcome.UNTESTED, rule, subject)


# 1. An unwaived MUST violation: not compliant


@pytest.mark.parametrize(
    ("results", "profile", "word"),
    [
        ([OK, broken(TOO)], "standard", Word.NOT_COMPLIANT),
        ([broken(MUST)], "standard", Word.NOT_COMPLIANT),
        ([OK, broken(MUST, "GET /items")], "read-only", Word.NOT_COMPLIANT),
        ([OK, broken(SHOULD)], "standard", Word.COMPLIANT),
        ([OK, broken(SHOULD)], "read-only", Word.COMPLIANT),
        ([OK, broken(SHOULD)], "strict", Word.NOT_COMPLIANT),
        ([OK, other(Outcome.WAIVED, TOO)], "standard", Word.COMPLIANT),
        ([OK, other(Outcome.WAIVED, SHOULD)], "strict", Word.COMPLIANT),
        ([OK, other(Outcome.WAIVED, TOO), broken(TOO, "GET /b")], "standard", Word.NOT_COMPLIANT),
    ],
)
def test_a_violation_that_decides(results, profile, word):
    assert decide(a_run(*results, profile=profile)).word is word


def test_what_was_broken_is_named_once():
    verdict = decide(a_run(broken(TOO), broken(MUST, "a"), broken(MUST, "b"), broken(SHOULD)))
    assert verdict.reasons == ("broken: PAG-003, PAG-004",)


@pytest.mark.parametrize(
    ("profile", "must", "should"),
    [("standard", True, False), ("read-only", True, False), ("strict", True, True)],
)
def test_who_decides(profile, must, should):
    assert (decisive(broken(MUST), profile), decisive(broken(SHOULD), profile)) == (must, should)


# 2. Something that every run must have is missing: inconclusive


@pytest.mark.parametrize(
    ("results", "changes", "reason"),
    [
        ([OK, other(Outcome.ERROR, TOO)], {}, "the kit itself failed in PAG-004"),
        ([OK, other(Outcome.ERROR, SHOULD)], {}, "the kit itself failed in PAG-005"),
        ([OK, other(Outcome.ERROR, MUST, "b")], {}, "the kit itself failed in PAG-003"),
        ([OK], {"missing": ["no OpenAPI document"]}, "no OpenAPI document"),
        ([OK], {"missing": ["bob could not be proven"]}, "bob could not be proven"),
        ([OK], {"complete": False}, "the run was cut short"),
        ([], {}, "no MUST clause could be shown to hold"),
        ([passed(SHOULD)], {}, "no MUST clause could be shown to hold"),
        ([other(Outcome.NOT_APPLICABLE, MUST)], {}, "no MUST clause could be shown to hold"),
        ([other(Outcome.WAIVED, MUST)], {}, "no MUST clause could be shown to hold"),
        ([passed(SHOULD), broken(SHOULD, "b")], {}, "no MUST clause could be shown to hold"),
        ([OK, untested(TOO)], {}, "PAG-004 was decided on none of its subjects"),
        (
            [OK, untested(TOO), other(Outcome.NOT_APPLICABLE, TOO, "b")],
            {},
            "PAG-004 was decided on none of its subjects",
        ),
    ],
)
def test_a_doubt(results, changes, reason):
    verdict = decide(a_run(*results, **changes))
    assert verdict.word is Word.INCONCLUSIVE
    assert verdict.reasons == (reason,)


def test_clauses_that_one_cause_leaves_open_are_one_doubt():
    why, elsewhere = "main.py could not be read", a_rule("PAG-004@outside", needs=(Need.SERVICE,))
    rules = [a_rule(f"COD-{number:03}") for number in range(1, 10)]
    results = [OK, *(replace(untested(rule), reason=why) for rule in (TOO, *rules)), untested(elsewhere)]
    verdict = decide(a_run(*results, absent=[Need.SERVICE]))
    (reason,) = verdict.reasons
    assert reason.startswith(
        "COD-001, COD-002, COD-003, COD-004, COD-005, COD-006 and 4 more were decided on none"
    )
    assert reason.endswith(f" of their subjects: {why}")
    verdict = decide(a_run(OK, replace(untested(TOO), reason=why), replace(untested(rules[0]), reason="b")))
    assert len(verdict.reasons) == 2


def test_every_doubt_is_named():
    run = a_run(untested(MUST), other(Outcome.ERROR, TOO), missing=["one", "two"], complete=False)
    assert decide(run).reasons == (
        "one",
        "two",
        "the kit itself failed in PAG-004",
        "the run was cut short",
        "no MUST clause could be shown to hold",
        "PAG-003 was decided on none of its subjects",
    )


@pytest.mark.parametrize(
    "results",
    [
        [OK, untested(MUST, "b")],
        [OK, untested(TOO), passed(TOO, "b")],
        [OK, untested(TOO), other(Outcome.WAIVED, TOO, "b")],
        [OK, other(Outcome.NOT_APPLICABLE, TOO)],
        [OK, untested(SHOULD)],
    ],
)
def test_no_doubt(results):
    assert decide(a_run(*results)).word is Word.COMPLIANT


def test_a_clause_is_decided_if_it_is_at_one_depth():
    deep = needing(Need.SOURCE, name="PAG-004@source")
    assert decide(a_run(OK, untested(TOO), passed(deep), absent=[])).word is Word.COMPLIANT
    assert decide(a_run(OK, passed(TOO), untested(deep), absent=[])).word is Word.COMPLIANT
    assert decide(a_run(OK, untested(TOO), untested(deep), absent=[])).word is Word.INCONCLUSIVE


def test_a_rule_that_could_run_and_decided_nothing_counts_though_the_other_depth_could_not():
    deep = needing(Need.SOURCE, name="PAG-004@source")
    for results in product([untested(TOO), untested(deep)], repeat=2):
        expected = Word.INCONCLUSIVE if any(r.rule is TOO for r in results) else Word.COMPLIANT
        assert decide(a_run(OK, *results, absent=[Need.SOURCE])).word is expected


@pytest.mark.parametrize("need", list(Need), ids=lambda need: need.name)
def test_what_may_be_absent(need):
    run = a_run(OK, untested(needing(need)), absent=[need])
    if need in OPTIONAL_NEEDS:
        assert decide(run).word is Word.COMPLIANT
    else:
        assert decide(run).word is Word.INCONCLUSIVE
        assert decide(run).reasons == (f"1 MUST clause needs {need}",)


def test_only_these_may_be_absent():
    assert set(Need) - OPTIONAL_NEEDS == {Need.WRITES, Need.USER}


@pytest.mark.parametrize("need", [Need.WRITES, Need.USER], ids=lambda need: need.name)
@pytest.mark.parametrize(
    "result",
    [
        other(Outcome.NOT_APPLICABLE, needing(Need.WRITES, Need.USER)),
        untested(needing(Need.WRITES, Need.USER, level=Level.SHOULD)),
    ],
    ids=["no subjects", "SHOULD"],
)
def test_what_nobody_needed_is_not_missed(need, result):
    assert decide(a_run(OK, result, absent=[need])).word is Word.COMPLIANT


def test_absence_is_known_by_its_words():
    assert decide(a_run(OK, untested(needing(Need.ADMIN)), absent=[str(Need.ADMIN)])).word is Word.COMPLIANT


# 3. Something was deselected: partial


def test_a_partial_run():
    verdict = decide(a_run(OK, deselected=3))
    assert (verdict.word, verdict.reasons) == (Word.PARTIAL, ("3 examinations were deselected",))
    assert decide(a_run(OK, deselected=1)).reasons == ("1 examination was deselected",)


def test_a_partial_run_names_its_waivers():
    verdict = decide(a_run(OK, other(Outcome.WAIVED, TOO), deselected=1))
    assert verdict.reasons == ("1 examination was deselected", "with waivers: PAG-004")


# 4. Compliant


def test_a_compliant_run_has_nothing_to_explain():
    verdict = decide(a_run(OK))
    assert (verdict.word, verdict.reasons) == (Word.COMPLIANT, ())


def test_a_compliant_run_names_its_waivers():
    waived = [other(Outcome.WAIVED, TOO, subject) for subject in "ab"]
    assert decide(a_run(OK, *waived)).reasons == ("with waivers: PAG-004",)


# The order, and the exit status


@pytest.mark.parametrize(
    ("results", "changes", "word", "status"),
    [
        (
            [broken(MUST), other(Outcome.ERROR, TOO)],
            {"deselected": 1, "missing": ["x"]},
            Word.NOT_COMPLIANT,
            1,
        ),
        ([broken(MUST)], {"complete": False}, Word.NOT_COMPLIANT, 1),
        ([OK, other(Outcome.ERROR, TOO)], {"deselected": 1}, Word.INCONCLUSIVE, 1),
        ([OK], {"deselected": 1, "missing": ["x"]}, Word.INCONCLUSIVE, 1),
        ([passed(SHOULD)], {"deselected": 1}, Word.PARTIAL, 0),
        ([broken(SHOULD)], {"deselected": 1}, Word.PARTIAL, 0),
        ([other(Outcome.WAIVED, MUST)], {"deselected": 1}, Word.PARTIAL, 0),
        ([other(Outcome.NOT_APPLICABLE, MUST)], {"deselected": 1}, Word.INCONCLUSIVE, 1),
        ([untested(SHOULD)], {"deselected": 1}, Word.INCONCLUSIVE, 1),
        ([replace(broken(MUST), known=True)], {}, Word.NOT_COMPLIANT, 1),
        ([replace(broken(MUST), known=True)], {"deselected": 1}, Word.NOT_COMPLIANT, 0),
        ([OK, replace(broken(TOO), known=True)], {"missing": ["x"]}, Word.NOT_COMPLIANT, 1),
        ([OK, broken(SHOULD)], {"deselected": 1}, Word.PARTIAL, 0),
        ([OK, untested(MUST, "b")], {"deselected": 1}, Word.PARTIAL, 0),
        ([OK], {}, Word.COMPLIANT, 0),
    ],
)
def test_the_first_that_applies_wins(results, changes, word, status):
    verdict = decide(a_run(*results, **changes))
    assert (verdict.word, verdict.exit_status) == (word, status)


def test_the_exit_status_of_a_partial_run_is_that_of_its_items():
    """No item of a partial run can have failed: whatever fails one has decided before."""
    everything = [
        passed(TOO),
        broken(TOO),
        *(other(o, TOO) for o in Outcome if o not in (Outcome.PASS, Outcome.VIOLATION)),
    ]
    for result in everything:
        verdict = decide(a_run(OK, result, deselected=1))
        if result.outcome in (Outcome.VIOLATION, Outcome.ERROR):
            assert (verdict.word is Word.PARTIAL, verdict.exit_status) == (False, 1)
        elif verdict.word is Word.PARTIAL:
            assert verdict.exit_status == 0


# The scope


@pytest.mark.parametrize(
    ("absent", "depths"),
    [
        ([Need.INSIDE, Need.SOURCE], "outside"),
        ([Need.SOURCE], "outside + inside"),
        ([Need.INSIDE], "outside + source"),
        ([], "outside + inside + source"),
    ],
)
def test_the_scope_names_the_depths(absent, depths):
    assert decide(a_run(OK, absent=absent, clauses=103)).scope == f"{depths}; 1 of 103 clauses"


def test_without_a_service_nothing_of_it_is_missed():
    alone = [need for need in Need if need is not Need.SOURCE]
    deep = [
        passed(a_rule("COD-001@source", needs=(Need.SOURCE,))),
        untested(needing(Need.SERVICE, Need.WRITES, Need.USER)),
    ]
    verdict = decide(a_run(*deep, absent=alone, clauses=9))

    assert verdict.word is Word.COMPLIANT
    assert verdict.scope == f"source; 1 of 9 clauses; 1 needs {Need.SERVICE}"


def test_the_scope_names_each_absence_once_and_what_it_costs():
    results = [OK, *(untested(needing(Need.SOURCE, name=f"ARC-00{n}"), s) for n in (1, 2) for s in "ab")]
    results.append(untested(needing(Need.ADMIN, Need.WRITES, name="ACC-001")))
    scope = decide(a_run(*results, absent=[Need.INSIDE, Need.SOURCE, Need.ADMIN], clauses=9)).scope
    assert scope == f"outside; 1 of 9 clauses; 1 needs {Need.ADMIN}; 2 need {Need.SOURCE}"


@pytest.mark.parametrize(
    ("results", "decided"),
    [
        ([broken(TOO)], 2),
        ([other(Outcome.WAIVED, TOO)], 2),
        ([other(Outcome.NOT_APPLICABLE, TOO)], 2),
        ([untested(TOO)], 1),
        ([untested(TOO), passed(TOO, "b")], 2),
        ([untested(TOO), other(Outcome.NOT_APPLICABLE, TOO, "b")], 1),
        ([other(Outcome.ERROR, TOO)], 1),
        ([other(Outcome.ERROR, TOO), passed(TOO, "b")], 2),
        ([passed(TOO), untested(needing(Need.SOURCE, name="PAG-004@source"))], 2),
    ],
)
def test_the_scope_counts_clauses_that_were_decided(results, decided):
    assert f"; {decided} of 2 clauses" in decide(a_run(OK, *results, clauses=2)).scope


@pytest.mark.parametrize("word", list(Word))
def test_every_verdict_has_a_scope(word):
    runs = {
        Word.COMPLIANT: a_run(OK),
        Word.PARTIAL: a_run(OK, deselected=1),
        Word.NOT_COMPLIANT: a_run(broken(MUST)),
        Word.INCONCLUSIVE: a_run(),
    }
    verdict = decide(runs[word])
    assert verdict.word is word
    assert verdict.scope.startswith("outside; ")
