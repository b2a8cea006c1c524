"""Earlier findings beside the results of a later run."""

from __future__ import annotations

import pytest

from compliance.catalogue import Outcome
from compliance.report.replaying import Again, State, compared, put_again
from compliance.report.typeset import Sheet
from compliance.result import Place, Result
from tests.report.making import a_run, broken, other, passed
from tests.report.showing import CAP, END, SHAPE, report_of


def again(before: list[Result], after: list[Result]) -> list[Again]:
    return compared(report_of(a_run(*before)).findings, after, lambda rule: f"no {rule} here")


def told(*again: Again) -> str:
    sheet = Sheet(100, colour=False, unicode=True)
    put_again(sheet, again)
    return str(sheet)


@pytest.mark.parametrize(
    ("after", "state"),
    [
        ([broken(CAP)], State.STILL),
        ([broken(CAP, cause="the limit is ignored")], State.CHANGED),
        ([passed(CAP)], State.GONE),
        ([other(Outcome.UNTESTED, CAP)], State.OPEN),
        ([other(Outcome.NOT_APPLICABLE, CAP)], State.OPEN),
        ([other(Outcome.ERROR, CAP)], State.OPEN),
        ([], State.OPEN),
        ([passed(CAP, "GET /items")], State.OPEN),
        ([passed(END)], State.OPEN),
        ([passed(CAP), broken(CAP)], State.STILL),
        ([broken(CAP, cause="the limit is ignored"), broken(CAP)], State.STILL),
    ],
)
def test_what_becomes_of_a_finding(after: list[Result], state: State) -> None:
    (one,) = again([broken(CAP)], after)
    assert one.state is state


def test_the_worst_place_says_what_became_of_a_finding() -> None:
    before = [broken(CAP, f"GET /{name}") for name in "abcd"]
    after = [
        passed(CAP, "GET /a"),
        broken(CAP, "GET /b"),
        broken(CAP, "GET /c", cause="the limit is ignored"),
        other(Outcome.UNTESTED, CAP, "GET /d"),
    ]
    (one,) = again(before, after)
    assert [seen.state for seen in one.seen] == [State.GONE, State.STILL, State.CHANGED, State.OPEN]
    assert "still there    PAG-003  the limit is not capped  1 of 4 places\n               GET /b\n" in told(
        one
    )
    (one,) = again(before[2:], after[2:])
    assert one.state is State.CHANGED
    (one,) = again([before[0], before[3]], after)
    assert one.state is State.OPEN


def test_all_that_is_told() -> None:
    before = [
        broken(CAP),
        broken(CAP, "GET /items", cause="the limit is ignored"),
        broken(END),
        *(broken(SHAPE, f"GET /{name}") for name in "abcde"),
    ]
    places = (Place("app/a.py", 3), Place("app/b.py", 1), Place("app/b.py", 1))
    after = [
        passed(CAP),
        broken(CAP, "GET /items", cause="the limit is ignored", places=places),
        broken(END, cause="another"),
        *(other(Outcome.UNTESTED, SHAPE, f"GET /{name}", "it rained") for name in "abcd"),
    ]
    assert (
        told(*again(before, after))
        == """\
still there    PAG-003  the limit is ignored
               app/a.py:3, app/b.py:1
changed cause  PAG-004  the limit is not capped
               GET /users: now another
not examined   ERR-001  the limit is not capped  5 of 5 places
               GET /a, GET /b, GET /c and 1 more: it rained
               GET /e: no ERR-001 here
gone           PAG-003  the limit is not capped

1 still there · 1 changed cause · 1 not examined · 1 gone
"""
    )
