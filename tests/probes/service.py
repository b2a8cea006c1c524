"""The service that every probe changes in one place: users who log in with a signed token and keep notes of their own."""

import itertools
import secrets
import time
from collections.abc import Mapping
from typing import Annotated, Any

import jwt
from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field

SIGNING_KEY = "a key that signs the tokens of a probe in tests only"


class SignUp(BaseModel):
    model_config = ConfigDict(extra="forbid")

    email: str = Field(pattern=r"^[A-Za-z0-9_.+-]+@[A-Za-z0-9.-]+$", max_length=100)
    password: str = Field(min_length=8, max_length=100)


class User(BaseModel):
    id: Any
    email: str


class Token(BaseModel):
    access_token: str
    token_type: str = "bearer"


class Draft(BaseModel):
    """What a note is made of."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")
    text: str = Field(default="", max_length=1000, pattern=r"^[^\x00]*$")
    stars: int = Field(default=1, ge=1, le=5)


class Note(Draft):
    id: Any
    owner: Any


class Notes(BaseModel):
    items: list[Note]
    total: int


class Problem(BaseModel):
    detail: Any


ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem} for status in (400, 401, 402, 403, 404, 405, 409, 410, 415, 422, 423, 429)
}
Size = Annotated[int, Query(ge=1, le=100)]
Start = Annotated[int, Query(ge=0)]


#: Requests after which a service that is late has done what it said.
LATE = 3


class Service:
    """A subclass is a probe: what it overrides is its oddity, which its docstring names."""

    #: the beginnings of the rules that the oddity can touch; all where there is none
    rules: tuple[str, ...] = ()
    #: the beginnings of the rules of recommendations that it keeps as well
    kept: tuple[str, ...] = ()
    #: what the kit says of it, and where that is not "compliant": what of it stays untested, or is violated
    word = "compliant"
    untested: tuple[str, ...] = ()
    violated: tuple[str, ...] = ()
    #: the signing key as a person gives it
    given = SIGNING_KEY
    #: the path that the base URL of the target has
    base = ""

    stranger = 401
    wrong_password = 401
    lifetime = 3600
    clock = 0
    created = 201
    identifier: Any = int
    read_model: Any = Note

    def __init__(self) -> None:
        self.users: dict[str, dict[str, Any]] = {}
        self.notes: dict[str, dict[str, Any]] = {}
        self.numbers = itertools.count(1)
        self.bearer = HTTPBearer(auto_error=False)
        #: requests of users so far, which is the only clock of a service that is late
        self.ticks = 0
        #: when each note was made
        self.born: dict[str, int] = {}

    # -- who asks ----------------------------------------------------------------------------------------------

    def check_account(self, form: SignUp) -> None:
        """Raises where such an account is not made."""

    def address(self, email: str) -> str:
        return email

    def let_in(self, user: Mapping[str, Any]) -> None:
        """Raises where somebody with the right password does not get a token."""

    def token(self, key: str) -> str:
        now = int(time.time()) + self.clock
        claims = {"sub": key, "iat": now, "exp": now + self.lifetime, "jti": secrets.token_hex(4)}
        return jwt.encode(claims, SIGNING_KEY, "HS256")

    def refuse(self, why: str) -> HTTPException:
        challenge = {"WWW-Authenticate": "Bearer"} if self.stranger == 401 else None
        return HTTPException(self.stranger, why, challenge)

    def caller(self, given: HTTPAuthorizationCredentials | None) -> dict[str, Any]:
        if given is None:
            raise self.refuse("no credentials")
        wanted = {"require": ["exp", "sub"], "verify_exp": False, "verify_iat": False}
        try:
            claims = jwt.decode(given.credentials, SIGNING_KEY, ["HS256"], options=wanted)
        except jwt.PyJWTError:
            raise self.refuse("no token of ours") from None
        ends = claims["exp"]
        user = self.users.get(str(claims["sub"]))
        if not isinstance(ends, int | float) or ends < time.time() + self.clock or user is None:
            raise self.refuse("over")
        self.ticks += 1
        return user

    def known(self) -> Any:
        """The dependency that says who asks."""

        async def known(given: Annotated[HTTPAuthorizationCredentials | None, Depends(self.bearer)]) -> Any:
            return self.caller(given)

        return Depends(known)

    # -- rows --------------------------------------------------------------------------------------------------

    def new_id(self, number: int) -> Any:
        return number

    def written(self, draft: Draft) -> dict[str, Any]:
        return draft.model_dump()

    def check_note(self, note: Mapping[str, Any], mine: list[dict[str, Any]]) -> None:
        """Raises where its owner, who has those already, does not get another note."""

    def keep(self, note: dict[str, Any]) -> None:
        self.notes[str(note["id"])] = note

    def drop(self, note: Mapping[str, Any]) -> None:
        self.notes.pop(str(note["id"]), None)

    def add(self, draft: Draft, user: Mapping[str, Any]) -> dict[str, Any]:
        note = {"id": self.new_id(next(self.numbers)), "owner": user["id"], **self.written(draft)}
        self.check_note(note, self.own(user))
        self.born[str(note["id"])] = self.ticks
        self.keep(note)
        return note

    def has_come(self, note: Mapping[str, Any]) -> bool:
        """Whether a few requests went by since the note was made."""
        return self.ticks - self.born[str(note["id"])] > LATE

    def own(self, user: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [note for note in self.notes.values() if note["owner"] == user["id"]]

    def listed(self, user: Mapping[str, Any]) -> list[dict[str, Any]]:
        return self.own(user)

    def find(self, key: Any, user: Mapping[str, Any]) -> dict[str, Any]:
        note = self.notes.get(str(key))
        if note is None or note["owner"] != user["id"]:
            raise HTTPException(404, "no such note")
        return note

    def shown(self, note: Any) -> Any:
        """A note as its read answers it."""
        return note

    # -- the application ---------------------------------------------------------------------------------------

    def routes(self, app: FastAPI) -> None:
        self.add_users(app)
        self.add_list(app)
        self.add_create(app)
        self.add_read(app)
        self.add_update(app)
        self.add_delete(app)

    def add_users(self, app: FastAPI) -> None:
        @app.post("/users", status_code=201, response_model=User)
        async def sign_up(form: SignUp):
            self.check_account(form)
            email = self.address(form.email)
            if email.lower() in {user["email"].lower() for user in self.users.values()}:
                raise HTTPException(409, "taken")
            number = next(self.numbers)
            self.users[str(number)] = {"id": number, "email": email, "password": form.password}
            return self.users[str(number)]

        self.add_login(app)

        @app.get("/users/me", response_model=User)
        async def me(user=self.known()):
            return user

        @app.delete("/users/me", status_code=204)
        async def leave(user=self.known()):
            self.users.pop(str(user["id"]), None)
            for note in self.own(user):
                del self.notes[str(note["id"])]

    def add_login(self, app: FastAPI) -> None:
        @app.post("/login", response_model=Token)
        async def login(form: SignUp):
            return Token(access_token=self.logged_in(form))

    def logged_in(self, form: SignUp) -> str:
        for key, user in self.users.items():
            same = secrets.compare_digest(user["password"].encode(), form.password.encode())
            if user["email"].lower() == form.email.lower() and same:
                self.let_in(user)
                return self.token(key)
        challenge = {"WWW-Authenticate": "Bearer"} if self.wrong_password == 401 else None
        raise HTTPException(self.wrong_password, "wrong name or password", challenge)

    def add_list(self, app: FastAPI) -> None:
        @app.get("/notes", response_model=Notes)
        async def notes(limit: Size = 20, offset: Start = 0, user=self.known()):
            found = self.listed(user)
            return {"items": found[offset : offset + limit], "total": len(found)}

    def add_create(self, app: FastAPI) -> None:
        @app.post("/notes", status_code=self.created, response_model=Note)
        async def add(draft: Draft, user=self.known()):
            return self.add(draft, user)

    place = "/notes/{note_id}"

    def add_read(self, app: FastAPI) -> None:
        @app.get(self.place, response_model=self.read_model)
        async def read(note_id: self.identifier, user=self.known()):
            return self.shown(self.find(note_id, user))

    def add_update(self, app: FastAPI) -> None:
        @app.put(self.place, response_model=Note)
        async def update(note_id: self.identifier, draft: Draft, user=self.known()):
            note = self.find(note_id, user)
            note.update(self.written(draft))
            return note

    def add_delete(self, app: FastAPI) -> None:
        @app.delete(self.place, status_code=204)
        async def delete(note_id: self.identifier, user=self.known()):
            self.drop(self.find(note_id, user))

    def app(self) -> Any:
        """The application that a server is given."""
        app = FastAPI(title="notes", version="1", responses=ERRORS)

        @app.exception_handler(RequestValidationError)
        async def invalid(_: Request, error: RequestValidationError) -> Response:
            names = sorted({".".join(map(str, one["loc"])) for one in error.errors()})
            return JSONResponse({"detail": names}, 422)

        self.routes(app)
        app.openapi_schema = self.document(app.openapi())
        return self.around(app)

    def document(self, document: dict[str, Any]) -> dict[str, Any]:
        return document

    def around(self, app: Any) -> Any:
        """What stands between the application and the wire."""
        return app
