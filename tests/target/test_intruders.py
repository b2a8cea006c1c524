"""What an intruder tries beside the owner's own request: his own rows above it, himself as its owner, its id in a body."""

from __future__ import annotations

import pytest

from compliance.catalogue import load
from compliance.result import Run
from compliance.run import Runner, judge, read_contract
from compliance.target.connection import Connection
from compliance.target.document import fetch_document
from compliance.target.reach import Grants
from compliance.target.serving import serve
from tests.target.intruded import notes
from tests.target.nested import Service
from tests.twins import cursor_slug

CATALOGUE = load()
COMMENTS = "/api/v1/articles/{slug}/comments"


def judged(rule: str, *faults: str) -> Run:
    service = Service(frozenset(faults))
    with serve(service.app(notes), "notes") as url:
        runner = Runner(CATALOGUE, read_contract(fetch_document(url)), Connection(url), Grants(writes=True))
        try:
            runner.select(one for one in runner.planned if one.rule.id == rule)
            list(runner.results())
        finally:
            runner.finish()
    return runner.run


def outcomes(run: Run) -> dict[str, str]:
    return {f"{one.rule.id} {one.subject}": f"{one.outcome}" for one in run.results}


@pytest.mark.parametrize(("blind", "outcome"), [(False, "pass"), (True, "violation")])
def test_rows_are_attacked_below_the_intruders_own(blind: bool, outcome: str) -> None:
    with serve(cursor_slug.create_app(blind=blind), "cursor_slug") as url:
        document = fetch_document(url, url + cursor_slug.DOCUMENT)
        run = judge(
            CATALOGUE,
            document,
            url,
            Grants(writes=True),
            choose=lambda one: one.rule.id in ("ACC-001", "ACC-002", "ACC-006"),
        )
    found = outcomes(run)
    assert found[f"ACC-001 {COMMENTS}"] == found[f"ACC-002 {COMMENTS}"] == outcome
    assert found[f"ACC-006 {COMMENTS}"] == outcome
    assert run.leftovers == []
    for result in run.results if blind else ():
        if result.subject == COMMENTS:  # the script asks for rows of its own alone
            lines = [line for line in result.script.splitlines() if "bob_token}" in line]
            attack = next(line for line in lines if "/comments/" in line)
            assert "/articles/{bob_articles_" in attack
            assert "/comments/{alice_comments_" in attack


@pytest.mark.parametrize(
    ("faults", "outcome"),
    [
        ((), "pass"),
        (("claimed",), "violation"),
        (("claimed", "handed on"), "violation"),
        (("open by body",), "violation"),
    ],
)
def test_a_row_is_attacked_in_the_name_of_its_owner_and_by_its_id_in_a_body(
    faults: tuple[str, ...], outcome: str
) -> None:
    run = judged("ACC-001", *faults)
    assert outcomes(run) == {"ACC-001 /notes": outcome}
    assert run.leftovers == []


def test_an_update_that_names_its_row_in_the_body_is_judged_on_a_row_of_its_own() -> None:
    run = judged("AUT-001")
    assert outcomes(run)["AUT-001 PATCH /notes"] == "pass"


@pytest.mark.parametrize("faults", [(), ("numbers",)])
def test_pages_beyond_all_numbers_are_asked_for(faults: tuple[str, ...]) -> None:
    found = outcomes(judged("ERR-001", *faults))
    assert (found["ERR-001 GET /notes"] == "violation") == bool(faults)
