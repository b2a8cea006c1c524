"""A service that asks nobody who comes: what needs no identity is judged all the same, and cleaned up after."""

from __future__ import annotations

import pytest
from fastapi import FastAPI, HTTPException, Response

from compliance.catalogue import load
from compliance.result import Run
from compliance.run import Runner, read_contract
from compliance.target.connection import Connection
from compliance.target.document import fetch_document
from compliance.target.reach import Grants
from compliance.target.script import script
from compliance.target.serving import serve
from tests.serial import Serial
from tests.target.nested import Id, Named, Row

CATALOGUE = load()


def things(kept: dict[int, str], *faults: str) -> FastAPI:
    app = FastAPI(title="things", version="1")

    def known(number: int) -> Row:
        if number not in kept:
            raise HTTPException(404, "no such thing")
        return Row(id=number, name=kept[number])

    @app.get("/things")
    def list_things() -> list[Row]:
        return [known(number) for number in kept]

    @app.post("/things", status_code=201)
    def make(body: Named) -> Row:
        if "asks" in faults:
            raise HTTPException(401, "who?", headers={"WWW-Authenticate": "Bearer"})
        number = max(kept, default=0) + 1
        kept[number] = body.name
        return known(number)

    @app.get("/things/{thing_id}")
    def read(thing_id: Id) -> Row:
        return known(thing_id)

    @app.put("/things/{thing_id}")
    def change(thing_id: Id, body: Named) -> Row:
        kept[known(thing_id).id] = body.name
        return known(thing_id)

    @app.delete("/things/{thing_id}", status_code=204)
    def drop(thing_id: Id) -> Response:
        if "keeps" not in faults:
            del kept[known(thing_id).id]
        return Response(status_code=204)

    return app


def judge(*faults: str) -> tuple[Run, dict[int, str]]:
    kept: dict[int, str] = {}
    with serve(Serial(things(kept, *faults)), "things") as url:
        runner = Runner(CATALOGUE, read_contract(fetch_document(url)), Connection(url), Grants(writes=True))
        for _ in runner.results():
            pass
        return runner.finish(), kept


def test_rules_that_need_no_identity_are_decided_and_those_about_owners_do_not_apply() -> None:
    run, kept = judge()
    found = {f"{r.rule.id} {r.subject}": f"{r.outcome}" for r in run.results}
    for name in (
        "RES-001 POST /things",
        "RES-002 /things",
        "RES-003 /things",
        "CON-001 DELETE /things/{thing_id}",
    ):
        assert found[name] == "pass"
    for name in ("ACC-001 /things", "ACC-002 /things", "AUT-002 GET /things"):
        assert found[name] == "not-applicable"
    assert (kept, run.leftovers, run.identities, run.missing) == ({}, [], [], [])


@pytest.mark.parametrize(("fault", "outcome"), [("keeps", "violation"), ("asks", "untested")])
def test_nothing_is_believed_of_it_that_is_not_so(fault: str, outcome: str) -> None:
    run, _ = judge(fault)
    assert [f"{r.outcome}" for r in run.results if r.rule.id == "RES-003"] == [outcome]
    assert bool(run.missing) is (fault == "asks")


def test_the_script_of_a_null_sends_one() -> None:
    with serve(Serial(things({})), "things") as url:
        contract = read_contract(fetch_document(url))
        runner = Runner(CATALOGUE, contract, Connection(url), Grants(writes=True))
        runner.start()
        create = next(o for o in contract.operations if o.method == "POST")
        headers = (("Content-Type", "application/json"),)
        sent = runner.target.call(create, runner.target.alice, headers=headers, content=b"null")
        shown = script(runner.target, [sent])
        runner.finish()
    assert "headers={'Content-Type': 'application/json'}, content=b'null'" in shown
    compile(shown, "script", "exec")


def test_a_sample_that_the_traffic_deleted_is_made_again() -> None:
    with serve(Serial(things({})), "things") as url:
        runner = Runner(CATALOGUE, read_contract(fetch_document(url)), Connection(url), Grants(writes=True))
        runner.select(one for one in runner.planned if one.rule.id == "RES-001")
        for _ in runner.results():
            pass
        target = runner.target
        (resource,) = target.contract.resources
        first = target.sample(resource, target.alice)
        assert target.sample(resource, target.alice) is first
        assert resource.delete is not None
        target.call(resource.delete, target.alice, first.values)

        assert target.sample(resource, target.alice).identifier
        assert target.sample(resource, target.alice) is not first
        runner.finish()
