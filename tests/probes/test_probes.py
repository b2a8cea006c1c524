"""The law of the twins in small: no rule complains of a conformant service, however odd, and few give up on one."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from compliance.catalogue import Catalogue, Level, Outcome, Phase, Untested, Violation, load
from compliance.contract import understand
from compliance.depths import Examination
from compliance.result import Run
from compliance.run import Runner, read_contract
from compliance.target.base import settled
from compliance.target.connection import Connection
from compliance.target.document import find_document
from compliance.target.reach import Grants
from compliance.target.serving import serve
from compliance.target.tape import Exchange
from compliance.verdict import Word, decide
from tests.probes import answers, choices, doors, headers, lists, lives, rows, sharing, tokens
from tests.probes.choices import Choices
from tests.probes.service import Service


def kinds(kind: type[Service]) -> Iterator[type[Service]]:
    """Every kind of service that says what is odd about it."""
    for one in kind.__subclasses__():
        if one.__doc__:
            yield one
        yield from kinds(one)


CATALOGUE = load()
PROBES = sorted(kinds(Service), key=lambda probe: (probe.__module__, probe.__name__))
MODULES = (answers, choices, doors, headers, lists, lives, rows, sharing, tokens)


def judge(probe: type[Service], catalogue: Catalogue = CATALOGUE) -> Run:
    """Serve a fresh probe and judge it by the rules that its oddity can touch."""

    def touched(one: Examination) -> bool:
        alone = one.rule.phase not in (
            Phase.TAPE,
            Phase.ENGINE,
        )  # else only all of the traffic would decide it
        if one.rule.depth != "outside":
            return False
        return not probe.rules or (alone and one.rule.id.startswith(probe.rules))

    with serve(probe().app(), probe.__name__) as root:
        connection = Connection(root + probe.base)
        document = settled(find_document(connection), connection)
        grants = Grants(writes=True, destructive=True, signing_key=probe.given)
        runner = Runner(catalogue, read_contract(document.content), connection, grants)
        runner.select([one for one in runner.planned if touched(one)])
        for _ in runner.results():
            pass
        return runner.finish()


@functools.cache
def judged(probe: type[Service]) -> Run:
    """A probe judged once, however many tests look at the outcome."""
    return judge(probe)


def rules(run: Run, outcome: Outcome) -> set[str]:
    """The MUST rules that had this outcome on some subject."""
    return {r.rule.id for r in run.results if r.outcome is outcome and r.rule.level is Level.MUST}


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: f"{probe.__module__[13:]}-{probe.__name__}")
def test_a_conformant_oddity_is_judged_as_what_it_is(probe: type[Service]):
    run = judged(probe)
    word = decide(run).word

    assert rules(run, Outcome.ERROR) == set(), probe.__doc__
    assert rules(run, Outcome.VIOLATION) == set(probe.violated), probe.__doc__
    # AUT-004 needs an administrator, which no probe has.
    assert rules(run, Outcome.UNTESTED) - {"AUT-004"} == set(probe.untested), probe.__doc__
    assert (Word.COMPLIANT if word is Word.PARTIAL else word) == probe.word, decide(run).reasons


@pytest.mark.parametrize("probe", [probe for probe in PROBES if probe.kept], ids=lambda probe: probe.__name__)
def test_an_oddity_that_keeps_a_recommendation_is_not_blamed(probe: type[Service]):
    run = judged(probe)
    blamed = {r.rule.id: r.observed for r in run.results if r.outcome in (Outcome.VIOLATION, Outcome.ERROR)}

    assert {name: seen for name, seen in blamed.items() if name.startswith(probe.kept)} == {}, probe.__doc__


@pytest.mark.parametrize(
    "probe", [one for one in PROBES if issubclass(one, Choices)], ids=lambda one: one.__name__
)
def test_an_odd_choice_is_decided_or_left_alone(probe: type[Choices]):
    results = [one for one in judged(probe).results if one.subject == "GET /notes"]
    ends = {one.rule.id: str(one.outcome) for one in results}

    assert {rule: end for rule, end in ends.items() if end != "pass"} == {
        rule: end for rule, end in probe.otherwise.items() if end != "pass"
    }, [(one.rule.id, one.reason, one.cause) for one in results]


def test_every_probe_has_a_name_of_its_own_and_says_what_is_odd():
    names = [probe.__name__ for probe in PROBES]

    assert len(names) == len(set(names))
    assert {probe.__module__ for probe in PROBES} == {module.__name__ for module in MODULES}


@pytest.mark.parametrize(("operation", "faulty"), [("GET /notes", True), ("PATCH /notes", True), ("", False)])
def test_501_counts_where_the_document_gives_the_path_that_method(operation: str, faulty: bool):
    method = operation.partition(" ")[0] or "PATCH"
    answer = Exchange("alice", operation, method, "http://x/notes", (), b"", 501, (), b"")
    target: Any = SimpleNamespace(
        tape=[answer],
        client=SimpleNamespace(repeat=lambda exchange: exchange),
        hostile=SimpleNamespace(since=None),
    )
    read = {"responses": {"200": {"description": "well"}}}
    contract = understand(
        {"openapi": "3.1.0", "info": {}, "paths": {"/notes": {"get": read, "patch": read}}}, ""
    )
    place = next((one for one in contract.operations if one.label == operation), contract.service)

    with pytest.raises(Violation if faulty else Untested):
        CATALOGUE.rule("ERR-001").check(target, place)


@pytest.mark.parametrize("probe", [headers.OnlyOnACondition, headers.OnlyOfThatTag])
def test_what_is_deleted_on_a_condition_only_is_not_left_behind(probe: type[Service]):
    assert judged(probe).leftovers == []
