"""A home with an area for administrators: notices that they write, and a summary of the house."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query, Response
from pydantic import BaseModel

from tests.homes._basics import (
    PREFIX,
    Account,
    Body,
    Caller,
    Id,
    StoreDep,
    Text,
    hashed,
    problems,
    service,
)
from tests.homes._basics import SIGNING_KEY as SIGNING_KEY

ADMIN = ("admin@example.com", "the-password-of-the-admin")
AREA = f"{PREFIX}/admin"
NOTICES = f"{AREA}/notices"


class Draft(Body):
    title: Text
    text: Text


class Notice(BaseModel):
    id: int
    title: str
    text: str


class Notices(BaseModel):
    items: list[Notice]
    total: int


class Summary(BaseModel):
    house: str
    rooms: int


def get_administrator(caller: Caller) -> Account:
    if caller.email != ADMIN[0]:
        raise HTTPException(403, "For administrators")
    return caller


Administrator = Annotated[Account, Depends(get_administrator)]


def get_notice(notice_id: Id, store: StoreDep, _: Administrator) -> Notice:
    notice = store.rows["notices"].get(notice_id)
    if notice is None:
        raise HTTPException(404, "No such notice")
    return notice


Known = Annotated[Notice, Depends(get_notice)]


def create_app() -> FastAPI:
    app = service("An area for administrators")
    store = app.state.store
    store.rows["notices"] = {}
    admin = Account(id=store.next_id(), email=ADMIN[0])
    store.accounts[admin.id], store.hashes[admin.id] = admin, hashed(ADMIN[1])
    _area(app)
    return app


def _area(app: FastAPI) -> None:
    @app.get(f"{AREA}/summary", responses=problems(401, 403))
    def summarise(_: Administrator) -> Summary:
        return Summary(house="The house", rooms=12)

    @app.get(NOTICES, responses=problems(401, 403, 422))
    def list_notices(
        store: StoreDep,
        _: Administrator,
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
        page_size: Annotated[int, Query(ge=1, le=100)] = 10,
    ) -> Notices:
        held = list(store.rows["notices"].values())
        return Notices(items=held[(page - 1) * page_size :][:page_size], total=len(held))

    @app.post(NOTICES, status_code=201, responses=problems(401, 403, 422))
    def put_up(body: Draft, store: StoreDep, _: Administrator, response: Response) -> Notice:
        notice = Notice(id=store.next_id(), **body.model_dump())
        store.rows["notices"][notice.id] = notice
        response.headers["Location"] = f"{NOTICES}/{notice.id}"
        return notice

    @app.get(NOTICES + "/{notice_id}", responses=problems(401, 403, 404, 422))
    def read(notice: Known) -> Notice:
        return notice

    @app.delete(NOTICES + "/{notice_id}", status_code=204, responses=problems(401, 403, 404, 422))
    def take_down(notice: Known, store: StoreDep) -> Response:
        store.rows["notices"].pop(notice.id, None)
        return Response(status_code=204)
