"""Odd tokens: what stands in them, what signs them, and how they are read."""

import base64
import secrets
import time

import jwt
from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials

from tests.probes import service
from tests.probes.doors import WHO
from tests.probes.service import SIGNING_KEY, Service

Credentials = HTTPAuthorizationCredentials | None
ISSUER = "https://notes.example"


class Token(Service):
    """What every token has here; a probe adds to it, or reads it otherwise."""

    rules = (*WHO, "AUT-014", "AUT-015", "AUT-018", "AUT-019")
    key = SIGNING_KEY
    algorithm = "HS256"

    def claims(self, key: str) -> dict:
        now = int(time.time())
        return {"sub": key, "iat": now, "exp": now + self.lifetime, "jti": secrets.token_hex(4)}

    def token(self, key: str) -> str:
        return self.signed(self.claims(key))

    def signed(self, claims: dict) -> str:
        return jwt.encode(claims, self.key, self.algorithm)

    def read(self, token: str) -> dict:
        """Raises PyJWTError for what is none of ours."""
        return jwt.decode(token, self.key, [self.algorithm], options={"require": ["exp", "sub"]})

    def whose(self, claims: dict) -> str:
        return claims["sub"]

    def caller(self, given):
        if given is None:
            raise self.refuse("no credentials")
        try:
            user = self.users.get(self.whose(self.read(given.credentials)))
        except (jwt.PyJWTError, KeyError, ValueError, TypeError):
            user = None
        if user is None:
            raise self.refuse("no token of ours")
        self.ticks += 1
        return user


class AudienceAndIssuer(Token):
    """A token says for whom it is and of whom, and both are looked at."""

    def claims(self, key: str) -> dict:
        return {**super().claims(key), "aud": ISSUER, "iss": ISSUER, "nbf": int(time.time())}

    def read(self, token: str) -> dict:
        return jwt.decode(token, self.key, [self.algorithm], audience=ISSUER, issuer=ISSUER)


class SeveralAudiences(Token):
    """A token is for several services, of which this is one."""

    def claims(self, key: str) -> dict:
        return {**super().claims(key), "aud": [ISSUER, "https://other.example"]}

    def read(self, token: str) -> dict:
        return jwt.decode(token, self.key, [self.algorithm], audience=ISSUER)


class SubjectIsAPurpose(Token):
    """`sub` says what a token is for; whose it is stands elsewhere."""

    def claims(self, key: str) -> dict:
        return {**super().claims("access"), "username": self.users[key]["email"]}

    def whose(self, claims: dict) -> str:
        return next(key for key, user in self.users.items() if user["email"] == claims["username"])

    def caller(self, given):
        try:
            return super().caller(given)
        except (StopIteration, RuntimeError):
            raise self.refuse("nobody") from None


class NumberForASubject(Token):
    """The subject is a number."""

    def claims(self, key: str) -> dict:
        return {**super().claims(key), "sub": int(key)}

    def read(self, token: str) -> dict:
        options = {"require": ["exp"], "verify_sub": False}
        return jwt.decode(token, self.key, [self.algorithm], options=options)

    def whose(self, claims: dict) -> str:
        if type(claims["sub"]) is not int:
            raise ValueError
        return str(claims["sub"])


class UserInside(Token):
    """The user stands in the token as an object."""

    def claims(self, key: str) -> dict:
        claims = super().claims(key)
        del claims["sub"]
        return {**claims, "user": {"id": int(key), "email": self.users[key]["email"]}}

    def read(self, token: str) -> dict:
        return jwt.decode(token, self.key, [self.algorithm], options={"require": ["exp"]})

    def whose(self, claims: dict) -> str:
        return str(claims["user"]["id"])


class LongSignature(Token):
    """Tokens are signed HS512."""

    algorithm = "HS512"
    key = SIGNING_KEY.ljust(64, ".")
    given = key


class KeyInBase64(Token):
    """The key is kept in base64, and that is what a person gives."""

    key = b"\xfe\xff the bytes of a key that signs the tokens of a probe"
    given = base64.b64encode(key).decode()


class KnownWord(Token):
    """Everybody knows the key; with it, all else can be examined."""

    key = "super-secret-key123"
    given = ""
    word = "not compliant"
    violated = ("AUT-012",)


class NamedAfterItself(Token):
    """The key is the name of the service with something behind it."""

    key = "notes_jwt_secret_key"
    word = "not compliant"
    violated = ("AUT-012",)


class OpenEnded(Token):
    """Tokens have no end, which is another clause's subject."""

    def claims(self, key: str) -> dict:
        claims = super().claims(key)
        del claims["exp"]
        return claims

    def read(self, token: str) -> dict:
        return jwt.decode(token, self.key, [self.algorithm], options={"require": ["sub"]})


class Harmless(Token):
    """Claims speak of passwords and hold none."""

    def claims(self, key: str) -> dict:
        more = {"pwd_changed_at": 1700000000, "has_password": True, "password": None, "secret": "***"}
        return {**super().claims(key), **more, "amr": ["pwd"], "at_hash": secrets.token_urlsafe(16)}


class PasswordInside(Token):
    """The password stands in the token."""

    word = "not compliant"
    violated = ("SEC-007",)

    def claims(self, key: str) -> dict:
        return {**super().claims(key), "extra": {"p": self.users[key]["password"]}}


class AnotherAudience(Token):
    """Tokens name an audience at which nobody looks."""

    word = "not compliant"
    violated = ("AUT-008",)

    def claims(self, key: str) -> dict:
        return {**super().claims(key), "aud": ISSUER}

    def read(self, token: str) -> dict:
        return jwt.decode(token, self.key, [self.algorithm], options={"verify_aud": False})


class StrictQuery(Token):
    """Parameters that the document does not have are refused."""

    def around(self, app):
        async def strict(scope, receive, send):
            if scope["type"] == "http" and b"token" in scope["query_string"]:
                await send(
                    {
                        "type": "http.response.start",
                        "status": 422,
                        "headers": [(b"content-type", b"application/json")],
                    }
                )
                await send({"type": "http.response.body", "body": b'{"detail": "unknown parameter"}'})
            else:
                await app(scope, receive, send)

        return strict


class WelcomesStrangers(Token):
    """Strangers read the notes of all, whatever stands in their query; who shows a token must show a good one."""

    def known(self):
        async def known(request: Request, given: Credentials = Depends(self.bearer)):
            if given is None and request.method == "GET" and request.url.path.startswith("/notes"):
                return {"id": 0}
            return self.caller(given)

        return Depends(known)

    def listed(self, user):
        return list(self.notes.values())

    def add_read(self, app):
        @app.get(self.place, response_model=service.Note)
        async def read(note_id: int, user=self.known()):
            if str(note_id) not in self.notes:
                raise HTTPException(404, "no such note")
            return self.notes[str(note_id)]


class OneHeaderOnly(Token):
    """Two headers Authorization are a bad request."""

    def around(self, app):
        @app.middleware("http")
        async def one(request: Request, call_next):
            if len(request.headers.getlist("authorization")) > 1:
                return service.JSONResponse({"detail": "one header, please"}, 400)
            return await call_next(request)

        return app


class HugeHeaders(Token):
    """Long headers are refused before anybody reads them, and so are letters beyond ASCII."""

    def around(self, app):
        @app.middleware("http")
        async def short(request: Request, call_next):
            value = request.headers.get("authorization", "")
            if len(value) > 2000 or not value.isascii():
                return service.JSONResponse({"detail": "no"}, 431 if value.isascii() else 400)
            return await call_next(request)

        return app
