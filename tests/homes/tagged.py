"""A home with entity tags: a PUT replaces the whole, on the condition that If-Match states; times are whole seconds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException, Query, Response
from pydantic import BaseModel, Field

from tests.homes._basics import PREFIX, Body, Caller, Id, StoreDep, Text, problems, service
from tests.homes._basics import SIGNING_KEY as SIGNING_KEY

PAGES = f"{PREFIX}/pages"


class Draft(Body):
    title: Text
    tags: Annotated[list[Text], Field(max_length=5)]
    motto: Text | None = None


class Page(BaseModel):
    id: int
    title: str
    tags: list[str]
    motto: str | None
    created_at: datetime
    updated_at: datetime


class Kept(Page):
    owner_id: int
    version: int = 1

    @property
    def tag(self) -> str:
        return f'"{self.id}-{self.version}"'


class Pages(BaseModel):
    items: list[Page]
    total: int


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def get_own(page_id: Id, store: StoreDep, caller: Caller) -> Kept:
    page = store.rows["pages"].get(page_id)
    if page is None or page.owner_id != caller.id:
        raise HTTPException(404, "No such page")
    return page


Own = Annotated[Kept, Depends(get_own)]


def create_app() -> FastAPI:
    app = service("Tagged pages")
    store = app.state.store
    store.rows["pages"] = {}
    store.forget.append(lambda owner: _forget(store.rows["pages"], owner))
    _routes(app)
    return app


def _forget(pages: dict[int, Kept], owner: int) -> None:
    for page in [one for one in pages.values() if one.owner_id == owner]:
        del pages[page.id]


def _routes(app: FastAPI) -> None:
    @app.get(PAGES, responses=problems(401, 422))
    def list_pages(
        store: StoreDep,
        caller: Caller,
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
        page_size: Annotated[int, Query(ge=1, le=100)] = 10,
    ) -> Pages:
        mine = [one for one in store.rows["pages"].values() if one.owner_id == caller.id]
        items = [Page(**one.model_dump()) for one in mine[(page - 1) * page_size :][:page_size]]
        return Pages(items=items, total=len(mine))

    @app.post(PAGES, status_code=201, response_model=Page, responses=problems(401, 422))
    def write(body: Draft, store: StoreDep, caller: Caller, response: Response) -> Kept:
        moment = now()
        page = Kept(
            id=store.next_id(),
            owner_id=caller.id,
            created_at=moment,
            updated_at=moment,
            **body.model_dump(),
        )
        store.rows["pages"][page.id] = page
        response.headers["Location"] = f"{PAGES}/{page.id}"
        return page

    @app.get(PAGES + "/{page_id}", response_model=Page, responses=problems(401, 404, 422))
    def read(page: Own, response: Response) -> Kept:
        response.headers["ETag"] = page.tag
        return page

    @app.put(PAGES + "/{page_id}", response_model=Page, responses=problems(401, 404, 412, 422))
    def replace(
        body: Draft, page: Own, response: Response, if_match: Annotated[str | None, Header()] = None
    ) -> Kept:
        if if_match not in (None, "*", page.tag):
            raise HTTPException(412, "The page was changed meanwhile")
        for name, value in body.model_dump().items():
            setattr(page, name, value)
        page.updated_at = now()
        page.version += 1
        response.headers["ETag"] = page.tag
        return page

    @app.delete(PAGES + "/{page_id}", status_code=204, responses=problems(401, 404, 422))
    def throw_away(page: Own, store: StoreDep) -> Response:
        store.rows["pages"].pop(page.id, None)
        return Response(status_code=204)
