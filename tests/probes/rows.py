"""Odd rows: their ids, and what creates, reads, updates and deletes answer."""

import re
import secrets
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from pydantic import BaseModel, Field

from tests.probes.service import LATE, Draft, Note, Notes, Service, Size, Start


class Rows(Service):
    rules = ("RES", "ACC", "PAG-004")


class BigIds(Rows):
    """Ids beyond what a double holds."""

    def new_id(self, number: int) -> Any:
        return 7_000_000_000_000_000_000 + 4096 * number


class BigTextIds(Rows):
    """Such ids as texts."""

    identifier = str

    def new_id(self, number: int) -> Any:
        return str(7_000_000_000_000_000_000 + 4096 * number)


class HugeIds(Rows):
    """Ids of 26 digits."""

    def new_id(self, number: int) -> Any:
        return 10**25 + number


class NegativeIds(Rows):
    """Ids below zero."""

    def new_id(self, number: int) -> Any:
        return -number


class SlashedIds(Rows):
    """Ids with a slash and a blank."""

    identifier = str
    place = "/notes/{note_id:path}"

    def new_id(self, number: int) -> Any:
        return f"no/te {number}"


class UnicodeIds(Rows):
    """Ids beyond ASCII."""

    identifier = str

    def new_id(self, number: int) -> Any:
        return f"nöte-{number}"


class MovingIds(Rows):
    """The id is made of the name, and follows it."""

    identifier = str

    def new_id(self, number: int) -> Any:
        return f"note-{number}"

    def add_update(self, app: FastAPI) -> None:
        @app.put(self.place, response_model=Note)
        async def update(note_id: str, draft: Draft, user=self.known()):
            note = self.find(note_id, user)
            self.drop(note)
            note.update(draft.model_dump())
            note["id"] = re.sub(r"\W+", "-", note["name"]) + "-" + note["id"].split("-")[-1]
            self.keep(note)
            return note


class Created202(Rows):
    """A create is accepted."""

    created = 202


class CreatedSlowly(Rows):
    """A create answers 201, and the row comes a few requests later."""

    def find(self, key: Any, user: Any) -> Any:
        note = super().find(key, user)
        if not self.has_come(note):
            raise HTTPException(404, "not yet")
        return note

    def listed(self, user: Any) -> list[dict[str, Any]]:
        return [note for note in self.own(user) if self.has_come(note)]


class CreatedLater(CreatedSlowly):
    """A create is accepted, and the row comes a few requests later."""

    created = 202


class Id(BaseModel):
    id: Any


class CreateTellsId(Rows):
    """A create tells the id alone."""

    def add_create(self, app: FastAPI) -> None:
        @app.post("/notes", status_code=201, response_model=Id)
        async def add(draft: Draft, user=self.known()):
            return self.add(draft, user)


class CreateIsId(Rows):
    """A create answers nothing but a number."""

    def add_create(self, app: FastAPI) -> None:
        @app.post("/notes", status_code=201, response_model=int)
        async def add(draft: Draft, user=self.known()):
            return self.add(draft, user)["id"]


class CreatePoints(Rows):
    """A create has no body and a Location."""

    def add_create(self, app: FastAPI) -> None:
        @app.post("/notes", status_code=201, response_class=Response)
        async def add(draft: Draft, user=self.known()):
            return Response(status_code=201, headers={"Location": f"/notes/{self.add(draft, user)['id']}"})


class Envelope(BaseModel):
    success: bool = True
    data: Note


class ReadInEnvelope(Rows):
    """A read wraps its object."""

    read_model = Envelope

    def shown(self, note: Any) -> Any:
        return {"data": note}


class ReadInList(Rows):
    """A read answers a list of one."""

    read_model = list[Note]

    def shown(self, note: Any) -> Any:
        return [note]


class ReadsNull(Rows):
    """What is not there reads 200 and null."""

    read_model = Note | None

    def add_read(self, app: FastAPI) -> None:
        @app.get(self.place, response_model=Note | None)
        async def read(note_id: int, user=self.known()):
            note = self.notes.get(str(note_id))
            return note if note and note["owner"] == user["id"] else None


class Updates204(Rows):
    """An update answers nothing."""

    def add_update(self, app: FastAPI) -> None:
        @app.put(self.place, status_code=204)
        async def update(note_id: int, draft: Draft, user=self.known()):
            self.find(note_id, user).update(draft.model_dump())


class Upserts(Rows):
    """A PUT makes what is not there."""

    def add_update(self, app: FastAPI) -> None:
        @app.put(self.place, response_model=Note, responses={201: {"model": Note}})
        async def update(note_id: int, draft: Draft, response: Response, user=self.known()):
            if str(note_id) not in self.notes:
                response.status_code = 201
                self.keep({"id": note_id, "owner": user["id"]})
            note = self.find(note_id, user)
            note.update(draft.model_dump())
            return note


class IgnoresStrangers(Rows):
    """An update of somebody else's row is answered 200 and does nothing."""

    def add_update(self, app: FastAPI) -> None:
        @app.put(self.place, response_model=Note)
        async def update(note_id: int, draft: Draft, user=self.known()):
            note = self.notes.get(str(note_id))
            if note is None:
                raise HTTPException(404, "no such note")
            if note["owner"] == user["id"]:
                note.update(draft.model_dump())
            return note


class NoUpdate(Rows):
    """Notes are never changed."""

    def add_update(self, app: FastAPI) -> None:
        pass


class MergePatch(Rows):
    """Updates are merge patches, and nothing else is taken for one."""

    def add_update(self, app: FastAPI) -> None:
        text = {"type": "string", "maxLength": 100, "minLength": 1, "pattern": "^[^\\x00]*$"}
        schema = {"type": "object", "properties": {"name": text}, "additionalProperties": False}
        body = {"content": {"application/merge-patch+json": {"schema": schema}}, "required": True}

        @app.patch(self.place, response_model=Note, openapi_extra={"requestBody": body})
        async def update(note_id: int, request: Request, user=self.known()):
            note = self.find(note_id, user)
            if request.headers.get("content-type") != "application/merge-patch+json":
                raise HTTPException(415, "merge patches only")
            note["name"] = str((await request.json())["name"])
            return note


class DeleteShows(Rows):
    """A delete answers what it deleted."""

    def add_delete(self, app: FastAPI) -> None:
        @app.delete(self.place, response_model=Note)
        async def delete(note_id: int, user=self.known()):
            note = self.find(note_id, user)
            self.drop(note)
            return note


class DeletedLater(Rows):
    """A delete is accepted, and done a few requests later."""

    def __init__(self) -> None:
        super().__init__()
        self.dying: dict[str, int] = {}

    def add_delete(self, app: FastAPI) -> None:
        @app.delete(self.place, status_code=202)
        async def delete(note_id: int, user=self.known()):
            self.dying[str(self.find(note_id, user)["id"])] = self.ticks

    def find(self, key: Any, user: Any) -> Any:
        note = super().find(key, user)
        if self.ticks - self.dying.get(str(key), self.ticks) > LATE:
            self.drop(note)
        return super().find(key, user)


class DeletesAnything(Rows):
    """A delete of what is not one's own is answered 204 and does nothing."""

    def add_delete(self, app: FastAPI) -> None:
        @app.delete(self.place, status_code=204)
        async def delete(note_id: int, user=self.known()):
            note = self.notes.get(str(note_id))
            if note and note["owner"] == user["id"]:
                self.drop(note)


class Gone410(Rows):
    """What was deleted is gone for good."""

    def __init__(self) -> None:
        super().__init__()
        self.dead: set[str] = set()

    def drop(self, note: Any) -> None:
        super().drop(note)
        self.dead.add(str(note["id"]))

    def find(self, key: Any, user: Any) -> Any:
        if str(key) in self.dead:
            raise HTTPException(410, "gone")
        return super().find(key, user)


class Archives(Rows):
    """What was deleted is still read: the one probe that is at fault."""

    word = "not compliant"
    violated = ("RES-003",)

    def drop(self, note: Any) -> None:
        note["text"] = "archived"


class Trims(Rows):
    """Names lose their blanks and gain capitals."""

    def written(self, draft: Draft) -> dict[str, Any]:
        return {**draft.model_dump(), "name": draft.name.strip().title()}


class UniqueNames(Rows):
    """Nobody has two notes of one name."""

    def check_note(self, note: Any, mine: list[dict[str, Any]]) -> None:
        if any(other["name"] == note["name"] for other in mine):
            raise HTTPException(409, "you have a note of that name")


class Shelved(Draft):
    shelf_number: int = Field(ge=1, le=1_000_000)


class ShelvedNote(Shelved):
    id: Any
    owner: Any


class ShelvedNotes(BaseModel):
    items: list[ShelvedNote]
    total: int


class UniqueNumbers(Rows):
    """A note has a number that no other note has, of anybody."""

    read_model = ShelvedNote

    def check_number(self, shelved: Shelved, than: Any = None) -> None:
        others = (note for note in self.notes.values() if note is not than)
        if any(other["shelf_number"] == shelved.shelf_number for other in others):
            raise HTTPException(409, "A note with this shelf number already exists.")

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=ShelvedNotes)
        async def notes(limit: Size = 20, offset: Start = 0, user=self.known()):
            found = self.listed(user)
            return {"items": found[offset : offset + limit], "total": len(found)}

    def add_create(self, app: FastAPI) -> None:
        @app.post("/notes", status_code=201, response_model=ShelvedNote)
        async def add(draft: Shelved, user=self.known()):
            self.check_number(draft)
            return self.add(draft, user)

    def add_update(self, app: FastAPI) -> None:
        @app.put(self.place, response_model=ShelvedNote)
        async def update(note_id: self.identifier, draft: Shelved, user=self.known()):
            note = self.find(note_id, user)
            self.check_number(draft, note)
            note.update(self.written(draft))
            return note


class FailsWithoutText(Rows):
    """A create fails without a field that the document calls optional."""

    def check_note(self, note: Any, mine: list[dict[str, Any]]) -> None:
        if not note["text"]:
            raise HTTPException(500, "nobody thought of that")


class Forgets(Rows):
    """Only the ten newest notes are kept."""

    def check_note(self, note: Any, mine: list[dict[str, Any]]) -> None:
        if len(mine) >= 10:
            self.drop(mine[0])


class Quota(Rows):
    """Everybody has ten notes at most."""

    full = 403
    rules = ("RES", "ACC", "PAG")

    def check_note(self, note: Any, mine: list[dict[str, Any]]) -> None:
        if len(mine) >= 10:
            raise HTTPException(self.full, "at most ten notes")


class Quota402(Quota):
    """Everybody has ten notes, and pays for more."""

    full = 402


class Quota409(Quota):
    """Everybody has ten notes, and more conflict with that."""

    full = 409


class QuotaWithoutMaximum(Quota):
    """Everybody has ten notes, so that nobody can fill a list whose maximum the document does not tell."""

    word = "inconclusive"
    untested = ("PAG-003",)

    def document(self, document: dict[str, Any]) -> dict[str, Any]:
        for parameter in document["paths"]["/notes"]["get"]["parameters"]:
            parameter["schema"].pop("maximum", None)
        return document

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=Notes)
        async def notes(limit: int = 20, offset: Start = 0, user=self.known()):
            found = self.listed(user)
            return {"items": found[offset : offset + min(limit, 30)], "total": len(found)}


class FixedForm(Rows):
    # Ids have a form of their own, and what has another is malformed, which the document does not tell.

    kept = ("RES-022", "ACC-013")
    identifier = str
    form = ""

    def find(self, key: Any, user: Any) -> dict[str, Any]:
        if not re.fullmatch(self.form, key):
            raise HTTPException(422, "no id of ours")
        return super().find(key, user)


class ObjectIds(FixedForm):
    """Ids as MongoDB makes them: twenty-four hexadecimal digits."""

    form = r"[0-9a-f]{24}"

    def new_id(self, number: int) -> str:
        return f"65f0c3{secrets.token_hex(6)}{number:06x}"


class Ulids(FixedForm):
    """Ids as texts of capital letters and digits, of which some are left out."""

    form = r"[0-7][0-9A-HJKMNP-TV-Z]{25}"

    def new_id(self, number: int) -> str:
        return "01HV" + "".join(secrets.choice("0123456789ABCDEFGHJKMNPQRSTVWXYZ") for _ in range(22))


class Uuids7(FixedForm):
    """Ids are UUIDs of the seventh version, and no other."""

    form = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"

    def new_id(self, number: int) -> str:
        return f"018e{secrets.token_hex(2)}-{number:04x}-7abc-8def-{secrets.token_hex(6)}"


class CheckDigits(FixedForm):
    """The last digit of an id follows from the others, so that hardly anything else is one."""

    form = r"N-\d{13}"

    def find(self, key: Any, user: Any) -> dict[str, Any]:
        if not re.fullmatch(self.form, key) or self.check(key[2:-1]) != key[-1]:
            raise HTTPException(422, "no id of ours")
        return super().find(key, user)

    def check(self, digits: str) -> str:
        return str(sum(int(one) * (1 + 2 * (place % 2)) for place, one in enumerate(digits)) % 10)

    def new_id(self, number: int) -> str:
        digits = f"97801{number:07d}"
        return f"N-{digits}{self.check(digits)}"
