"""A service whose accounts anyone opens for himself and sees as "me", while the list of them is the administrator's."""

import secrets
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, HTTPException, Path, Query, Request, Response
from fastapi.security import HTTPBearer
from pydantic import BaseModel, Field

Id = Annotated[int, Path(ge=1, le=2**31)]
Name = Annotated[str, Field(min_length=1, max_length=60)]


class Entry(BaseModel):
    email: Annotated[str, Field(pattern=r"^[a-z0-9.@-]{3,80}$")]
    password: Annotated[str, Field(min_length=6, max_length=60)]


class SignUp(Entry):
    name: Name


class Admission(SignUp):
    role: Literal["ADMINISTRATOR", "USER"]


class Change(BaseModel):
    name: Name | None = None


class Role(BaseModel):
    id: int = 2
    name: str = "user"


class Account(BaseModel):
    id: int
    email: str
    name: str
    role: Role = Role()
    isSuperuser: bool = False  # noqa: N815 - as many write it


class Accounts(BaseModel):
    data: list[Account]
    hasNextPage: bool  # noqa: N815 - as many write it


class Token(BaseModel):
    token: str


@dataclass
class Service:
    """The application with what it holds; each planted fault is a word in `faults`."""

    faults: frozenset[str] = frozenset()
    accounts: dict[int, SignUp] = field(default_factory=dict)
    taken: dict[int, dict[str, Any]] = field(default_factory=dict)
    tokens: dict[str, int] = field(default_factory=dict)
    roles: list[str] = field(default_factory=list)
    made: int = 0

    def add(self, body: SignUp) -> int:
        if any(body.email == one.email for one in self.accounts.values()):
            raise HTTPException(409, "taken")
        self.made += 1
        self.accounts[self.made] = body
        return self.made

    def shown(self, number: int) -> Account:
        one = self.accounts[number]
        return Account(id=number, email=one.email, name=one.name, **self.taken.get(number, {}))

    def change(self, number: int, body: Change) -> Account:
        if body.name is not None:
            self.accounts[number].name = body.name
        return self.shown(number)

    def remove(self, number: int) -> Response:
        del self.accounts[number]
        return Response(status_code=204)

    def caller(self, shown: Annotated[Any, Depends(HTTPBearer(auto_error=False))]) -> int:
        number = self.tokens.get(shown.credentials if shown else "", 0)
        if number not in self.accounts:
            raise HTTPException(401, "who?", headers={"WWW-Authenticate": "Bearer"})
        return number


def app_of(service: Service) -> FastAPI:  # noqa: C901 - a whole service
    app = FastAPI(title="administered", version="1")
    administrator = service.add(SignUp(email="admin@example.com", password="secret", name="Admin"))
    Caller = Annotated[int, Depends(service.caller)]  # noqa: N806 - a type

    def lead(who: Caller) -> int:
        if who != administrator:
            raise HTTPException(403, "administrators only")
        return who

    def readable(user_id: Id, who: Annotated[int, Depends(lead)]) -> int | None:
        return (
            None if "empty" in service.faults and user_id not in service.accounts else account(user_id, who)
        )

    def account(user_id: Id, who: Annotated[int, Depends(lead)]) -> int:
        if user_id not in service.accounts:
            raise HTTPException(403 if "hidden" in service.faults else 404, "no such account")
        return user_id

    def changed(user_id: Id, who: Caller) -> int:
        return user_id if "open change" in service.faults else account(user_id, lead(who))

    Known, Lead = Annotated[int, Depends(account)], Depends(lead)  # noqa: N806 - types

    @app.post("/auth/register", status_code=204)
    async def register(body: SignUp, request: Request) -> Response:
        everything, number = await request.json(), service.add(body)
        service.taken[number] = {name: everything[name] for name in service.faults & set(everything)}
        return Response(status_code=204)

    @app.post("/auth/login")
    def login(body: Entry) -> Token:
        fits = [
            n
            for n, one in service.accounts.items()
            if (one.email, one.password) == (body.email, body.password)
        ]
        if not fits:
            raise HTTPException(401, "no", headers={"WWW-Authenticate": "Bearer"})
        token = secrets.token_hex(16)
        service.tokens[token] = fits[0]
        return Token(token=token)

    @app.get("/auth/me")
    def me(who: Caller) -> Account:
        return service.shown(who)

    @app.delete("/auth/me", status_code=204)
    def leave(who: Caller) -> Response:
        return service.remove(who)

    @app.get("/users", dependencies=[Lead])
    def list_accounts(
        page: Annotated[int, Query(ge=1, le=10**6)] = 1, limit: Annotated[int, Query(ge=1)] = 10
    ) -> Accounts:
        size = limit if "endless" in service.faults else min(limit, 50)
        held = [service.shown(number) for number in sorted(service.accounts)]
        return Accounts(data=held[(page - 1) * size : page * size], hasNextPage=page * size < len(held))

    @app.post("/users", status_code=200 if "found" in service.faults else 201, dependencies=[Lead])
    def add_account(body: Admission) -> Account:
        service.roles.append(body.role)
        return service.shown(service.add(body))

    @app.get("/users/{user_id}")
    def read_account(number: Annotated[int | None, Depends(readable)]) -> Account | None:
        return service.shown(number) if number else None

    @app.patch("/users/{user_id}")
    def change_account(number: Annotated[int, Depends(changed)], body: Change) -> Account:
        return service.change(number, body)

    @app.delete("/users/{user_id}", status_code=204)
    def delete_account(number: Known) -> Response:
        return service.remove(number)

    return app
