"""Odd doors: how strangers are refused, and how users come in."""

import asyncio
import collections
import re

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

from tests.probes.service import Service, SignUp, Token, User

SIGNED = ("AUT-003", "AUT-008", "AUT-009")
WHO = ("AUT-001", "AUT-002", *SIGNED, "AUT-006", "AUT-012", "AUT-013", "SEC-007", "ACC")


class Door(Service):
    rules = WHO


class Strangers403(Door):
    """Whoever has no token is refused by 403."""

    stranger = 403


class Strangers404(Door):
    """Strangers are not told that there is anything."""

    stranger = 404


class Strangers400(Door):
    """A missing header is a bad request."""

    stranger = 400


class Strangers422(Door):
    """A missing header is an invalid parameter."""

    stranger = 422


class WrongPassword400(Door):
    """A wrong password is a bad request."""

    wrong_password = 400


class WrongPassword403(Door):
    """A wrong password is forbidden."""

    wrong_password = 403


class WrongPassword404(Door):
    """A wrong password finds nobody."""

    wrong_password = 404


class Maybe(BaseModel):
    ok: bool
    access_token: str | None = None
    message: str | None = None


class WrongPassword200(Door):
    """A wrong password is answered 200 with a message."""

    def add_login(self, app: FastAPI) -> None:
        @app.post("/login", response_model=Maybe)
        async def login(form: SignUp):
            try:
                return Maybe(ok=True, access_token=self.logged_in(form))
            except HTTPException:
                return Maybe(ok=False, message="wrong name or password")


class OneSession(Door):
    """A login ends the former one."""

    def token(self, key: str) -> str:
        self.users[key]["token"] = super().token(key)
        return str(self.users[key]["token"])

    def caller(self, given):
        user = super().caller(given)
        if user["token"] != given.credentials:
            raise self.refuse("logged in elsewhere")
        return user


class Lockout(Door):
    """Three wrong passwords lock an account."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: collections.Counter[str] = collections.Counter()

    def logged_in(self, form: SignUp) -> str:
        if self.wrong[form.email] >= 3:
            raise HTTPException(423, "locked")
        try:
            return super().logged_in(form)
        except HTTPException:
            self.wrong[form.email] += 1
            raise


class PasswordPolicy(Door):
    """A rule for passwords that the document does not tell."""

    def check_account(self, form: SignUp) -> None:
        if not re.search(r"[A-Z].*[!?#$%]", form.password):
            raise HTTPException(400, "a capital letter and one of !?#$% behind it")


class SmallLetters(Door):
    """Addresses are kept in small letters."""

    def address(self, email: str) -> str:
        return email.lower()


class ShortTokens(Door):
    """A token ends after two seconds."""

    lifetime = 2


class ClockAhead(Door):
    """The clock of the service is ten minutes fast."""

    clock = 600


class ClockBehind(Door):
    """The clock of the service is ten minutes slow."""

    clock = -600


NOBODY = (
    *("ACC-001", "ACC-002", "ACC-003", "ACC-004", "ACC-007", "ACC-009", "ACC-012"),
    *(name for name in WHO if name != "ACC"),
)


class Unverified(Door):
    """Nobody logs in before an address is verified, which nobody can do for the kit."""

    word = "inconclusive"
    untested = NOBODY

    def let_in(self, user) -> None:
        raise HTTPException(403, "verify your address first")


class Closed(Door):
    """Nobody can register."""

    word = "inconclusive"
    untested = NOBODY

    def check_account(self, form: SignUp) -> None:
        raise HTTPException(403, "registration is closed")


class OneDomain(Door):
    """Only addresses of one company register."""

    word = "inconclusive"
    untested = NOBODY

    def check_account(self, form: SignUp) -> None:
        if not form.email.endswith("@corp.example"):
            raise HTTPException(422, "only corp.example")


class Member(BaseModel):
    username: str = Field(min_length=3, max_length=100, pattern=r"^[A-Za-z0-9_.@+-]+$")
    password: str = Field(min_length=8, max_length=100)


class Newcomer(Member):
    email: str = Field(pattern=r"^[A-Za-z0-9_.+-]+@[A-Za-z0-9.-]+$", max_length=100)


class NameBesideAddress(Door):
    """A user has a name, of which capitals are a part, and an address, which the login takes for the name."""

    rules = ("RES-01",)
    kept = ("RES-014",)

    def add_users(self, app: FastAPI) -> None:
        super().add_users(app)
        app.router.routes[:] = [one for one in app.router.routes if one.path not in ("/users", "/login")]

        @app.post("/users", status_code=201, response_model=User)
        async def sign_up(form: Newcomer):
            number = next(self.numbers)
            user = {"id": number, **form.model_dump(), "email": form.email.lower()}
            if any(self.alike(user, other) for other in self.users.values()):
                raise HTTPException(409, "taken")
            self.users[str(number)] = user
            return user

        @app.post("/login", response_model=Token)
        async def login(form: Member):
            for key, user in self.users.items():
                if (self.called(user), user["password"]) == (form.username, form.password):
                    return Token(access_token=self.token(key))
            raise HTTPException(401, "wrong name or password", {"WWW-Authenticate": "Bearer"})

    def alike(self, one: dict, other: dict) -> bool:
        return one["username"] == other["username"] or one["email"] == other["email"]

    def called(self, user: dict) -> str:
        return user["email"]


class SharedAddress(NameBesideAddress):
    """Users log in by their names, and several of them may have one address."""

    def alike(self, one: dict, other: dict) -> bool:
        return one["username"] == other["username"]

    def called(self, user: dict) -> str:
        return user["username"]


class TakenTwice(Service):
    """One address makes two accounts, of which nobody reads any but the own: a fault."""

    rules = ("RES-012", "RES-015")
    word = "not compliant"
    violated = ("RES-012",)

    def add_users(self, app: FastAPI) -> None:
        super().add_users(app)
        app.router.routes[:] = [one for one in app.router.routes if one.path != "/users"]

        @app.post("/users", status_code=201, response_model=User)
        async def sign_up(form: SignUp):
            await self.look_for(form.email)
            number = next(self.numbers)
            self.users[str(number)] = {"id": number, "email": form.email, "password": form.password}
            return self.users[str(number)]

    async def look_for(self, email: str) -> None:
        """Raises where the address is taken."""


class TakenTwiceAtOnce(TakenTwice):
    """Between the look for the address and the account there is a moment for others: a fault."""

    violated = ("RES-015",)

    async def look_for(self, email: str) -> None:
        if email in {user["email"] for user in self.users.values()}:
            raise HTTPException(409, "taken")
        await asyncio.sleep(0.05)
