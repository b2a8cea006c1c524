"""Notes of their owners with a field that says whose they are, changed at their own path and by a body; correct but for
the faults that are planted."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Response
from pydantic import BaseModel

from tests.target.nested import Id, Service, Text


class NoteIn(BaseModel):
    text: Text
    owner_id: int | None = None


class Note(NoteIn):
    id: int


class Correction(BaseModel):
    id: int
    text: Text


def notes(service: Service) -> APIRouter:
    """Faults: "claimed", "handed on", "open by body", "numbers" (a page far away is too much for it)."""
    router = APIRouter(prefix="/notes")
    held: dict[int, Note] = {}
    Caller = Annotated[int, Depends(service.caller)]  # noqa: N806 - a type

    def note(note_id: int, who: int) -> Note:
        if note_id not in held or held[note_id].owner_id != who:
            raise HTTPException(404, "no such note of yours")
        return held[note_id]

    @router.get("")
    def list_notes(
        who: Caller, page: Annotated[int, Query(ge=1)] = 1, size: Annotated[int, Query(ge=1, le=100)] = 20
    ) -> list[Note]:
        if page * size >= 2**63 and "numbers" in service.faults:
            raise HTTPException(500, "no column holds it")
        return [one for one in held.values() if one.owner_id == who][(page - 1) * size : page * size]

    @router.post("", status_code=201)
    def add(body: NoteIn, who: Caller) -> Note:
        made = service.number()
        held[made] = Note(id=made, text=body.text, owner_id=who)
        return held[made]

    @router.get("/{note_id}")
    def read(note_id: Id, who: Caller) -> Note:
        return note(note_id, who)

    @router.put("/{note_id}")
    def change(note_id: Id, body: NoteIn, who: Caller) -> Note:
        claimed = "claimed" in service.faults and body.owner_id == who and note_id in held
        found = held[note_id] if claimed else note(note_id, who)
        owner = who if claimed and "handed on" in service.faults else found.owner_id
        held[note_id] = Note(id=note_id, text=body.text, owner_id=owner)
        return held[note_id]

    @router.patch("")
    def correct(body: Correction, who: Caller) -> Note:
        anybodys = "open by body" in service.faults and body.id in held
        found = held[body.id] if anybodys else note(body.id, who)
        held[body.id] = Note(id=body.id, text=body.text, owner_id=found.owner_id)
        return held[body.id]

    @router.delete("/{note_id}", status_code=204)
    def drop(note_id: Id, who: Caller) -> Response:
        del held[note(note_id, who).id]
        service.log.append(("delete", "note", note_id))
        return Response(status_code=204)

    return router
