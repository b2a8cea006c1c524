"""Reports made by hand that hold one of everything."""

from __future__ import annotations

import json
from dataclasses import replace

from compliance.catalogue import Level, Outcome
from compliance.report.document import document
from compliance.report.view import Report
from compliance.result import Place
from compliance.standard import Clause
from compliance.verdict import decide
from tests.report.making import SCRIPT, a_catalogue, a_rule, a_run, broken, other, passed

CAP = a_rule()
SIZE = a_rule("PAG-003@source")
ORDER = a_rule("PAG-005", "The order of a list is stable", Level.SHOULD)
SHAPE = a_rule("ERR-001", "Every error has the same shape")
TRUTH = a_rule("ERR-002", "An error tells the truth")
RETRY = a_rule("ERR-003", "A refusal says when to come back", Level.SHOULD)
ALONE = a_rule("ERR-004", "Nobody is told of others")
RULES = (CAP, SIZE, ORDER, SHAPE, TRUTH, RETRY, ALONE)
PLACE = Place("app/deps.py", 66, "page_size: int = 10", "Pagination.page_size")
TEXT = "No value makes one page hold more than **100** items.\n\nSee `Query`."


def a_report(*results, rules=RULES, **changes) -> Report:
    """As it would be read back from a file."""
    run = a_run(*results, started="2026-11-23T19:53:16Z", **changes)
    made = document(run, decide(run), _with_texts(a_catalogue(*rules)))
    return Report(json.loads(json.dumps(made)))


def _with_texts(catalogue):
    chapters = tuple(
        replace(one, clauses=tuple(Clause(*_facts(clause)) for clause in one.clauses))
        for one in catalogue.chapters
    )
    return replace(catalogue, chapters=chapters)


def _facts(clause):
    return clause.id, clause.family, clause.level, clause.title, 'standard, "Always do" 4', TEXT


def failing(**changes) -> Report:
    """Seven lists without a limit, one place of the source, a warning, and one of every other outcome."""
    lists = [broken(CAP, f"GET /list{number}", script=f"{SCRIPT}# {number}\n") for number in range(7)]
    results = [
        *lists,
        passed(CAP, "GET /users"),
        broken(SIZE, "app.deps.Pagination", evidence=(), script="", places=(PLACE,)),
        broken(ORDER, "GET /users", cause="the order changes"),
        passed(ORDER, "GET /list0"),
        other(Outcome.UNTESTED, SHAPE, "GET /users", "needs a second user"),
        other(Outcome.WAIVED, TRUTH, "service", "the gateway does it until 2027-01-01"),
        other(Outcome.NOT_APPLICABLE, RETRY, "nothing", "nothing is ever refused"),
        passed(ALONE, "GET /users"),
    ]
    facts = {"modules": 3, "notes": ["the path /x was not read"], "leftovers": ["/users/17"]}
    return a_report(*results, **{**facts, **changes})


def compliant() -> Report:
    return a_report(passed(CAP), passed(ORDER), rules=(CAP, ORDER))
