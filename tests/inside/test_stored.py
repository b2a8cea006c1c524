"""Passwords on their way into the database."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from compliance.catalogue import NotApplicable, Untested, Violation
from compliance.inside import Watch
from compliance.rules.secrets.stored import passwords_are_stored_as_hashes
from tests.inside.serving import watched

PASSWORD = "Zk9!correct-horse-battery"
SLOW = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA"
KEPT = {
    "plain": lambda password: password,
    "digest": lambda password: hashlib.sha256(password.encode()).hexdigest(),
    "bytes": lambda password: password.encode(),
    "slow": lambda _: SLOW,
}


class Account(BaseModel):
    name: str
    password: str


def application(folder: Path) -> FastAPI:
    engine = create_async_engine(f"sqlite+aiosqlite:///{folder / 'users.db'}")

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        async with engine.begin() as connection:
            await connection.execute(text("CREATE TABLE users (name TEXT, kept TEXT)"))
        yield
        await engine.dispose()

    app = FastAPI(lifespan=life)

    @app.post("/users/{how}")
    async def register(how: str, account: Account) -> None:
        async with engine.begin() as connection:
            values = {"name": account.name, "kept": KEPT[how](account.password)}
            await connection.execute(text("INSERT INTO users VALUES (:name, :kept)"), values)

    @app.post("/unseen")
    async def unseen(account: Account) -> None:
        pass

    return app


def asked(folder: Path, path: str, name: str = "alice") -> Watch:
    with watched(application(folder)) as (client, watch):
        watch.passwords = lambda: {"alice": PASSWORD}
        assert client.post(path, json={"name": name, "password": PASSWORD}).status_code == 200
        return watch


@pytest.mark.parametrize("how", ["plain", "digest", "bytes"])
def test_a_password_that_is_no_slow_hash_is_found(tmp_path: Path, how: str):
    with pytest.raises(Violation) as found:
        passwords_are_stored_as_hashes(asked(tmp_path, f"/users/{how}"), None)

    assert str(found.value.proof[0]).startswith("tests/inside/test_stored.py:")
    assert PASSWORD not in str(found.value)
    assert "as kept" in found.value.observed


def test_a_slow_hash_is_none(tmp_path: Path):
    passwords_are_stored_as_hashes(asked(tmp_path, "/users/slow"), None)


def test_a_password_that_is_a_name_too_is_kept_as_a_name(tmp_path: Path):
    """A client that sends its password in another field has shown it itself; it cannot be told from what is kept."""
    with watched(application(tmp_path)) as (client, watch):
        watch.passwords = lambda: {"alice": PASSWORD}
        client.post("/users/slow", json={"name": PASSWORD, "password": "another one"})
        with pytest.raises(Untested):
            passwords_are_stored_as_hashes(watch, None)


def test_what_goes_past_sqlalchemy_is_not_seen(tmp_path: Path):
    with pytest.raises(NotApplicable):
        passwords_are_stored_as_hashes(asked(tmp_path, "/unseen"), None)
