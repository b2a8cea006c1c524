"""A small correct service for the engine to shoot at, its faults to plant, and a server for it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Thread
from typing import Annotated, Any

import uvicorn
from fastapi import APIRouter, Body, Depends, FastAPI, Header, HTTPException, Query, Request, Response
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pydantic import BaseModel, EmailStr, Field
from starlette.responses import JSONResponse

TOKEN = "carols-token"
PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"description": "refused", "content": {"application/json": {}}} for code in (401, 404, 409)
}


class ThingIn(BaseModel):
    name: Annotated[str, Field(min_length=1, max_length=20, pattern="^[a-z0-9]+$")]
    price: Annotated[float, Field(gt=0, le=1000)]
    stock: Annotated[int, Field(ge=0, le=1000)] = 0
    active: bool = True
    seen: datetime | None = None
    day: date | None = None
    tags: Annotated[list[str], Field(max_length=3)] = []


class Thing(ThingIn):
    id: int


class Account(BaseModel):
    email: EmailStr
    password: Annotated[str, Field(min_length=8, max_length=64)]


class Token(BaseModel):
    access_token: str
    token_type: str


@dataclass
class Service:
    """The application with what it saw. Each planted fault replaces one answer."""

    faults: frozenset[str] = frozenset()
    seen: list[tuple[str, str, bytes]] = field(default_factory=list)
    credentials: list[str | None] = field(default_factory=list)
    things: dict[int, Thing] = field(default_factory=dict)
    emails: set[str] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    app: FastAPI = field(init=False)

    def __post_init__(self) -> None:
        self.app = FastAPI(title="small", version="1")
        self.app.middleware("http")(self._watch)
        self.app.include_router(accounts(self), prefix="/api")
        self.app.include_router(listings(self), prefix="/api")
        self.app.include_router(things(self), prefix="/api")

    async def _watch(self, request: Request, call_next: Callable[[Request], Any]) -> Response:
        body = await request.body()
        self.seen.append((request.method, str(request.url.path), body))
        self.credentials.append(request.headers.get("authorization"))
        if "busy" in self.faults:
            return JSONResponse({"detail": "busy"}, 429)
        listing = (request.method, request.url.path) == ("GET", "/api/things")
        too_many = request.query_params.get("limit") == "101"
        if listing and ("open" in self.faults or ("lenient" in self.faults and too_many)):
            return JSONResponse([])
        answer: Response = await call_next(request)
        return answer

    @property
    def document(self) -> dict[str, Any]:
        return self.app.openapi()

    @property
    def excerpt(self) -> dict[str, Any]:
        """The document with two paths left, one public and one guarded."""
        return self.document | {
            "paths": {path: self.document["paths"][path] for path in ("/api/health", "/api/things")}
        }

    @property
    def methods(self) -> set[str]:
        return {method for method, _, _ in self.seen}


async def carol(token: Annotated[str, Depends(OAuth2PasswordBearer("/api/token"))]) -> None:
    if token != TOKEN:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})


def accounts(service: Service) -> APIRouter:
    router = APIRouter(responses={key: PROBLEMS[key] for key in (401, 409)})

    @router.post("/users", status_code=201)
    async def register(account: Account) -> dict[str, str]:
        if account.email in service.emails:
            raise HTTPException(409)
        service.emails.add(account.email)
        return {"email": account.email}

    @router.post("/login")
    async def login(account: Account) -> Token:
        raise HTTPException(401)

    @router.post("/token", responses={400: PROBLEMS[401]})
    async def token(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> Token:
        raise HTTPException(400)

    @router.get("/health")
    async def health() -> dict[str, str]:
        if "schema" in service.faults:
            return JSONResponse({"status": 1})  # type: ignore[return-value]
        if "status" in service.faults:
            return JSONResponse({"status": "up"}, 202)  # type: ignore[return-value]
        if "type" in service.faults:
            return JSONResponse({"status": "up"}, media_type="text/plain")  # type: ignore[return-value]
        return {"status": "up"}

    return router


def listings(service: Service) -> APIRouter:
    router = APIRouter(prefix="/things", responses=PROBLEMS, dependencies=[Depends(carol)])

    @router.get("")
    async def listing(
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        active: bool | None = None,
        tags: Annotated[list[str] | None, Query()] = None,
        x_trace: Annotated[str | None, Header()] = None,
    ) -> list[Thing]:
        if "ruin" in service.faults or ("crash" in service.faults and limit == 100):
            raise RuntimeError("planted")
        if "picky" in service.faults and limit == 100:
            raise HTTPException(422, [])
        return list(service.things.values())[:limit]

    return router


def things(service: Service) -> APIRouter:
    router = APIRouter(prefix="/things", responses=PROBLEMS, dependencies=[Depends(carol)])

    def found(thing_id: int) -> Thing:
        if thing_id not in service.things:
            raise HTTPException(404)
        return service.things[thing_id]

    @router.post("", status_code=201)
    async def create(thing: ThingIn) -> Thing:
        made = Thing(id=next(service.numbers), **thing.model_dump())
        service.things[made.id] = made
        return made

    @router.get("/{thing_id}")
    async def read(thing_id: int) -> Thing:
        return found(thing_id)

    @router.put("/{thing_id}")
    async def update(thing_id: int, thing: ThingIn) -> Thing:
        found(thing_id)
        service.things[thing_id] = Thing(id=thing_id, **thing.model_dump())
        return service.things[thing_id]

    @router.patch("/{thing_id}")
    async def price(thing_id: int, price: Annotated[float, Body(embed=True, gt=0, le=1000)]) -> Thing:
        return found(thing_id).model_copy(update={"price": price})

    @router.delete("/{thing_id}", status_code=204)
    async def delete(thing_id: int) -> None:
        found(thing_id)
        del service.things[thing_id]

    return router


@contextmanager
def served(app: Any) -> Iterator[str]:
    """The address of the application on a free port of the loopback.

    Uvicorn binds the port itself: a socket handed over has no TCP_NODELAY, and every answer would take 40 ms.
    """
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
