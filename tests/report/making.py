"""Runs, rules and catalogues made by hand."""

from __future__ import annotations

from typing import Any

from compliance.catalogue import Catalogue, Level, Need, Outcome, Phase, Rule
from compliance.result import Evidence, Identity, Result, Run
from compliance.standard import Chapter, Clause

SCRIPT = """\
TOKEN=$(curl -sS http://127.0.0.1:8000/login)
curl -sS -H "Authorization: Bearer $TOKEN" '/users'
"""
TITLES = {"PAG": "Pagination and search", "ERR": "Errors"}


def some_check(target: Any, subject: Any) -> None:
    """Why: a page without a limit holds the database.

    Breaks: `limit=101` answers 101 items.

    Conforms: declare the limit in the signature,
    `Query(ge=1, le=100)`.

    And nothing more.
    """


def a_rule(
    name: str = "PAG-003",
    title: str = "A page holds at most 100 items",
    level: Level = Level.MUST,
    needs: tuple[Need, ...] = (),
    check: Any = some_check,
) -> Rule:
    clause, _, depth = name.partition("@")
    return Rule(clause, title, level, lambda _: (), Phase.READ, frozenset(needs), check, depth or "outside")


def a_catalogue(*rules: Rule) -> Catalogue:
    families = dict.fromkeys(r.family for r in rules)
    return Catalogue(tuple(_chapter(family, rules) for family in families), rules)


def _chapter(family: str, rules: tuple[Rule, ...]) -> Chapter:
    mine = {r.clause: r for r in rules if r.family == family}.values()
    clauses = tuple(Clause(r.clause, family, r.level.value, r.title, "", "") for r in mine)
    return Chapter(family, TITLES.get(family, family), f"{family.lower()}.md", clauses)


def a_run(*results: Result, **changes: Any) -> Run:
    facts: dict[str, Any] = {
        "target": "http://127.0.0.1:8000",
        "title": "orders",
        "version": "1.4.2",
        "openapi": "3.1.0",
        "operations": 12,
        "seed": 42,
        "writes": True,
        "identities": [
            Identity("alice", "registration", True),
            Identity("admin", "COMPLIANCE_ADMIN_*", False),
        ],
        "results": list(results),
        "absent": [Need.INSIDE, Need.SOURCE, Need.DESTRUCTIVE],
        "clauses": len({r.rule.clause for r in results}),
        "requests": 1842,
        "seconds": 41.84,
        "complete": True,
    }
    return Run(**{**facts, **changes})


def passed(rule: Rule, subject: str = "GET /users", seconds: float = 0.0) -> Result:
    return Result(rule, subject, Outcome.PASS, seconds=seconds)


def broken(rule: Rule, subject: str = "GET /users", **changes: Any) -> Result:
    facts: dict[str, Any] = {
        "cause": "the limit is not capped",
        "expected": "422, or at most 100 items",
        "observed": "101 items",
        "evidence": (
            an_exchange("POST", "/users", 201),
            an_exchange("GET", f"{subject.split()[-1]}?limit=101", 200),
        ),
        "script": SCRIPT,
    }
    return Result(rule, subject, Outcome.VIOLATION, **{**facts, **changes})


def other(outcome: Outcome, rule: Rule, subject: str = "GET /users", reason: str = "some reason") -> Result:
    return Result(rule, subject, outcome, reason=reason)


def an_exchange(method: str, path: str, status: int, actor: str = "alice") -> Evidence:
    headers = (("content-type", "application/json"),)
    return Evidence(actor, method, f"http://127.0.0.1:8000{path}", headers, None, status, headers, "[]")
