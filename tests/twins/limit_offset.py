"""A twin with limit and offset, opaque tokens, uuids, an error envelope of its own, and 404 for what is another's."""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import Depends, FastAPI, Header, HTTPException, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException as StarletteHTTPException

LARGEST_LIMIT, LARGEST_BODY = 50, 100_000
#: Wrong passwords in a row before a handle is locked.
PATIENCE = 10
CHALLENGE = 'Bearer realm="twin"'


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SignUp(Body):
    handle: str = Field(min_length=3, max_length=60, pattern=r"^[A-Za-z0-9._-]+$")
    password: str = Field(min_length=10, max_length=200)


class SignIn(Body):
    handle: str
    password: str


class Token(BaseModel):
    token: str


class Account(BaseModel):
    id: UUID
    handle: str


class Draft(Body):
    headline: str = Field(min_length=1, max_length=200)
    text: str = Field(default="", max_length=5000)


class Article(BaseModel):
    id: UUID
    headline: str
    text: str
    author: UUID


class Articles(BaseModel):
    data: list[Article]
    count: int


class Fault(BaseModel):
    code: int
    message: str


class Failure(BaseModel):
    error: Fault


@dataclass
class Store:
    accounts: dict[UUID, Account] = field(default_factory=dict)
    digests: dict[str, bytes] = field(default_factory=dict)
    tokens: dict[str, UUID] = field(default_factory=dict)
    failures: Counter[str] = field(default_factory=Counter)
    articles: dict[UUID, Article] = field(default_factory=dict)


def failing(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": Failure} for status in statuses}


def digest(handle: str, password: str) -> bytes:
    return hashlib.scrypt(password.encode(), salt=handle.encode(), n=2, r=1, p=1)


def get_store(request: Request) -> Store:
    return request.app.state.store


StoreDep = Annotated[Store, Depends(get_store)]
bearer = HTTPBearer(auto_error=False)


def get_caller(
    request: Request,
    store: StoreDep,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> Account:
    if credentials is None:
        raise HTTPException(401, "Sign in first", {"WWW-Authenticate": CHALLENGE})
    alone = len(request.headers.getlist("Authorization")) == 1
    account = store.tokens.get(credentials.credentials) if alone else None
    if account not in store.accounts:
        bad = f'{CHALLENGE}, error="invalid_token"'
        raise HTTPException(401, "Sign in again", {"WWW-Authenticate": bad})
    return store.accounts[account]


Caller = Annotated[Account, Depends(get_caller)]


def get_own_article(article_id: Annotated[UUID, Path()], store: StoreDep, caller: Caller) -> Article:
    article = store.articles.get(article_id)
    if article is None or article.author != caller.id:
        raise HTTPException(404, "No such article of yours")
    return article


def get_version(api_version: Annotated[str, Header(max_length=20)] = "2026-01-01") -> str:
    """The version that a client asks for: the paths have none."""
    return api_version


async def small(request: Request) -> None:
    """Reads no body that is announced with more than any operation takes."""
    if int(request.headers.get("content-length", 0)) > LARGEST_BODY:
        raise HTTPException(413, "Too large")


def create_app() -> FastAPI:
    needs = [Depends(small), Depends(get_version)]
    app = FastAPI(title="Limit and offset", version="1.0.0", redirect_slashes=False, dependencies=needs)
    app.state.store = Store()
    _accounts(app)
    _articles(app)
    _failures(app)
    return app


def _accounts(app: FastAPI) -> None:
    @app.post("/accounts", status_code=201, responses=failing(409, 422))
    async def sign_up(body: SignUp, store: StoreDep) -> Account:
        if body.handle in store.digests:
            raise HTTPException(409, "Taken")
        account = Account(id=uuid4(), handle=body.handle)
        store.accounts[account.id] = account
        store.digests[body.handle] = digest(body.handle, body.password)
        return account

    @app.post("/sign-in", responses=failing(401, 422, 423))
    def sign_in(body: SignIn, store: StoreDep, response: Response) -> Token:
        if store.failures[body.handle] >= PATIENCE:
            raise HTTPException(423, "Locked: ask the people who run the service to open the account again")
        known = store.digests.get(body.handle)
        if known is None or not secrets.compare_digest(known, digest(body.handle, body.password)):
            store.failures[body.handle] += 1
            raise HTTPException(401, "Wrong handle or password", {"WWW-Authenticate": CHALLENGE})
        del store.failures[body.handle]
        response.headers["Cache-Control"] = "private, no-store"
        token = secrets.token_urlsafe(32)
        store.tokens[token] = next(a.id for a in store.accounts.values() if a.handle == body.handle)
        return Token(token=token)

    @app.get("/accounts/me", responses=failing(401))
    def who_am_i(caller: Caller) -> Account:
        return caller

    @app.delete("/accounts/{account_id}", status_code=204, responses=failing(401, 404, 422))
    def close_account(account_id: UUID, store: StoreDep, caller: Caller) -> Response:
        if account_id != caller.id:
            raise HTTPException(404, "No such account of yours")
        del store.digests[store.accounts.pop(account_id).handle]
        store.articles = {key: one for key, one in store.articles.items() if one.author != account_id}
        return Response(status_code=204)


def _articles(app: FastAPI) -> None:
    @app.get("/articles", responses=failing(401, 422))
    def list_articles(
        store: StoreDep,
        caller: Caller,
        limit: Annotated[int, Query(ge=1)] = 20,
        offset: Annotated[int, Query(ge=0)] = 0,
    ) -> Articles:
        mine = [one for one in store.articles.values() if one.author == caller.id]
        return Articles(data=mine[offset : offset + min(limit, LARGEST_LIMIT)], count=len(mine))

    @app.post("/articles", status_code=201, responses=failing(401, 422))
    def publish(body: Draft, store: StoreDep, caller: Caller, response: Response) -> Article:
        article = Article(id=uuid4(), author=caller.id, **body.model_dump())
        store.articles[article.id] = article
        response.headers["Location"] = f"articles/{article.id}"
        return article

    @app.get("/articles/{article_id}", responses=failing(401, 404, 422))
    def read_article(article: Annotated[Article, Depends(get_own_article)]) -> Article:
        return article

    @app.put("/articles/{article_id}", responses=failing(401, 404, 422))
    def rewrite(
        body: Draft, article: Annotated[Article, Depends(get_own_article)], store: StoreDep
    ) -> Article:
        store.articles[article.id] = article.model_copy(update=body.model_dump())
        return store.articles[article.id]

    @app.delete("/articles/{article_id}", status_code=204, responses=failing(401, 404, 422))
    def withdraw(article: Annotated[Article, Depends(get_own_article)], store: StoreDep) -> Response:
        store.articles.pop(article.id, None)
        return Response(status_code=204)


def _failures(app: FastAPI) -> None:
    def failure(status: int, message: str, headers: Any = None) -> JSONResponse:
        return JSONResponse({"error": {"code": status, "message": message}}, status, headers)

    @app.exception_handler(StarletteHTTPException)
    def refused(_: Request, exc: StarletteHTTPException) -> JSONResponse:
        # A body that is no JSON at all is a 400 of the framework's; it is documented as 422.
        status = 422 if exc.status_code == 400 else exc.status_code
        return failure(status, str(exc.detail), exc.headers)

    @app.exception_handler(RequestValidationError)
    def invalid(_: Request, exc: RequestValidationError) -> JSONResponse:
        return failure(
            422, "; ".join(sorted({f"{error['loc'][-1]}: {error['type']}" for error in exc.errors()}))
        )
