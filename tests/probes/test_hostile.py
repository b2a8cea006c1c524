"""What the rules about hostile bodies make of services that meet them in ways of their own."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from compliance.result import Run
from compliance.run import judge
from compliance.target.document import fetch_document
from compliance.target.reach import Grants
from compliance.target.serving import serve
from tests.probes.answers import Always200Flagged, Always200Numbered
from tests.probes.service import SIGNING_KEY, Service
from tests.probes.test_probes import CATALOGUE

RULES = ("ERR-006", "ERR-007", "ERR-009", "ERR-010")


# No class here has a docstring: that would make a probe of it.
class Kept(BaseModel):
    name: str = Field(min_length=1, max_length=100)
    weight: float = 1.0


class KeptNote(Kept):
    id: Any
    owner: Any


class Taking(Service):
    draft: Any = Kept
    note: Any = KeptNote
    read_model = KeptNote

    def written(self, draft: Any) -> dict[str, Any]:
        return draft.model_dump()

    def add_create(self, app: FastAPI) -> None:
        async def add(draft, user=self.known()):
            return self.add(draft, user)

        add.__annotations__["draft"] = self.draft
        app.post("/notes", status_code=201, response_model=self.note)(add)

    def add_list(self, app: FastAPI) -> None:
        pass

    def add_update(self, app: FastAPI) -> None:
        pass


class Shouting(Taking):
    def written(self, draft: Any) -> dict[str, Any]:
        return {**draft.model_dump(), "name": draft.name.upper(), "weight": 1.0}


class Finite(BaseModel):
    model_config = ConfigDict(allow_inf_nan=False)
    name: str = Field(min_length=1, max_length=100)
    weight: float = 1.0


class Refusing(Taking):
    draft = Finite


class Cleaning(Refusing):
    def written(self, draft: Any) -> dict[str, Any]:
        return {**draft.model_dump(), "name": draft.name.replace("\0", "")}


class Wording(Service):
    words = "{0} is required"

    def app(self) -> Any:
        app = super().app()

        @app.exception_handler(RequestValidationError)
        async def invalid(_: Request, error: RequestValidationError) -> Response:
            said = [
                self.words.format(str(one["loc"][-1]).replace("_", " ").title()) for one in error.errors()
            ]
            return JSONResponse({"detail": "; ".join(said)}, 400)

        return app


class Numbered(Wording):
    words = "E1001"


class Flagged(Always200Flagged):
    pass


class Coded(Always200Numbered):
    pass


class Unread(Service):
    def around(self, app: Any) -> Any:
        async def reading(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http" and scope["method"] == "POST":
                kind = (b"content-type", b"application/json")
                scope = {
                    **scope,
                    "headers": [one for one in scope["headers"] if one[0] != b"content-type"] + [kind],
                }
            await app(scope, receive, send)

        return reading


class Change(BaseModel):
    name: str | None = Field(default=None, min_length=1, max_length=100)


class Unheeding(Taking):
    heeds_all = False

    def add_update(self, app: FastAPI) -> None:
        shape = {"content": {"application/json": {"schema": Change.model_json_schema()}}, "required": True}

        @app.patch(self.place, response_model=KeptNote, openapi_extra={"requestBody": shape})
        async def update(note_id: int, request: Request, user=self.known()):
            note = self.find(note_id, user)
            if self.heeds_all or request.headers["content-type"] == "application/json":
                note.update(Change.model_validate_json(await request.body()).model_dump(exclude_unset=True))
            return note


class Heeding(Unheeding):
    heeds_all = True


class Profile(BaseModel):
    email: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_.+-]+@[A-Za-z0-9.-]+$")
    motto: str = Field(default="", max_length=100)


class Renaming(Taking):
    identifier = str

    def place_of(self, note: dict[str, Any]) -> dict[str, Any]:
        self.drop(note)
        note["id"] = note["name"].lower()
        self.keep(note)
        return note

    def add(self, draft: Any, user: Any) -> dict[str, Any]:
        return self.place_of(super().add(draft, user))

    def add_update(self, app: FastAPI) -> None:
        @app.put(self.place, response_model=KeptNote)
        async def update(note_id: str, draft: Kept, user=self.known()):
            note = self.find(note_id, user)
            self.drop(note)
            return self.place_of({**note, **draft.model_dump()})

        @app.patch("/users/me")
        async def rename(profile: Profile, user=self.known()) -> Profile:
            user.update(profile.model_dump(exclude_unset=True, exclude_none=True))
            return Profile(**user)

    def token(self, key: str) -> str:
        return super().token(self.users[key]["email"])

    def caller(self, given: Any) -> Any:
        numbered = self.users
        self.users = {user["email"]: user for user in numbered.values()}
        try:
            return super().caller(given)
        finally:
            self.users = numbered


class Endless(BaseModel):
    name: str = Field(min_length=1, pattern=r"^[^\x00]*$")
    text: str = ""


class EndlessNote(Endless):
    id: Any
    owner: Any


class Titled(Renaming):
    draft = Endless
    note = read_model = EndlessNote

    def add_update(self, app: FastAPI) -> None:
        pass


class WithoutNul(KeptNote):
    name: str = Field(pattern=r"^[^\x00]*$")


class Spoilt(Taking):
    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes")
        async def notes(user=self.known()) -> list[WithoutNul]:
            return [WithoutNul(**note) for note in self.own(user)]


def judged(service: Service, *rules: str) -> Run:
    with serve(service.app(), "hostile") as url:
        grants = Grants(writes=True, destructive=True, signing_key=SIGNING_KEY)
        document = fetch_document(url)
        return judge(CATALOGUE, document, url, grants, choose=lambda one: not rules or one.rule.id in rules)


def found(service: Service) -> dict[str, str]:
    run = judged(service, *RULES)
    return {one.rule.id: str(one.outcome) for one in run.results if one.subject == "POST /notes"}


@pytest.mark.parametrize(
    ("service", "odd"),
    [
        (Service, {}),
        (Refusing, {}),
        (Wording, {}),
        (Flagged, {"ERR-010": "untested"}),
        (Coded, {"ERR-010": "untested"}),
        (Taking, {"ERR-009": "violation"}),
        (Shouting, {"ERR-009": "violation"}),
        (Cleaning, {"ERR-009": "violation"}),
        (Numbered, {"ERR-010": "violation"}),
        (Unread, {"ERR-007": "violation"}),
    ],
    ids=lambda one: one.__name__ if isinstance(one, type) else "",
)
def test_a_service_is_judged_as_what_it_is(service: type[Service], odd: dict[str, str]):
    assert found(service()) == {**dict.fromkeys(RULES, "pass"), **odd}


@pytest.mark.parametrize(("service", "outcome"), [(Unheeding, "untested"), (Heeding, "violation")])
def test_an_update_with_a_body_that_nobody_reads_changes_nothing(service: type[Service], outcome: str):
    results = judged(service(), "ERR-007").results
    assert [str(one.outcome) for one in results if one.subject == "PATCH /notes/{note_id}"] == [outcome]


def test_who_and_what_is_renamed_by_an_update_is_found_again():
    results = judged(Renaming(), "ERR-006", "ERR-010").results
    updates = ("PUT /notes/{note_id}", "PATCH /users/me")

    assert {
        f"{one.rule.id} {one.subject}": str(one.outcome) for one in results if one.subject in updates
    } == {
        "ERR-006 PATCH /users/me": "pass",
        "ERR-006 PUT /notes/{note_id}": "pass",
        "ERR-010 PUT /notes/{note_id}": "pass",
    }


def test_nothing_is_made_with_a_path_that_is_too_long_to_delete_it():
    service = Titled()
    run = judged(service, "ERR-006")

    assert run.leftovers == []
    assert service.notes == {}


def test_a_list_that_an_accepted_value_spoils_is_not_blamed():
    outcomes = {
        one.subject: one
        for one in judged(Spoilt(), *RULES, "PAG-002", "ERR-001").results
        if one.rule.id == "ERR-001"
    }

    assert outcomes["GET /notes"].outcome == "untested"
    assert "since hostile input was sent" in outcomes["GET /notes"].reason
