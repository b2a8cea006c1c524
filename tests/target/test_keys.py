"""Rows that a path names by a value which the create tells under another name, or nowhere but in its Location."""

from __future__ import annotations

import secrets

import pytest
from fastapi import Depends, FastAPI, HTTPException, Response
from pydantic import BaseModel

from compliance.catalogue import load
from compliance.run import Runner, read_contract
from compliance.target.connection import Connection
from compliance.target.document import fetch_document
from compliance.target.reach import Grants
from compliance.target.serving import serve
from tests.target.nested import Named, Service

CATALOGUE = load()


class Link(BaseModel):
    name: str
    code: str


def links(*, located: bool, lost: bool = False) -> FastAPI:
    """Links that are called by a name and found by a code."""
    service, kept = Service(), dict[str, Link]()
    app = service.app()
    caller = Depends(service.caller)

    @app.post("/links", status_code=201, dependencies=[caller])
    def make(body: Named, answer: Response) -> Link:
        link = Link(name=body.name, code=secrets.token_hex(8))
        if located:
            answer.headers["Location"] = f"links/{link.code}"
        if not lost:
            kept[link.code] = link
        return link

    @app.get("/links/{token}", dependencies=[caller])
    def read(token: str) -> Link:
        if token not in kept:
            raise HTTPException(404, "no such link")
        return kept[token]

    return app


@pytest.mark.parametrize(
    ("located", "lost", "outcome"),
    [(True, False, "pass"), (True, True, "violation"), (False, False, "untested")],
)
def test_a_name_that_was_sent_is_no_key_by_itself(*, located: bool, lost: bool, outcome: str) -> None:
    with serve(links(located=located, lost=lost), "links") as url:
        contract = read_contract(fetch_document(url))
        runner = Runner(CATALOGUE, contract, Connection(url), Grants(writes=True))
        runner.select(one for one in runner.planned if one.rule.id == "RES-002")
        found = {result.subject: result for result in runner.results()}
        runner.finish()
    assert found["/links"].outcome == outcome
