"""A home with a name that only one row may have, which the document says."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, HTTPException, Query, Response
from pydantic import BaseModel

from tests.homes._basics import PREFIX, Body, Caller, Id, Problem, StoreDep, Text, problems, service
from tests.homes._basics import SIGNING_KEY as SIGNING_KEY

TAGS = f"{PREFIX}/tags"
#: Its writes are coroutines that wait for nothing, so that none comes between.
CONCURRENT = True


class Draft(Body):
    label: Text
    colour: Text | None = None


class Tag(BaseModel):
    id: int
    label: str
    colour: str | None
    owner_id: int


class Tags(BaseModel):
    items: list[Tag]
    total: int


def create_app() -> FastAPI:
    app = service("Tags")
    store = app.state.store
    store.rows["tags"] = {}
    store.forget.append(lambda owner: _forget(store.rows["tags"], owner))
    _reads(app)
    _writes(app)
    return app


def _forget(tags: dict[int, Tag], owner: int) -> None:
    for tag in [one for one in tags.values() if one.owner_id == owner]:
        del tags[tag.id]


def _reads(app: FastAPI) -> None:
    @app.get(TAGS, responses=problems(401, 422))
    async def list_tags(
        store: StoreDep,
        _: Caller,
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
        page_size: Annotated[int, Query(ge=1, le=100)] = 10,
    ) -> Tags:
        tags = list(store.rows["tags"].values())
        return Tags(items=tags[(page - 1) * page_size :][:page_size], total=len(tags))

    @app.get(TAGS + "/{tag_id}", responses=problems(401, 404, 422))
    async def read_tag(tag_id: Id, store: StoreDep, _: Caller) -> Tag:
        if tag_id not in store.rows["tags"]:
            raise HTTPException(404, "No such tag")
        return store.rows["tags"][tag_id]


def _writes(app: FastAPI) -> None:
    taken = {409: {"model": Problem, "description": "A tag with that label exists"}}

    @app.post(TAGS, status_code=201, responses=problems(401, 422) | taken)
    async def create_tag(body: Draft, store: StoreDep, caller: Caller, response: Response) -> Tag:
        if any(one.label == body.label for one in store.rows["tags"].values()):
            raise HTTPException(409, "A tag with that label exists")
        tag = Tag(id=store.next_id(), owner_id=caller.id, **body.model_dump())
        store.rows["tags"][tag.id] = tag
        response.headers["Location"] = f"{TAGS}/{tag.id}"
        return tag

    @app.delete(TAGS + "/{tag_id}", status_code=204, responses=problems(401, 403, 404, 422))
    async def delete_tag(tag_id: Id, store: StoreDep, caller: Caller) -> Response:
        if tag_id not in store.rows["tags"]:
            raise HTTPException(404, "No such tag")
        if store.rows["tags"][tag_id].owner_id != caller.id:
            raise HTTPException(403, "Not your tag")
        del store.rows["tags"][tag_id]
        return Response(status_code=204)
