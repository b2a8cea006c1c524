"""Showing a run made by hand."""

from __future__ import annotations

from compliance.catalogue import Level
from compliance.report.terminal import render
from compliance.verdict import decide
from tests.report.making import a_catalogue, a_rule

CAP = a_rule()
END = a_rule("PAG-004", "A page past the end is empty")
ORDER = a_rule("PAG-005", "The order of a list is stable", Level.SHOULD)
SHAPE = a_rule("ERR-001", "Every error has the same shape")
RULES = (CAP, END, ORDER, SHAPE)


def shown(run, *, colour=False, width=100, unicode=True, rules=RULES):
    return render(run, decide(run), a_catalogue(*rules), colour=colour, width=width, unicode=unicode)


def unwrapped(text):
    return " ".join(text.split())


def matrix_line(text, family):
    return next(line for line in text.splitlines() if line.startswith(f"  {family}"))
