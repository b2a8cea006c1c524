"""Showing a run made by hand."""

from __future__ import annotations

from compliance.catalogue import Level
from compliance.report.document import document
from compliance.report.terminal import render
from compliance.report.view import Report
from compliance.verdict import decide
from tests.report.making import a_catalogue, a_rule

CAP = a_rule()
END = a_rule("PAG-004", "A page past the end is empty")
ORDER = a_rule("PAG-005", "The order of a list is stable", Level.SHOULD)
SHAPE = a_rule("ERR-001", "Every error has the same shape")
RULES = (CAP, END, ORDER, SHAPE)


def report_of(run, rules=RULES):
    return Report(document(run, decide(run), a_catalogue(*rules)))


def shown(run, *, colour=False, width=100, unicode=True, rules=RULES, **how):
    return render(report_of(run, rules), colour=colour, width=width, unicode=unicode, **how)


def unwrapped(text):
    return " ".join(text.split())


def matrix_line(text, family):
    return next(line for line in text.splitlines() if line.startswith(f"  {family}"))
