"""An operation that sets nothing but what an account may do: open to whoever has the account, or to administrators."""

import secrets
from typing import Annotated, Literal

import pytest
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel, Field

from compliance.catalogue import load
from compliance.run import Runner, read_contract
from compliance.target.connection import Connection
from compliance.target.document import fetch_document
from compliance.target.reach import Grants
from compliance.target.serving import serve

CATALOGUE = load()


class SignUp(BaseModel):
    username: str = Field(min_length=3, max_length=60)
    password: str = Field(min_length=8, max_length=60)


class Account(BaseModel):
    id: int
    username: str
    role: str = "user"


class Token(BaseModel):
    access_token: str


class Rank(BaseModel):
    role: Literal["user", "admin"]


def create_app(*, closed: bool) -> FastAPI:  # noqa: C901 - a whole service
    app = FastAPI(title="ranks", version="1")
    accounts: dict[str, Account] = {}
    passwords: dict[str, str] = {}
    tokens: dict[str, str] = {}

    def caller(token: Annotated[str, Depends(OAuth2PasswordBearer("/login"))]) -> Account:
        if tokens.get(token) not in accounts:
            raise HTTPException(401, "who?", headers={"WWW-Authenticate": "Bearer"})
        return accounts[tokens[token]]

    Caller = Annotated[Account, Depends(caller)]  # noqa: N806 - a type

    @app.post("/register", status_code=201)
    def register(body: SignUp) -> Account:
        if body.username in accounts:
            raise HTTPException(409, "taken")
        passwords[body.username] = body.password
        accounts[body.username] = Account(id=len(passwords), username=body.username)
        return accounts[body.username]

    @app.post("/login")
    def login(body: SignUp) -> Token:
        if passwords.get(body.username) != body.password:
            raise HTTPException(401, "no", headers={"WWW-Authenticate": "Bearer"})
        token = secrets.token_hex(16)
        tokens[token] = body.username
        return Token(access_token=token)

    @app.get("/me")
    def me(who: Caller) -> Account:
        return who

    @app.delete("/me", status_code=204)
    def leave(who: Caller) -> None:
        del accounts[who.username]

    @app.put("/users/{user_id}/role")
    def rank(user_id: int, body: Rank, who: Caller) -> Account:
        if closed and who.role != "admin":
            raise HTTPException(403, "for administrators")
        one = next((one for one in accounts.values() if one.id == user_id), None)
        if one is None:
            raise HTTPException(404, "nobody")
        one.role = body.role
        return one

    return app


@pytest.mark.parametrize(("closed", "outcome"), [(True, "not-applicable"), (False, "violation")])
def test_nobody_raises_the_own_rank(closed: bool, outcome: str) -> None:
    with serve(create_app(closed=closed), "ranks") as url:
        runner = Runner(CATALOGUE, read_contract(fetch_document(url)), Connection(url), Grants(writes=True))
        runner.select(one for one in runner.planned if one.rule.id == "ACC-011")
        list(runner.results())
        run = runner.finish()
    assert {one.subject: f"{one.outcome}" for one in run.results} == {"PUT /users/{user_id}/role": outcome}
