"""A service of 32 operations as many are: accounts with slow hashes, and five resources with lists of no told length.

`create_app()` serves it; passwords are hashed with scrypt, some 25 ms each.
"""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import FastAPI, HTTPException, Query, Response
from pydantic import BaseModel, Field

from tests.homes import _basics
from tests.homes._basics import PREFIX, Body, Caller, Id, StoreDep, Text, problems

#: Each of the five has a list, a create, a read, a change and a delete; these may also be put anew.
KINDS = ("customers", "parcels", "invoices", "tickets", "branches")
REPLACED = KINDS[:2]


class Draft(Body):
    title: Text
    remark: Text | None = None
    amount: Annotated[int, Field(ge=0, le=1_000_000, strict=True)] = 0


class Change(Body):
    title: Text = ""
    remark: Text | None = None
    amount: Annotated[int, Field(ge=0, le=1_000_000, strict=True)] = 0


class Thing(BaseModel):
    id: int
    title: str
    remark: str | None
    amount: int
    owner_id: int


class Page(BaseModel):
    items: list[Thing]
    total: int


def slowly_hashed(password: str) -> bytes:
    return hashlib.scrypt(password.encode(), salt=b"benchmark", n=2**13, r=8, p=1)


def create_app() -> FastAPI:
    _basics.hashed = slowly_hashed
    app = _basics.service("A shop")
    for kind in KINDS:
        app.state.store.rows[kind] = {}
        _resource(app, kind)
    app.state.store.forget.append(lambda owner: _forget(app.state.store, owner))
    return app


def _forget(store: _basics.Store, owner: int) -> None:
    for rows in store.rows.values():
        for thing in [one for one in rows.values() if one.owner_id == owner]:
            del rows[thing.id]


def _resource(app: FastAPI, kind: str) -> None:  # noqa: C901 - a function for each operation
    item, refusals = f"{PREFIX}/{kind}/{{number}}", problems(401, 404, 422)

    def own(store: _basics.Store, number: int, caller: _basics.Account) -> Thing:
        thing: Thing | None = store.rows[kind].get(number)
        if thing is None or thing.owner_id != caller.id:
            raise HTTPException(404, "Nothing of yours")
        return thing

    def kept(store: _basics.Store, thing: Thing, news: dict[str, object]) -> Thing:
        store.rows[kind][thing.id] = changed = thing.model_copy(update=news)
        return changed

    @app.get(f"{PREFIX}/{kind}", name=f"list_{kind}", responses=problems(401, 422))
    def list_all(
        store: StoreDep,
        caller: Caller,
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
        page_size: Annotated[int, Query(ge=1)] = 20,
    ) -> Page:
        mine = [one for one in store.rows[kind].values() if one.owner_id == caller.id]
        size = min(page_size, 100)
        return Page(items=mine[(page - 1) * size :][:size], total=len(mine))

    @app.post(f"{PREFIX}/{kind}", name=f"create_{kind}", status_code=201, responses=problems(401, 422))
    def create(body: Draft, store: StoreDep, caller: Caller, response: Response) -> Thing:
        thing = Thing(id=store.next_id(), owner_id=caller.id, **body.model_dump())
        store.rows[kind][thing.id] = thing
        response.headers["Location"] = f"{PREFIX}/{kind}/{thing.id}"
        return thing

    @app.get(item, name=f"read_{kind}", responses=refusals)
    def read(number: Id, store: StoreDep, caller: Caller) -> Thing:
        return own(store, number, caller)

    @app.patch(item, name=f"change_{kind}", responses=refusals)
    def change(number: Id, body: Change, store: StoreDep, caller: Caller) -> Thing:
        return kept(store, own(store, number, caller), body.model_dump(exclude_unset=True))

    if kind in REPLACED:

        @app.put(item, name=f"replace_{kind}", responses=refusals)
        def replace(number: Id, body: Draft, store: StoreDep, caller: Caller) -> Thing:
            return kept(store, own(store, number, caller), body.model_dump())

    @app.delete(item, name=f"delete_{kind}", status_code=204, responses=refusals)
    def delete(number: Id, store: StoreDep, caller: Caller) -> Response:
        own(store, number, caller)
        store.rows[kind].pop(number)
        return Response(status_code=204)
