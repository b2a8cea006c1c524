"""Several requests at once: one wins, the others are told so, and nobody sees a server error."""

import asyncio
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import event
from sqlalchemy.orm import Session

from tests.reference_app.actors import (
    PASSWORD,
    PRODUCTS,
    USERS,
    Client,
    create_product,
    login,
    product,
    register,
    registration,
)


async def statuses(*requests: Awaitable[httpx.Response]) -> Counter[int]:
    return Counter(response.status_code for response in await asyncio.gather(*requests))


async def test_one_registration_wins(
    client: Client, alice: Client, capfd: pytest.CaptureFixture[str]
) -> None:
    bodies = [registration("carol", email=email) for email in ("carol@example.com", "CAROL@example.com")]
    answers = await asyncio.gather(*(client.post(USERS, json=body) for body in bodies * 6))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 11}
    assert len({answer.text for answer in answers if answer.status_code == 409}) == 1
    assert (await alice.get(USERS)).json()["total"] == 2
    log = capfd.readouterr()
    assert [word for word in ("argon2", PASSWORD, "carol") if word in log.out + log.err] == []


async def test_one_change_of_address_wins(alice: Client, bob: Client, admin: Client) -> None:
    wanted = {"email": "wanted@example.com"}
    race = await statuses(*(actor.patch(actor.path, json=wanted) for actor in (alice, bob, admin)))
    assert race == {200: 1, 409: 2}


async def test_one_deletion_wins(alice: Client) -> None:
    path = f"{PRODUCTS}/{(await create_product(alice))['id']}"
    assert await statuses(*(alice.delete(path) for _ in range(8))) == {204: 1, 404: 7}


async def test_changes_and_deletion(alice: Client) -> None:
    path = f"{PRODUCTS}/{(await create_product(alice))['id']}"
    changes = [alice.patch(path, json={"name": f"Lamp {number}"}) for number in range(8)]
    race = await statuses(*changes[:4], alice.delete(path), *changes[4:])
    assert race[204] == 1
    assert set(race) <= {200, 204, 404}
    assert (await alice.get(path)).status_code == 404


async def test_an_account_goes_while_it_is_used(alice: Client, bob: Client) -> None:
    creations = [alice.post(PRODUCTS, json=product()) for _ in range(8)]
    race = await statuses(*creations[:4], alice.delete(alice.path), *creations[4:])
    assert race[204] == 1
    assert set(race) <= {201, 204, 401, 404, 409}
    assert (await bob.get(alice.path)).status_code == 404


async def test_an_account_goes_while_its_password_is_hashed(
    alice: Client, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashing, gone = threading.Event(), threading.Event()
    genuine = Argon2Hasher.hash

    def hash_when_gone(*arguments: Any, **options: Any) -> str:
        hashing.set()
        gone.wait(timeout=30)
        return genuine(*arguments, **options)

    monkeypatch.setattr(Argon2Hasher, "hash", hash_when_gone)
    change = asyncio.create_task(alice.patch(alice.path, json={"password": "a new password"}))
    await asyncio.to_thread(hashing.wait, timeout=30)
    deletion = await admin.delete(alice.path)
    gone.set()
    assert (deletion.status_code, (await change).status_code) == (204, 404)


async def test_different_users_do_not_disturb_each_other(client: Client, alice: Client) -> None:
    bodies = [registration(f"user{number}") for number in range(20)]
    assert await statuses(*(client.post(USERS, json=body) for body in bodies)) == {201: 20}
    assert (await alice.get(USERS)).json()["total"] == 21


async def test_readers_and_writers(alice: Client) -> None:
    reads = [alice.get(PRODUCTS) for _ in range(20)]
    writes = [alice.post(PRODUCTS, json=product()) for _ in range(20)]
    assert await statuses(*reads, *writes) == {200: 20, 201: 20}


class TestCommit:
    """A request is committed before its answer is sent, or it did not succeed."""

    async def test_what_a_request_wrote_the_next_one_reads(self, client: Client) -> None:
        user = await register(client, "carol")
        client.headers["Authorization"] = f"Bearer {await login(client, user['email'])}"
        made = await create_product(client)
        path = f"{PRODUCTS}/{made['id']}"
        changed = (await client.patch(path, json={"name": "Desk"})).json()
        assert (await client.get(path)).json() == changed
        await client.delete(path)
        assert (await client.get(path)).status_code == 404

    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("POST", USERS, registration("carol")),
            ("PATCH", "{user}", {"full_name": "Alicia"}),
            ("DELETE", "{user}", None),
            ("POST", PRODUCTS, product()),
            ("PUT", "{product}", {"name": "Desk"}),
            ("DELETE", "{product}", None),
        ],
    )
    async def test_failing(self, alice: Client, method: str, path: str, body: Any) -> None:
        made = await create_product(alice)
        path = path.format(user=alice.path, product=f"{PRODUCTS}/{made['id']}")
        with listening("before_commit", fail):
            response = await alice.request(method, path, json=body)
        assert response.status_code == 500
        assert set(response.json()) == {"detail"}
        assert "disk" not in response.text
        assert [(await alice.get(list_path)).json()["total"] for list_path in (USERS, PRODUCTS)] == [1, 1]
        assert (await alice.get(alice.path)).json() == alice.user
        assert (await alice.get(f"{PRODUCTS}/{made['id']}")).json() == made

    async def test_comes_before_the_answer(self, alice: Client) -> None:
        happened: list[str] = []

        transport = alice._transport
        assert isinstance(transport, httpx.ASGITransport)
        application = transport.app

        async def watched(scope: Any, receive: Any, send: Any) -> None:
            async def sending(message: Any) -> None:
                happened.append(message["type"])
                await send(message)

            await application(scope, receive, sending)

        transport.app = watched
        with listening("after_commit", lambda session: happened.append("commit")):
            await create_product(alice)
        assert happened.index("commit") < happened.index("http.response.start")
        assert happened[-1] != "commit"


def fail(session: Session) -> None:
    raise OSError("the disk is full")


@contextmanager
def listening(name: str, listener: Callable[[Session], None]) -> Iterator[None]:
    event.listen(Session, name, listener)
    try:
        yield
    finally:
        event.remove(Session, name, listener)
