"""What every home has: accounts, a login with signed tokens, errors of one shape. A home adds what it is for."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Annotated, Any

import jwt
from fastapi import Depends, FastAPI, HTTPException, Path, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pydantic import AfterValidator, BaseModel, ConfigDict, EmailStr, Field, StringConstraints
from starlette.exceptions import HTTPException as StarletteHTTPException

SIGNING_KEY = "a key that signs the tokens of the homes"
LIFETIME = 900
#: Wrong passwords in a row before a name has to wait, and how long, in seconds.
PATIENCE, PAUSE = 20, 30.0
LARGEST_ID = 2**31 - 1
LARGEST_BODY = 1_000_000
PREFIX = "/api/v1"
CHALLENGE = {"WWW-Authenticate": "Bearer"}
BAD_TOKEN = {"WWW-Authenticate": 'Bearer error="invalid_token"'}

bearer = OAuth2PasswordBearer(tokenUrl=f"{PREFIX}/login", auto_error=False)


def storable(text: str) -> str:
    """Refuses what no database takes: NUL, and halves of surrogate pairs."""
    if "\0" in text or any(0xD800 <= ord(sign) < 0xE000 for sign in text):
        raise ValueError("not a text that can be stored")
    return text


Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(storable),
]
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SignUp(Body):
    email: EmailStr
    password: Annotated[str, Field(min_length=8, max_length=128), AfterValidator(storable)]


class Account(BaseModel):
    id: int
    email: str


class Token(BaseModel):
    access_token: str
    token_type: str = "bearer"


class Problem(BaseModel):
    detail: str | list[dict[str, Any]]


@dataclass
class Store:
    """The accounts; a home keeps its own rows in `rows`, by kind."""

    accounts: dict[int, Account] = field(default_factory=dict)
    hashes: dict[int, bytes] = field(default_factory=dict)
    rows: dict[str, dict[int, Any]] = field(default_factory=dict)
    #: what forgets the rows of an account that is deleted
    forget: list[Callable[[int], None]] = field(default_factory=list)
    #: wrong passwords in a row, and until when a name has to wait for it, by the name
    failures: Counter[str] = field(default_factory=Counter)
    waits_until: dict[str, float] = field(default_factory=dict)
    _ids: Any = field(default_factory=lambda: count(1))

    def next_id(self) -> int:
        return next(self._ids)

    def by_email(self, email: str) -> Account | None:
        return next((one for one in list(self.accounts.values()) if one.email == email.lower()), None)


def hashed(password: str) -> bytes:
    return hashlib.scrypt(password.encode(), salt=b"homes", n=2, r=1, p=1)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The documentation of these refusals."""
    return {status: {"model": Problem} for status in statuses}


def get_store(request: Request) -> Store:
    return request.app.state.store


StoreDep = Annotated[Store, Depends(get_store)]


def claims_for(account: Account) -> dict[str, Any]:
    now = int(time.time())
    return {"sub": str(account.id), "iat": now, "exp": now + LIFETIME}


def issue(account: Account) -> str:
    return jwt.encode(claims_for(account), SIGNING_KEY, "HS256")


def read(token: str) -> int:
    """The number of the account that a token names. Raises ValueError where it is none of ours."""
    try:
        return int(jwt.decode(token, SIGNING_KEY, ["HS256"], {"require": ["sub", "exp"]})["sub"])
    except jwt.InvalidTokenError as error:
        raise ValueError from error


def get_token(request: Request, token: Annotated[str | None, Depends(bearer)]) -> str:
    if not token:
        raise HTTPException(401, "Not authenticated", CHALLENGE)
    if len(request.headers.getlist("Authorization")) > 1:
        raise HTTPException(401, "Two tokens", BAD_TOKEN)
    return token


def get_caller(request: Request, store: StoreDep, token: Annotated[str, Depends(get_token)]) -> Account:
    try:
        number = request.app.state.read(token)
    except ValueError:
        raise HTTPException(401, "Bad token", BAD_TOKEN) from None
    account = store.accounts.get(number)
    if account is None:
        raise HTTPException(401, "Bad token", BAD_TOKEN)
    return account


Caller = Annotated[Account, Depends(get_caller)]


def get_entered(form: Annotated[OAuth2PasswordRequestForm, Depends()], store: StoreDep) -> Account:
    """Whoever logs in. After so many wrong passwords in a row a name has to wait, whether anybody has it or not."""
    name = form.username.lower()
    left = store.waits_until.get(name, 0.0) - time.monotonic()
    if left > 0:
        raise HTTPException(429, "Too many wrong passwords", {"Retry-After": str(int(left) + 1)})
    account = store.by_email(name)
    kept = store.hashes.get(account.id, b"") if account else b""
    if not hmac.compare_digest(kept, hashed(form.password)) or account is None:
        store.failures[name] += 1
        if store.failures[name] % PATIENCE == 0:
            store.waits_until[name] = time.monotonic() + PAUSE
        raise HTTPException(401, "Wrong name or password", CHALLENGE)
    store.failures.pop(name, None)
    return account


Entered = Annotated[Account, Depends(get_entered)]


class BodyLimit:
    """Refuses a body by the length that it is announced with."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        length = dict(scope.get("headers", ())).get(b"content-length", b"0")
        too_large = scope["type"] == "http" and int(length) > LARGEST_BODY
        await (JSONResponse({"detail": "Too large"}, 413) if too_large else self.app)(scope, receive, send)


def service(title: str, *, door: Callable[[FastAPI], None] | None = None) -> FastAPI:
    """An application with accounts, a login and errors of one shape, and an empty store at `app.state.store`.

    door: adds a login of the home's own in place of the usual one.
    """
    app = FastAPI(title=title, version="1.0.0", redirect_slashes=False)
    app.state.store = Store()
    # A home may have tokens of another kind.
    app.state.issue, app.state.read = issue, read
    app.add_middleware(BodyLimit)
    install_failures(app)
    _registration(app)
    (door or _login)(app)
    _accounts(app)
    return app


def _registration(app: FastAPI) -> None:
    @app.post(f"{PREFIX}/users", status_code=201, responses=problems(409, 422))
    async def register(body: SignUp, store: StoreDep, response: Response) -> Account:
        if store.by_email(body.email):
            raise HTTPException(409, "Taken")
        account = Account(id=store.next_id(), email=body.email.lower())
        store.accounts[account.id] = account
        store.hashes[account.id] = hashed(body.password)
        response.headers["Location"] = f"{PREFIX}/users/{account.id}"
        return account


def _login(app: FastAPI) -> None:
    @app.post(f"{PREFIX}/login", responses=problems(401, 422, 429))
    def log_in(entered: Entered, response: Response) -> Token:
        response.headers["Cache-Control"] = "no-store"
        return Token(access_token=app.state.issue(entered))


def _accounts(app: FastAPI) -> None:
    @app.get(f"{PREFIX}/users/me", responses=problems(401))
    def who_am_i(caller: Caller) -> Account:
        return caller

    @app.get(f"{PREFIX}/users/{{user_id}}", responses=problems(401, 404, 422))
    def read_account(user_id: Id, caller: Caller) -> Account:
        if user_id != caller.id:
            raise HTTPException(404, "No such account of yours")
        return caller

    @app.delete(f"{PREFIX}/users/{{user_id}}", status_code=204, responses=problems(401, 404, 422))
    def close_account(user_id: Id, store: StoreDep, caller: Caller) -> Response:
        if user_id != caller.id:
            raise HTTPException(404, "No such account of yours")
        del store.accounts[user_id], store.hashes[user_id]
        for forget in store.forget:
            forget(user_id)
        return Response(status_code=204)


def install_failures(app: FastAPI) -> None:
    """Let every error have one shape, and 405 name all methods of its path."""

    @app.exception_handler(StarletteHTTPException)
    def refused(request: Request, exc: StarletteHTTPException) -> JSONResponse:
        # A body that is no JSON at all is a 400 of the framework's; it is documented as 422.
        status = 422 if exc.status_code == 400 else exc.status_code
        headers = {**(exc.headers or {})}
        if status == 405:
            headers["Allow"] = ", ".join(sorted(_methods(app, request)))
        return JSONResponse({"detail": str(exc.detail)}, status, headers)

    @app.exception_handler(RequestValidationError)
    def invalid(_: Request, exc: RequestValidationError) -> JSONResponse:
        kept = [{"loc": list(one["loc"]), "msg": one["msg"], "type": one["type"]} for one in exc.errors()]
        return JSONResponse({"detail": kept}, 422)


def _methods(app: FastAPI, request: Request) -> set[str]:
    path = request.url.path.rstrip("/")
    return {
        method.upper()
        for template, operations in app.openapi()["paths"].items()
        for method in operations
        if len(template.split("/")) == len(path.split("/"))
        and all(
            a == b or a.startswith("{") for a, b in zip(template.split("/"), path.split("/"), strict=True)
        )
    }
