"""A home with sessions: a login gives a token to use and one to renew it, and logging out ends both."""

from __future__ import annotations

import hmac
import secrets
import time
from typing import Annotated, Any

import jwt
from fastapi import Depends, FastAPI, HTTPException, Response
from pydantic import AfterValidator, Field

from tests.homes._basics import (
    BAD_TOKEN,
    LIFETIME,
    PREFIX,
    Account,
    Body,
    Entered,
    Store,
    StoreDep,
    Token,
    get_caller,
    get_token,
    hashed,
    problems,
    service,
    storable,
)
from tests.homes._basics import SIGNING_KEY as SIGNING_KEY

Password = Annotated[str, Field(min_length=8, max_length=128), AfterValidator(storable)]
Secret = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(storable)]


class Pair(Token):
    refresh_token: str


class Renewal(Body):
    refresh_token: Secret


class NewPassword(Body):
    current_password: Secret
    new_password: Password


def issue(store: Store, account: int, session: str, kind: str) -> str:
    now = int(time.time())
    claims = {"sub": str(account), "sid": session, "kind": kind, "jti": secrets.token_hex(8)}
    return jwt.encode({**claims, "iat": now, "exp": now + LIFETIME}, SIGNING_KEY, "HS256")


def issue_pair(store: Store, account: int, session: str) -> Pair:
    return Pair(
        access_token=issue(store, account, session, "access"),
        refresh_token=issue(store, account, session, "refresh"),
    )


def read(store: Store, token: str, kind: str) -> tuple[Account, str]:
    """Whose token it is, and of which session. Raises HTTPException where it is none of that kind, or of none any more."""
    try:
        claims = jwt.decode(token, SIGNING_KEY, ["HS256"], {"require": ["sub", "exp", "sid", "kind"]})
        number = int(claims["sub"])
    except (jwt.InvalidTokenError, ValueError):
        raise HTTPException(401, "Bad token", BAD_TOKEN) from None
    account = store.accounts.get(number)
    if claims["kind"] != kind or account is None or store.rows["sessions"].get(claims["sid"]) != number:
        raise HTTPException(401, "Bad token", BAD_TOKEN)
    return account, str(claims["sid"])


def get_session(store: StoreDep, token: Annotated[str, Depends(get_token)]) -> tuple[Account, str]:
    return read(store, token, "access")


Session = Annotated[tuple[Account, str], Depends(get_session)]


def get_account(session: Session) -> Account:
    return session[0]


def end_all(sessions: dict[Any, int], account: int, but_for: str = "") -> None:
    for session in [key for key, owner in sessions.items() if owner == account and key != but_for]:
        del sessions[session]


def create_app() -> FastAPI:
    app = service("Sessions", door=_doors)
    app.dependency_overrides[get_caller] = get_account
    store = app.state.store
    store.rows["sessions"] = {}
    store.forget.append(lambda account: end_all(store.rows["sessions"], account))
    return app


def _doors(app: FastAPI) -> None:
    @app.post(f"{PREFIX}/login", responses=problems(401, 422, 429))
    def log_in(entered: Entered, store: StoreDep, response: Response) -> Pair:
        session = secrets.token_hex(16)
        store.rows["sessions"][session] = entered.id
        response.headers["Cache-Control"] = "no-store"
        return issue_pair(store, entered.id, session)

    @app.post(f"{PREFIX}/refresh", responses=problems(401, 422))
    def renew(body: Renewal, store: StoreDep, response: Response) -> Pair:
        account, session = read(store, body.refresh_token, "refresh")
        response.headers["Cache-Control"] = "no-store"
        return issue_pair(store, account.id, session)

    @app.post(f"{PREFIX}/logout", status_code=204, responses=problems(401))
    def log_out(session: Session, store: StoreDep) -> Response:
        store.rows["sessions"].pop(session[1], None)
        return Response(status_code=204)

    @app.put(f"{PREFIX}/users/me/password", status_code=204, responses=problems(401, 403, 422))
    def change_password(body: NewPassword, session: Session, store: StoreDep) -> Response:
        account, current = session
        if not hmac.compare_digest(store.hashes[account.id], hashed(body.current_password)):
            raise HTTPException(403, "Wrong password")
        store.hashes[account.id] = hashed(body.new_password)
        end_all(store.rows["sessions"], account.id, but_for=current)
        return Response(status_code=204)
