"""A home with private rows: whoever asks sees, changes and deletes only what is his own."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query, Response
from pydantic import BaseModel

from tests.homes._basics import PREFIX, Body, Caller, Id, StoreDep, Text, problems, service
from tests.homes._basics import SIGNING_KEY as SIGNING_KEY

NOTES = f"{PREFIX}/notes"


class Draft(Body):
    title: Text
    text: Text


class Note(BaseModel):
    id: int
    title: str
    text: str
    owner_id: int


class Notes(BaseModel):
    items: list[Note]
    total: int


def get_own(note_id: Id, store: StoreDep, caller: Caller) -> Note:
    note = store.rows["notes"].get(note_id)
    if note is None or note.owner_id != caller.id:
        raise HTTPException(404, "No such note")
    return note


Own = Annotated[Note, Depends(get_own)]


def create_app() -> FastAPI:
    app = service("Private notes")
    store = app.state.store
    store.rows["notes"] = {}
    store.forget.append(lambda owner: _forget(store.rows["notes"], owner))
    _routes(app)
    return app


def _forget(notes: dict[int, Note], owner: int) -> None:
    for note in [one for one in notes.values() if one.owner_id == owner]:
        del notes[note.id]


def _routes(app: FastAPI) -> None:
    @app.get(NOTES, responses=problems(401, 422))
    def list_notes(
        store: StoreDep,
        caller: Caller,
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
        page_size: Annotated[int, Query(ge=1, le=100)] = 10,
    ) -> Notes:
        mine = [one for one in store.rows["notes"].values() if one.owner_id == caller.id]
        return Notes(items=mine[(page - 1) * page_size :][:page_size], total=len(mine))

    @app.post(NOTES, status_code=201, responses=problems(401, 422))
    def write(body: Draft, store: StoreDep, caller: Caller, response: Response) -> Note:
        note = Note(id=store.next_id(), owner_id=caller.id, **body.model_dump())
        store.rows["notes"][note.id] = note
        response.headers["Location"] = f"{NOTES}/{note.id}"
        return note

    @app.get(NOTES + "/{note_id}", responses=problems(401, 404, 422))
    def read(note: Own) -> Note:
        return note

    @app.put(NOTES + "/{note_id}", responses=problems(401, 404, 422))
    def rewrite(body: Draft, note: Own, store: StoreDep) -> Note:
        store.rows["notes"][note.id] = note.model_copy(update=body.model_dump())
        return store.rows["notes"][note.id]

    @app.delete(NOTES + "/{note_id}", status_code=204, responses=problems(401, 404, 422))
    def throw_away(note: Own, store: StoreDep) -> Response:
        store.rows["notes"].pop(note.id, None)
        return Response(status_code=204)
