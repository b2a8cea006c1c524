"""A home with a journal of one's own, read by a signed cursor, the oldest entry first."""

from __future__ import annotations

import base64
import hmac
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query, Response
from pydantic import BaseModel

from tests.homes._basics import PREFIX, Body, Caller, Id, StoreDep, Text, problems, service
from tests.homes._basics import SIGNING_KEY as SIGNING_KEY

ENTRIES = f"{PREFIX}/entries"


class Draft(Body):
    headline: Text
    text: Text


class Entry(BaseModel):
    id: int
    headline: str
    text: str
    owner_id: int


class Entries(BaseModel):
    entries: list[Entry]
    limit: int
    next_cursor: str | None


def seal(said: str, owner: int) -> str:
    return hmac.digest(SIGNING_KEY.encode(), f"{said} of {owner}".encode(), "sha256").hex()[:16]


def cursor_of(said: str, owner: int) -> str:
    return base64.urlsafe_b64encode(f"{said}.{seal(said, owner)}".encode()).decode()


def said_by(cursor: str, owner: int) -> str:
    """What a cursor of that owner's says. Raises HTTPException where it is none."""
    try:
        said, _, sealed = base64.b64decode(cursor, altchars=b"-_", validate=True).decode().partition(".")
    except ValueError:
        said = sealed = ""
    if not hmac.compare_digest(sealed.encode(), seal(said, owner).encode()):
        raise HTTPException(422, "No cursor of this list")
    return said


def get_own(entry_id: Id, store: StoreDep, caller: Caller) -> Entry:
    entry = store.rows["entries"].get(entry_id)
    if entry is None or entry.owner_id != caller.id:
        raise HTTPException(404, "No such entry")
    return entry


Own = Annotated[Entry, Depends(get_own)]


def create_app() -> FastAPI:
    app = service("Journal")
    store = app.state.store
    store.rows["entries"] = {}
    store.forget.append(lambda owner: _forget(store.rows["entries"], owner))
    _routes(app)
    return app


def _forget(entries: dict[int, Entry], owner: int) -> None:
    for entry in [one for one in entries.values() if one.owner_id == owner]:
        del entries[entry.id]


def _routes(app: FastAPI) -> None:
    @app.get(ENTRIES, responses=problems(401, 422))
    def list_entries(
        store: StoreDep,
        caller: Caller,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
    ) -> Entries:
        own = [one for one in store.rows["entries"].values() if one.owner_id == caller.id]
        last = int(said_by(cursor, caller.id)) if cursor is not None else 0
        left = [one for one in own if one.id > last]
        following = cursor_of(str(left[limit - 1].id), caller.id) if len(left) > limit else None
        return Entries(entries=left[:limit], limit=limit, next_cursor=following)

    @app.post(ENTRIES, status_code=201, responses=problems(401, 422))
    def write(body: Draft, store: StoreDep, caller: Caller, response: Response) -> Entry:
        entry = Entry(id=store.next_id(), owner_id=caller.id, **body.model_dump())
        store.rows["entries"][entry.id] = entry
        response.headers["Location"] = f"{ENTRIES}/{entry.id}"
        return entry

    @app.get(ENTRIES + "/{entry_id}", responses=problems(401, 404, 422))
    def read(entry: Own) -> Entry:
        return entry

    @app.put(ENTRIES + "/{entry_id}", responses=problems(401, 404, 422))
    def rewrite(body: Draft, entry: Own, store: StoreDep) -> Entry:
        store.rows["entries"][entry.id] = entry.model_copy(update=body.model_dump())
        return store.rows["entries"][entry.id]

    @app.delete(ENTRIES + "/{entry_id}", status_code=204, responses=problems(401, 404, 422))
    def throw_away(entry: Own, store: StoreDep) -> Response:
        store.rows["entries"].pop(entry.id, None)
        return Response(status_code=204)
