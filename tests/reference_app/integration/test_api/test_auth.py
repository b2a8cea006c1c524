"""Logging in, and which tokens open the door."""

import asyncio
import base64
import hmac
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import jwt
import pytest
from fastapi import FastAPI
from pwdlib.hashers.argon2 import Argon2Hasher

from reference_app.api.throttle import PATIENCE, Throttle
from reference_app.core.config import Settings
from tests.reference_app.actors import LOGIN, PASSWORD, USERS, Client, login, register

MakeToken = Callable[..., str]
HASHES = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}


class Hashing(NamedTuple):
    cost: str
    thread: int
    connections: int


class TestLogin:
    async def test_answers_a_bearer_token(self, client: Client, alice: Client) -> None:
        response = await client.post(LOGIN, data={"username": "alice@example.com", "password": PASSWORD})
        assert response.status_code == 200
        assert set(response.json()) == {"access_token", "token_type"}
        assert response.json()["token_type"] == "bearer"

    @pytest.mark.parametrize("email", ["ALICE@example.com", "Alice@Example.Com"])
    async def test_whatever_the_case_of_the_address(self, client: Client, alice: Client, email: str) -> None:
        assert await login(client, email)

    async def test_whoever_guesses_has_to_wait(
        self, app: FastAPI, client: Client, alice: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(app.state, "throttle", Throttle(lambda: 0.0))
        wrong = {"username": "alice@example.com", "password": "wrong password"}
        assert [(await client.post(LOGIN, data=wrong)).status_code for _ in range(PATIENCE)] == [
            401
        ] * PATIENCE

        response = await client.post(LOGIN, data={**wrong, "password": PASSWORD})

        assert (response.status_code, response.headers["Retry-After"]) == (429, "2")
        assert set(response.json()) == {"detail"}

    async def test_token_carries_subject_and_times(self, client: Client, alice: Client) -> None:
        token = await login(client, "alice@example.com")
        claims = jwt.decode(token, options={"verify_signature": False})
        assert jwt.get_unverified_header(token)["alg"] == "HS256"
        assert claims["sub"] == str(alice.user["id"])
        assert claims["iat"] < claims["exp"]

    @pytest.mark.parametrize(
        ("username", "password"),
        [
            ("alice@example.com", "wrong password"),
            ("alice@example.com", PASSWORD + " "),
            ("alice@example.com", PASSWORD.upper()),
            ("nobody@example.com", PASSWORD),
            ("no address", PASSWORD),
            ("%", PASSWORD),
            ("alice@example.com' --", PASSWORD),
        ],
        ids=lambda value: repr(value)[:24],
    )
    async def test_one_answer_for_everything_wrong(
        self, client: Client, alice: Client, username: str, password: str
    ) -> None:
        response = await client.post(LOGIN, data={"username": username, "password": password})
        reference = await client.post(LOGIN, data={"username": "nobody@example.com", "password": "wrong"})
        assert response.status_code == reference.status_code == 401
        assert response.headers["www-authenticate"].startswith("Bearer")
        assert response.json() == reference.json()

    @pytest.mark.parametrize(
        ("request_parts", "wrong"),
        [
            ({"data": {"password": "Hunt3r!Hunt3r!"}}, "username"),
            ({"data": {"username": "alice@example.com"}}, "password"),
            ({"data": {"username": "", "password": "Hunt3r!Hunt3r!"}}, "username"),
            ({"json": {"username": "alice@example.com", "password": "Hunt3r!Hunt3r!"}}, "username"),
            ({"content": b"username=alice%40example.com&password=Hunt3r!Hunt3r!"}, "username"),
            ({"data": {"username": "nul\x00@example.com", "password": "Hunt3r!Hunt3r!"}}, "username"),
            ({"data": {"username": "x" * 255, "password": "Hunt3r!Hunt3r!"}}, "username"),
            ({"data": {"username": "alice@example.com", "password": "Hunt3r!\x00"}}, "password"),
            ({"data": {"username": "alice@example.com", "password": "Hunt3r!" * 20}}, "password"),
            ({"data": {"grant_type": "implicit", "username": "a", "password": "Hunt3r!"}}, "grant_type"),
        ],
    )
    async def test_refuses(self, client: Client, request_parts: dict[str, Any], wrong: str) -> None:
        response = await client.post(LOGIN, **request_parts)
        assert response.status_code == 422
        assert ["body", wrong] in [error["loc"] for error in response.json()["detail"]]
        assert "Hunt3r!" not in response.text

    async def test_inactive(self, client: Client, alice: Client, admin: Client) -> None:
        await admin.patch(alice.path, json={"is_active": False})
        response = await client.post(LOGIN, data={"username": "alice@example.com", "password": PASSWORD})
        assert response.status_code == 403
        wrong = await client.post(LOGIN, data={"username": "alice@example.com", "password": "wrong password"})
        assert wrong.status_code == 401

    async def test_many_at_once(self, client: Client, alice: Client) -> None:
        assert all(await asyncio.gather(*(login(client, "alice@example.com") for _ in range(12))))

    async def test_get_is_no_login(self, client: Client) -> None:
        response = await client.get(LOGIN, params={"username": "alice@example.com", "password": PASSWORD})
        assert (response.status_code, response.headers["allow"]) == (405, "POST")


class TestHashing:
    """A hash takes long on purpose: nobody else waits for it, and its absence tells nobody anything."""

    @pytest.fixture
    def hashings(self, app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> list[Hashing]:
        """Collect what is hashed or verified, in which thread, and with how many connections held."""
        seen: list[Hashing] = []
        pool = app.state.database.engine.pool

        def watched(genuine: Callable[..., Any]) -> Callable[..., Any]:
            def call(hasher: Argon2Hasher, password: str, *arguments: str, **options: Any) -> Any:
                cost = arguments[0].rsplit("$", 2)[0] if arguments else ""
                seen.append(Hashing(cost, threading.get_ident(), pool.checkedout()))
                return genuine(hasher, password, *arguments, **options)

            return call

        for name in ("hash", "verify"):
            monkeypatch.setattr(Argon2Hasher, name, watched(getattr(Argon2Hasher, name)))
        return seen

    async def test_an_unknown_user_costs_the_same_work(
        self, client: Client, alice: Client, hashings: list[Hashing]
    ) -> None:
        for username in ("alice@example.com", "nobody@example.com"):
            await client.post(LOGIN, data={"username": username, "password": "wrong password"})
        assert [hashing.cost for hashing in hashings] == ["$argon2id$v=19$m=8,t=1,p=1"] * 2

    async def test_happens_in_a_thread_without_a_connection(
        self, client: Client, alice: Client, hashings: list[Hashing]
    ) -> None:
        await register(client, "carol")
        await login(client, "carol@example.com")
        await client.post(LOGIN, data={"username": "nobody@example.com", "password": PASSWORD})
        await alice.patch(alice.path, json={"password": "another password"})
        assert len(hashings) == 4
        assert threading.get_ident() not in {hashing.thread for hashing in hashings}
        assert {hashing.connections for hashing in hashings} == {0}

    async def test_keeps_no_password(self, alice: Client, stored_hash: Any) -> None:
        stored = await stored_hash(alice.user["id"])
        assert stored.startswith("$argon2id$")
        assert PASSWORD not in stored


@pytest.fixture
def make_token(settings: Settings, alice: Client) -> MakeToken:
    """Return a function that signs a token for alice, genuine but for what is given; None omits a claim."""

    def make(key: str | None = None, algorithm: str = "HS256", **changes: Any) -> str:
        now = datetime.now(UTC)
        claims = {"sub": str(alice.user["id"]), "iat": now, "exp": now + timedelta(minutes=5)} | changes
        for name, value in claims.items():
            moment = now + value if isinstance(value, timedelta) else value
            claims[name] = int(moment.timestamp()) if isinstance(moment, datetime) else moment
        claims = {name: value for name, value in claims.items() if value is not None}
        return signed(claims, settings.signing_key() if key is None else key, algorithm)

    return make


def signed(claims: dict[str, Any], key: str, algorithm: str) -> str:
    """Make a token by hand, for a library refuses to make what only an attacker would."""
    parts = [encoded(json.dumps(part).encode()) for part in ({"alg": algorithm, "typ": "JWT"}, claims)]
    digest = HASHES.get(algorithm)
    signature = hmac.digest(key.encode(), ".".join(parts).encode(), digest) if digest else b""
    return ".".join([*parts, encoded(signature)])


async def test_a_token_made_here_is_genuine(alice: Client, client: Client, make_token: MakeToken) -> None:
    response = await client.get(alice.path, headers={"Authorization": f"Bearer {make_token()}"})
    assert response.status_code == 200


async def test_the_scheme_is_case_insensitive(alice: Client, client: Client, make_token: MakeToken) -> None:
    response = await client.get(alice.path, headers={"Authorization": f"bearer {make_token()}"})
    assert response.status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "another secret that is long enough for HS256"},
        {"key": ""},
        {"algorithm": "HS384"},
        {"algorithm": "HS512"},
        {"algorithm": "none", "key": ""},
        {"exp": timedelta(seconds=-1)},
        {"exp": timedelta(days=-4000)},
        {"exp": None},
        {"exp": "never"},
        {"exp": float("inf")},
        {"exp": float("nan")},
        {"iat": None},
        {"iat": "yesterday"},
        {"iat": timedelta(hours=1)},
        {"nbf": timedelta(hours=1)},
        {"sub": None},
        {"sub": ""},
        {"sub": " "},
        {"sub": "abc"},
        {"sub": "alice@example.com"},
        {"sub": "0"},
        {"sub": "-1"},
        {"sub": "1.0"},
        {"sub": "1e0"},
        {"sub": "nul\x00"},
        {"sub": "\ud800"},
        {"sub": "2147483647"},
        {"sub": "2147483648"},
        {"sub": "9" * 20},
        {"sub": "9" * 5000},
        {"sub": 1},
        {"sub": 1.0},
        {"sub": True},
        {"sub": ["1"]},
        {"sub": {"id": 1}},
    ],
    ids=lambda changes: repr(changes)[:40],
)
async def test_refused_tokens(
    alice: Client, client: Client, make_token: MakeToken, changes: dict[str, Any]
) -> None:
    await refused(client, alice, f"Bearer {make_token(**changes)}")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer a.b.c",
        "Bearer ..",
        "Bearer é".encode(),
        b"\xff\xfe",
        "Bearer " + "x" * 6000,
        "Bearer {token} {token}",
        "Bearer {token}x",
        "Bearer {head}.{payload}.",
        "Bearer {head}.{payload}",
        "Bearer {none}.{payload}.",
        "Bearer {none}.{payload}.{signature}",
        "Bearer {head}.{altered}.{signature}",
        "Basic {basic}",
        "Token {token}",
        "{token}",
    ],
    ids=lambda header: str(header)[:40],
)
async def test_refused_headers(alice: Client, bob: Client, client: Client, header: str | bytes) -> None:
    token = alice.headers["authorization"].removeprefix("Bearer ")
    head, payload, signature = token.split(".")
    claims = jwt.decode(token, options={"verify_signature": False})
    if isinstance(header, str):
        header = header.format(
            token=token,
            head=head,
            payload=payload,
            signature=signature,
            none=encoded(b'{"alg":"none","typ":"JWT"}'),
            altered=encoded(json.dumps(claims | {"sub": str(bob.user["id"])}).encode()),
            basic=base64.b64encode(f"alice@example.com:{PASSWORD}".encode()).decode(),
        )
    await refused(client, alice, header)


async def test_a_token_does_not_outlive_its_user(client: Client, alice: Client) -> None:
    await alice.delete(alice.path)
    successor = await register(client, "carol")
    await refused(alice, alice, alice.headers["authorization"])
    answer = await alice.delete(f"{USERS}/{successor['id']}")
    assert answer.status_code == 401


@pytest.mark.parametrize("genuine", [0, 1])
async def test_neither_of_two_headers_is_believed(alice: Client, client: Client, genuine: int) -> None:
    lines = [("Authorization", "Bearer x"), ("Authorization", "Bearer x")]
    lines[genuine] = ("Authorization", alice.headers["authorization"])
    response = await client.get(alice.path, headers=lines)
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Bearer")


async def refused(client: Client, alice: Client, header: str | bytes) -> None:
    response = await client.get(alice.path, headers={"Authorization": header})
    assert response.status_code == 401, response.text
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert set(response.json()) == {"detail"}


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
