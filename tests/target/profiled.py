"""A service whose users see and change a profile, which an update names in its body; correct but for planted faults."""

import secrets
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(min_length=1, max_length=60)]
ROLES = ("Chef", "Customer")
bearer = HTTPBearer(auto_error=False)


class SignUp(BaseModel):
    username: Name
    password: Annotated[str, Field(min_length=8, max_length=60)]


class Token(BaseModel):
    token: str


class Profile(BaseModel):
    username: str
    nickname: str | None = None
    email: str | None = None
    role: str = "Customer"


class Whole(BaseModel):
    username: str
    nickname: Name | None = None


class Part(BaseModel):
    model_config = ConfigDict(extra="allow")

    nickname: Name | None = None


class PartWithRole(BaseModel):
    nickname: Name | None = None
    role: Literal["Chef", "Customer"] | None = None


class Contact(BaseModel):
    email: Annotated[str, Field(pattern=r"^[a-z0-9.-]{1,60}@example\.com$")] | None = None


class Promotion(BaseModel):
    username: str
    role: str


@dataclass
class Service:
    """Faults: "whoever" (an update changes whom it names), "undeclared" (one takes a role that it does not offer),
    "promotion" (anybody gives anybody a role), "mail" (or an address).

    "offered" is none: the role is in the form, for everybody to choose.
    """

    faults: frozenset[str] = frozenset()
    accounts: dict[str, SignUp] = field(default_factory=dict)
    profiles: dict[str, dict[str, Any]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def add(self, body: SignUp, role: str) -> Profile:
        if body.username in self.accounts:
            raise HTTPException(409, "taken")
        self.accounts[body.username] = body
        self.profiles[body.username] = {"username": body.username, "nickname": None, "role": role}
        return Profile(**self.profiles[body.username])

    def changed(self, name: str, values: dict[str, Any]) -> Profile:
        if name not in self.profiles:
            raise HTTPException(404, "nobody")
        if values.get("role", "Chef") not in ROLES:
            raise HTTPException(422, "no such role")
        self.profiles[name] |= values
        return Profile(**self.profiles[name])

    def caller(self, given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> str:
        if given is None or given.credentials not in self.tokens:
            raise HTTPException(401, "who?", {"WWW-Authenticate": "Bearer"})
        return self.tokens[given.credentials]


def app_of(service: Service) -> FastAPI:
    app = FastAPI()
    service.add(SignUp(username="mike", password="kaylee1234"), "Chef")
    _doors(app, service)
    _profiles(app, service)
    return app


def _doors(app: FastAPI, service: Service) -> None:
    @app.post("/register", status_code=201)
    def register(body: SignUp) -> Profile:
        return service.add(body, "Customer")

    @app.post("/login")
    def login(body: SignUp) -> Token:
        known = service.accounts.get(body.username)
        if known is None or known.password != body.password:
            raise HTTPException(401, "no")
        token = secrets.token_hex()
        service.tokens[token] = body.username
        return Token(token=token)


def _profiles(app: FastAPI, service: Service) -> None:
    Caller = Annotated[str, Depends(service.caller)]  # noqa: N806 - a type

    @app.get("/profile")
    def profile(who: Caller) -> Profile:
        return Profile(**service.profiles[who])

    @app.put("/profile")
    def replace(body: Whole, who: Caller) -> Profile:
        if body.username != who and "whoever" not in service.faults:
            raise HTTPException(403, "not yours")
        return service.changed(body.username, {"nickname": body.nickname})

    form: Any = PartWithRole if "offered" in service.faults else Part

    @app.patch("/profile")
    def change(body: form, who: Caller) -> Profile:
        values = body.model_dump(exclude_unset=True)
        taken = {"nickname", *(("role",) if {"offered", "undeclared"} & service.faults else ())}
        return service.changed(who, {name: value for name, value in values.items() if name in taken})

    @app.put("/users/{username}/email")
    def reach(username: str, body: Contact, who: Caller) -> Profile:
        if body.email is None:
            raise HTTPException(400, "which address?")
        if username != who and "mail" not in service.faults:
            raise HTTPException(403, "not yours")
        return service.changed(username, {"email": body.email})

    @app.put("/users/update_role")
    def promote(body: Promotion, who: Caller) -> Profile:
        if service.profiles[who]["role"] != "Chef" and "promotion" not in service.faults:
            raise HTTPException(403, "not for you")
        return service.changed(body.username, {"role": body.role})
