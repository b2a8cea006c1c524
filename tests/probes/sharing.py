"""Odd ways of sharing: who reads, finds and names what, without doing anybody any harm."""

from typing import Any

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict

from tests.probes.service import Draft, Note, Service, SignUp, Size, Start, User


class Shared(Service):
    rules = ("ACC",)


def take_away(app: FastAPI, method: str, path: str) -> None:
    """So that another may take its place."""
    app.router.routes[:] = [
        one for one in app.router.routes if (method, path) not in [(m, one.path) for m in one.methods]
    ]


class PublicByAddress(Shared):
    """Everybody lists notes of his own, and reads any without saying who he is."""

    def add_read(self, app: FastAPI) -> None:
        @app.get(self.place, response_model=Note)
        async def read(note_id: int):
            if str(note_id) not in self.notes:
                raise HTTPException(404, "no such note")
            return self.notes[str(note_id)]


class PublicNotes(Shared):
    """Everybody lists and reads all notes, and changes his own."""

    def listed(self, user: Any) -> list[dict[str, Any]]:
        return list(self.notes.values())

    def add_read(self, app: FastAPI) -> None:
        @app.get(self.place, response_model=Note)
        async def read(note_id: int, user=self.known()):
            if str(note_id) not in self.notes:
                raise HTTPException(404, "no such note")
            return self.notes[str(note_id)]


class EverybodysNotesListed(Shared):
    """A list shows all of what nobody else may read, which has no text but its name: a fault."""

    rules = ("ACC-004", "ACC-007")
    word = "not compliant"
    violated = ("ACC-007",)

    def listed(self, user: Any) -> list[dict[str, Any]]:
        return list(self.notes.values())


class Title(BaseModel):
    id: int
    name: str


class Titles(BaseModel):
    items: list[Title]
    total: int


class ListOfNames(Shared):
    """The list tells what all notes are called, and each is read by its owner alone: others are told that it is his."""

    def find(self, key: Any, user: Any) -> dict[str, Any]:
        if str(key) in self.notes and self.notes[str(key)]["owner"] != user["id"]:
            raise HTTPException(403, "not yours")
        return super().find(key, user)

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=Titles)
        async def notes(limit: Size = 20, offset: Start = 0, user=self.known()):
            found = list(self.notes.values())
            return {"items": found[offset : offset + limit], "total": len(found)}


class ForbiddenAlike(Shared):
    """What is another's and what is not there are forbidden alike."""

    def find(self, key: Any, user: Any) -> dict[str, Any]:
        try:
            return super().find(key, user)
        except HTTPException:
            raise HTTPException(403, f"note {key} is not yours") from None


class StrangersReadNothing(Shared):
    """A stranger's read is answered 200 with no success in it, and so is that of nothing."""

    read_model = dict[str, Any]

    def add_read(self, app: FastAPI) -> None:
        @app.get(self.place, response_model=dict[str, Any])
        async def read(note_id: int, user=self.known()):
            note = self.notes.get(str(note_id))
            if note is None or note["owner"] != user["id"]:
                return {"success": False, "data": None}
            return {"success": True, "data": note}


class Password(BaseModel):
    model_config = ConfigDict(extra="forbid")

    new_password: str


class PasswordOfWhoeverAsks(Shared):
    """The new password is set for whoever sends it, whatever account the path names."""

    def add_users(self, app: FastAPI) -> None:
        super().add_users(app)

        @app.get("/users/{user_id}", response_model=User)
        async def show(user_id: int, user=self.known()):
            if user_id != user["id"]:
                raise HTTPException(404, "no such user")
            return user

        @app.put("/users/{user_id}/password", status_code=204)
        async def change(user_id: int, body: Password, user=self.known()):
            user["password"] = body.new_password


class Profile(User):
    role: str = ""
    nickname: str = ""


class NewProfile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    role: str = ""
    nickname: str = ""


class RoleInTheTeam(Shared):
    """Everybody writes into his profile what he does for a living, and calls it his role."""

    word = "inconclusive"
    untested = ("ACC-011",)

    def add_users(self, app: FastAPI) -> None:
        super().add_users(app)
        take_away(app, "GET", "/users/me")

        @app.put("/users/me", response_model=Profile)
        async def edit(body: NewProfile, user=self.known()):
            user |= body.model_dump()
            return user

        @app.get("/users/me", response_model=Profile)
        async def me(user=self.known()):
            return {"role": "", "nickname": "", **user}


class Task(Draft):
    user_id: int


class DoneTask(Note):
    user_id: int


class WorkForOthers(Shared):
    """A note says whom it is for, which has to be sent."""

    read_model = DoneTask

    def add_create(self, app: FastAPI) -> None:
        @app.post("/notes", status_code=201, response_model=DoneTask)
        async def add(draft: Task, user=self.known()):
            return self.add(draft, user)


class HalfPatch(Shared):
    """A PATCH takes less than the PUT beside it."""

    def add_update(self, app: FastAPI) -> None:
        super().add_update(app)

        @app.patch(self.place, response_model=Note)
        async def rename(note_id: int, body: dict[str, str], user=self.known()):
            note = self.find(note_id, user)
            if set(body) != {"name"}:
                raise HTTPException(422, "only the name")
            note["name"] = body["name"]
            return note

    def document(self, document: dict[str, Any]) -> dict[str, Any]:
        text = {"type": "string", "minLength": 1, "maxLength": 100}
        schema = {
            "type": "object",
            "required": ["name"],
            "properties": {"name": text},
            "additionalProperties": False,
        }
        body = document["paths"][self.place]["patch"]["requestBody"]
        body["content"]["application/json"]["schema"] = schema
        return document


class OthersComeLater(Shared):
    """Everybody reads all notes, and finds those of others in the list a few requests later."""

    def listed(self, user: Any) -> list[dict[str, Any]]:
        everything = self.notes.values()
        return [note for note in everything if note["owner"] == user["id"] or self.has_come(note)]

    def add_read(self, app: FastAPI) -> None:
        @app.get(self.place, response_model=Note)
        async def read(note_id: int, user=self.known()):
            if str(note_id) not in self.notes:
                raise HTTPException(404, "no such note")
            return self.notes[str(note_id)]


class Chosen(SignUp):
    id: int | None = None


class ClientsChooseIds(Shared):
    """Whoever registers may choose the number of the account."""

    def add_users(self, app: FastAPI) -> None:
        super().add_users(app)
        take_away(app, "POST", "/users")

        @app.post("/users", status_code=201, response_model=User)
        async def sign_up(form: Chosen):
            if form.email.lower() in {user["email"].lower() for user in self.users.values()}:
                raise HTTPException(409, "taken")
            number = form.id or next(self.numbers)
            self.users[str(number)] = {"id": number, "email": form.email, "password": form.password}
            return self.users[str(number)]
