"""Odd doors: how strangers are refused, and how users come in."""

import collections
import re

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from tests.probes.service import Service, SignUp

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
