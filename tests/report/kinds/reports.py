"""Reports for every kind: each outcome, none, texts that mean harm, ten thousand results."""

from __future__ import annotations

from typing import Any

from compliance.catalogue import Level, Outcome
from compliance.report.document import document
from compliance.report.view import Report
from compliance.result import Place, Result
from compliance.verdict import decide
from tests.report.making import a_catalogue, a_rule, a_run, broken, other, passed

CAP = a_rule()
ORDER = a_rule("PAG-005", "The order of a list is stable", Level.SHOULD)
SHAPE = a_rule("ERR-001", "An error has one shape")
LAYER = a_rule("ARC-002@source", "A route queries nothing")
RULES = (CAP, ORDER, SHAPE, LAYER)
#: Texts that a service may send, each of which would hurt one kind or another.
HOSTILE = (
    "]]> <![CDATA[ &amp; </testcase>",
    "\0\x01\x08\x0b\x1b[31m\x7f\x85\ufffe\uffff\ud800",
    "\n::error::gotcha\r\n::stop-commands::x%0A::add-mask::y",
    "a | b `c` ``` ~~~ ```` [x](javascript:alert(1)) ![i](http://evil.example/p.png)",
    "</details><script>alert(1)</script><img src=x onerror=alert(1)>\u2028\u2029",
    "@everyone #1 http://evil.example www.evil.example GH-1",
    "{0} {user_id} %SRCROOT% %0A , : ;",
    "👩‍👩‍👧 🎉 ‮gnp.exe\u202c ẞ é",
    "\n## a heading\n- a list\n\n    code\n| a | b |\n|---|---|",
)
PLACES = (Place("app/a b.py", 3, "x = query()", "a query"), Place("app/ä.py", 9, "x = query()"))


def report_of(*results: Result, rules: Any = RULES, **changes: Any) -> Report:
    run = a_run(*results, **changes)
    return Report(document(run, decide(run), a_catalogue(*rules)))


def everything(**changes: Any) -> Report:
    """Each outcome, a violation of either level, one in the source, one on three subjects."""
    return report_of(
        passed(CAP, "GET /ok"),
        *(broken(CAP, subject) for subject in ("GET /users", "GET /items", "/items")),
        broken(ORDER, "GET /users", cause="the order changes", observed="2, 1"),
        broken(LAYER, "app", cause="a query", places=PLACES, evidence=(), script=""),
        other(Outcome.WAIVED, SHAPE, "GET /old", "mended with ORD-22, until 2026-12-15"),
        other(Outcome.UNTESTED, SHAPE, "GET /admin", "needs an administrator"),
        other(Outcome.UNTESTED, ORDER, "GET /admin", "needs an administrator"),
        other(Outcome.NOT_APPLICABLE, SHAPE, "nothing", "no such operation"),
        other(Outcome.ERROR, SHAPE, "POST /users", "ValueError in the kit"),
        **{"started": "2026-11-23T20:08:35Z", "leftovers": ["/users/7"], **changes},
    )


def empty() -> Report:
    """A run in which nothing was judged: inconclusive."""
    return report_of()


def hostile() -> Report:
    """Every text of a service in every field that takes one."""
    found: list[Result] = []
    for number, text in enumerate(HOSTILE):
        subject = f"GET /{number}{text}"
        place = Place(f"app/{number}{text}".replace("\0", ""), 1 + number, text, text)
        found += [
            broken(CAP, subject, cause=text, expected=text, observed=text, script=f"#!\n{text}\ncurl"),
            broken(ORDER, subject, cause=text, expected=text, observed=text, script=text),
            broken(LAYER, subject, cause=text, expected=text, observed=text, places=(place,), script=""),
            *(
                other(outcome, SHAPE, f"{outcome}{subject}", text)
                for outcome in (Outcome.WAIVED, Outcome.UNTESTED)
            ),
            other(Outcome.ERROR, SHAPE, f"e{subject}", text),
        ]
    whole = " ".join(HOSTILE)
    return report_of(*found, title=whole, version=whole, target=f"http://x/{whole}", leftovers=[whole])


def many(number: int = 10_000) -> Report:
    """As many violations, each of another cause, so that nothing is told together."""
    return report_of(*(broken(CAP, f"GET /a/{n}", cause=f"cause {n}", evidence=()) for n in range(number)))


def conformant(**changes: Any) -> Report:
    return report_of(*(passed(rule) for rule in RULES), **changes)


def waived() -> Report:
    """Compliant, on the ground of a waiver."""
    return report_of(passed(CAP), other(Outcome.WAIVED, SHAPE, reason="mended with ORD-22"))


REPORTS = {
    "everything": everything,
    "empty": empty,
    "hostile": hostile,
    "conformant": conformant,
    "waived": waived,
    "one": lambda: report_of(passed(CAP), other(Outcome.ERROR, SHAPE)),
}
