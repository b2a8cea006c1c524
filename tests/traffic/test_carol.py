"""The engine against a service where nobody can register: it acts as alice, who is given, and leaves nothing behind."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, HTTPException, Path, Response
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pydantic import BaseModel, Field

from compliance.catalogue import Phase, load
from compliance.run import Runner, read_contract
from compliance.target.connection import Connection
from compliance.target.credentials import Credentials
from compliance.target.document import fetch_document
from compliance.target.reach import Grants
from compliance.target.serving import serve

PASSWORDS = {"alice1": "Quite-Long-Pass-1", "bob1": "Quite-Long-Pass-2"}
Id = Annotated[int, Path(ge=1, le=10**9)]


class Draft(BaseModel):
    title: str = Field(min_length=1, max_length=50)


class Note(Draft):
    id: int


class Person(BaseModel):
    username: str


@dataclass
class Notes:
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    made: int = 0
    tokens: dict[str, str] = field(default_factory=dict)


def closed_service(notes: Notes) -> FastAPI:  # noqa: C901 - a whole service
    app = FastAPI()
    bearer = OAuth2PasswordBearer(tokenUrl="/login")

    def caller(token: Annotated[str, Depends(bearer)]) -> str:
        if token not in notes.tokens:
            raise HTTPException(401, "no", headers={"WWW-Authenticate": "Bearer"})
        return notes.tokens[token]

    def own(note_id: Id, who: Annotated[str, Depends(caller)]) -> dict[str, Any]:
        row = notes.rows.get(note_id)
        if row is None or row["owner"] != who:
            raise HTTPException(404, "no")
        return row

    @app.post("/login")
    def login(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> dict[str, str]:
        if PASSWORDS.get(form.username) != form.password:
            raise HTTPException(401, "no", headers={"WWW-Authenticate": "Bearer"})
        token = secrets.token_hex(16)
        notes.tokens[token] = form.username
        return {"access_token": token, "token_type": "bearer"}

    @app.get("/me")
    def me(who: Annotated[str, Depends(caller)]) -> Person:
        return Person(username=who)

    @app.get("/notes")
    def listed(who: Annotated[str, Depends(caller)]) -> list[Note]:
        return [Note(**row) for row in notes.rows.values() if row["owner"] == who]

    @app.post("/notes", status_code=201)
    def create(draft: Draft, who: Annotated[str, Depends(caller)]) -> Note:
        notes.made += 1
        notes.rows[notes.made] = {"id": notes.made, "title": draft.title, "owner": who}
        return Note(id=notes.made, title=draft.title)

    @app.get("/notes/{note_id}")
    def read(row: Annotated[dict[str, Any], Depends(own)]) -> Note:
        return Note(**row)

    @app.delete("/notes/{note_id}", status_code=204)
    def delete(row: Annotated[dict[str, Any], Depends(own)]) -> Response:
        del notes.rows[row["id"]]
        return Response(status_code=204)

    return app


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def runner(notes: Notes) -> Iterator[Runner]:
    given = {name: Credentials("the tests", f"{name}1", PASSWORDS[f"{name}1"]) for name in ("alice", "bob")}
    with serve(closed_service(notes), "closed") as url:
        contract = read_contract(fetch_document(url))
        grants = Grants(writes=True, credentials=given)
        runner = Runner(load(), contract, Connection(url, rate=400.0), grants)
        runner.select(one for one in runner.planned if one.rule.phase is Phase.ENGINE)
        yield runner
        runner.finish()


def test_a_service_without_registration_is_left_as_it_was(runner: Runner, notes: Notes) -> None:
    assert list(runner.results())
    run = runner.finish()
    assert notes.made > 5
    assert run.leftovers == []
    assert notes.rows == {}
    # Nobody is asked once, to see that the credentials of the others are worth anything.
    assert {exchange.actor for exchange in runner.target.tape} == {"anonymous", "alice", "bob"}
    assert run.seconds > run.requests / 400.0 / 2
