"""What a terminal can show, and what it must never be made to do."""

from __future__ import annotations

import io
import re

import pytest

from compliance.catalogue import Outcome
from compliance.report.terminal import wants_colour, wants_unicode
from compliance.result import Evidence
from tests.report.making import a_rule, a_run, broken, other, passed
from tests.report.showing import CAP, END, ORDER, SHAPE, matrix_line, shown


def full_run():
    waived = other(
        Outcome.WAIVED, SHAPE, reason="until 2026-12-15, ORD-2211 and some more words to make it long"
    )
    long = broken(CAP, observed="an observation of many words " * 9, cause="x" * 300)
    return a_run(
        long, broken(ORDER), waived, missing=["bob could not be proven " * 6], leftovers=["/users/1"]
    )


def test_no_ansi_without_colour_and_the_same_text_with_it():
    plain, painted = shown(full_run()), shown(full_run(), colour=True)
    assert "\x1b" not in plain
    assert "\x1b[1;31mNOT COMPLIANT\x1b[0m" in painted
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == plain


@pytest.mark.parametrize("width", [40, 60, 80, 100])
@pytest.mark.parametrize("unicode", [True, False])
def test_it_wraps_at_the_width_but_for_what_is_copied(width, unicode):
    copied = re.compile(r"^(TOKEN|curl| {6}(rule|subject|reason|expires))")
    lines = shown(full_run(), width=width, unicode=unicode).splitlines()
    assert [line for line in lines if len(line) > width and not copied.match(line)] == []


def test_a_wide_terminal_gets_no_line_over_100():
    assert max(map(len, shown(full_run(), width=400).splitlines())) <= 100


def test_a_family_with_many_rules_wraps_its_signs():
    rules = tuple(a_rule(f"ERR-{n:03}", f"Title {n}") for n in range(1, 41))
    text = shown(a_run(*map(passed, rules)), width=60, rules=rules)
    assert sum(line.count("✓") for line in text.splitlines()) == 41
    assert "40/40" in text


def test_ascii_only():
    run = a_run(broken(CAP, "GET /café", cause="naïve → 你"), passed(END))
    text = shown(run, unicode=False)
    assert text.isascii()
    assert matrix_line(text, "Pagination").split()[3:5] == ["X", "+"]
    assert "GET /caf\\xe9" in text


HOSTILE = "a\x1b[2J\x1b]0;owned\x07b\r\nc\x9b31md\u202ee\u2028f\udc80g\x7f\u200b"


@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("colour", [True, False])
def test_nothing_of_the_service_reaches_the_terminal_as_a_command(colour, unicode):
    evil = Evidence(HOSTILE, HOSTILE, f"http://127.0.0.1:8000/{HOSTILE}", (), HOSTILE, 200, (), HOSTILE)
    words = {
        "cause": HOSTILE,
        "expected": HOSTILE,
        "observed": HOSTILE,
        "evidence": (evil,),
        "script": HOSTILE,
    }
    run = a_run(
        broken(CAP, HOSTILE, **words),
        broken(ORDER, HOSTILE, **words),
        *(other(o, SHAPE, HOSTILE, HOSTILE) for o in (Outcome.UNTESTED, Outcome.ERROR, Outcome.WAIVED)),
        target=HOSTILE,
        title=HOSTILE,
        version=HOSTILE,
        openapi=HOSTILE,
        missing=[HOSTILE],
        leftovers=[HOSTILE],
    )
    text = re.sub(r"\x1b\[[0-9;]*m", "", shown(run, colour=True)) if colour else shown(run, unicode=unicode)
    assert not set(text) & set("\x1b\x07\r\x9b\x7f\u202e\u2028\udc80\u200b")
    assert "\\x1b[2J" in text
    text.encode("utf-8")


class Stream(io.StringIO):
    def __init__(self, tty, encoding="utf-8"):
        super().__init__()
        self.tty, self.named = tty, encoding

    def isatty(self):
        return self.tty

    @property
    def encoding(self):
        return self.named


@pytest.mark.parametrize(
    ("tty", "environ", "expected"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (True, {"TERM": "dumb"}, False),
        (False, {"FORCE_COLOR": "1"}, True),
        (True, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_who_gets_colour(tty, environ, expected):
    assert wants_colour(Stream(tty), environ) is expected


@pytest.mark.parametrize(
    ("encoding", "expected"), [("utf-8", True), ("ascii", False), ("cp1252", False), (None, False)]
)
def test_who_gets_unicode(encoding, expected):
    assert wants_unicode(Stream(True, encoding)) is expected
