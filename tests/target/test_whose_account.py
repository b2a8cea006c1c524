"""Accounts of which registration tells no id: theirs is found out, and an account that is not theirs is left alone."""

from __future__ import annotations

import base64
import json
from itertools import count
from typing import Any

import pytest
from fastapi import FastAPI, HTTPException, Request
from pydantic import BaseModel

from compliance.catalogue import Phase, load
from compliance.result import Run
from compliance.run import Runner, read_contract
from compliance.target.connection import Connection
from compliance.target.document import fetch_document
from compliance.target.reach import Grants
from compliance.target.serving import serve
from tests.serial import Serial


class Credentials(BaseModel):
    """Nothing is required and an id is taken, which registration ignores."""

    id: int | None = None
    username: str = ""
    password: str = ""


class Account(BaseModel):
    id: int
    username: str


def service(claim: str) -> tuple[FastAPI, dict[int, Credentials]]:
    """Anybody deletes anybody here; the claim of a token that is called so is the account's id, `id` else the session's."""
    app, accounts = FastAPI(), {1: Credentials(username="somebody-else")}
    sessions = count(1)

    @app.post("/register", status_code=201)
    def register(body: Credentials) -> dict[str, str]:
        if not body.username:
            raise HTTPException(500)
        accounts[max(accounts) + 1] = body
        return {"message": "User created successfully."}

    @app.post("/login")
    def login(body: Credentials) -> dict[str, str]:
        said = (body.username, body.password)
        key = next((key for key, one in accounts.items() if (one.username, one.password) == said), None)
        if key is None:
            raise HTTPException(401)
        return {"access_token": token({"id": next(sessions), claim: key})}

    _rooms(app, accounts)
    return app, accounts


def _rooms(app: FastAPI, accounts: dict[int, Credentials]) -> None:
    @app.get("/notes")
    def notes(request: Request) -> list[str]:
        if not request.headers.get("authorization", "").startswith("Bearer e"):
            raise HTTPException(401)
        return []

    @app.get("/user/{user_id}")
    def read(user_id: int) -> Account:
        if user_id not in accounts:
            raise HTTPException(404)
        return Account(id=user_id, username=accounts[user_id].username)

    @app.delete("/user/{user_id}")
    def delete(user_id: int) -> dict[str, str]:
        if accounts.pop(user_id, None) is None:
            raise HTTPException(404)
        return {"message": "User deleted."}


def token(claims: dict[str, Any]) -> str:
    parts = [
        base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode()
        for one in ({"alg": "HS256", "typ": "JWT"}, claims)
    ]
    return ".".join([*parts, "c2lnbmVkLWJ5LW5vYm9keQ"])


def judged(app: FastAPI) -> Run:
    with serve(Serial(app), "accounts") as url:
        contract = read_contract(fetch_document(url))
        runner = Runner(load(), contract, Connection(url), Grants(writes=True))
        alone = [one for one in runner.planned if one.rule.phase is not Phase.TAPE]
        runner.select(one for one in alone if one.rule.family in ("ACC", "RES"))
        for _ in runner.results():
            pass
        return runner.finish()


@pytest.mark.parametrize(("claim", "left"), [("id", 0), ("session", 2)])
def test_only_its_own_accounts_are_deleted(claim: str, left: int) -> None:
    app, accounts = service(claim)
    run = judged(app)
    assert [one.name for one in run.identities if one.proven] == ["alice", "bob"]
    assert accounts[1].username == "somebody-else"
    assert (len(accounts) > 1) == bool(left)
    assert all(one.endswith("its id was not told") for one in run.leftovers)
    assert bool(run.leftovers) == bool(left)
    outcomes = {r.rule.id: f"{r.outcome}" for r in run.results if r.subject == "/user"}
    assert outcomes["ACC-002"] == ("untested" if left else "violation")
