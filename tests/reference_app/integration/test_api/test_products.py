"""Products: everybody reads them, the owner and superusers change them."""

from datetime import datetime
from typing import Any

import pytest

from tests.reference_app.actors import PRODUCTS, Client, create_product, product

ABSENT = f"{PRODUCTS}/2147483647"
FIELDS = {"id", "name", "description", "price", "owner_id", "created_at", "updated_at"}

# Method, body and the answers: nobody asks · product absent · somebody else's · one's own · a superuser asks
ACCESS = [
    ("GET", None, (401, 404, 200, 200, 200)),
    ("PUT", {"name": "Changed"}, (401, 404, 403, 200, 200)),
    ("PATCH", {"name": "Changed"}, (401, 404, 403, 200, 200)),
    ("DELETE", None, (401, 404, 403, 204, 204)),
]


@pytest.mark.parametrize(("method", "body", "statuses"), ACCESS, ids=[row[0] for row in ACCESS])
async def test_access(
    client: Client,
    alice: Client,
    bob: Client,
    admin: Client,
    method: str,
    body: Any,
    statuses: tuple[int, ...],
) -> None:
    hers, his = [f"{PRODUCTS}/{(await create_product(owner))['id']}" for owner in (alice, bob)]
    attempts = [(client, his), (alice, ABSENT), (alice, his), (alice, hers), (admin, his)]
    answers = [await actor.request(method, path, json=body) for actor, path in attempts]
    assert tuple(answer.status_code for answer in answers) == statuses
    for answer in answers:
        assert answer.is_success or set(answer.json()) == {"detail"}


async def test_refused_requests_change_nothing(client: Client, alice: Client, bob: Client) -> None:
    his = await create_product(bob)
    path = f"{PRODUCTS}/{his['id']}"
    for actor in (client, alice):
        await actor.put(path, json={"name": "Stolen"})
        await actor.patch(path, json={"price": "0"})
        await actor.delete(path)
    assert (await bob.get(path)).json() == his


async def test_list_and_create_need_a_user(client: Client, alice: Client, bob: Client) -> None:
    hers, his = await create_product(alice), await create_product(bob)
    assert (await client.get(PRODUCTS)).status_code == 401
    assert (await client.post(PRODUCTS, json=product())).status_code == 401
    assert (await alice.get(PRODUCTS)).json()["items"] == [his, hers]


class TestCreate:
    async def test_answers_what_was_created(self, alice: Client) -> None:
        response = await alice.post(PRODUCTS, json=product(" Lamp "))
        created = response.json()
        assert response.status_code == 201
        assert set(created) == FIELDS
        assert (created["name"], created["price"]) == ("Lamp", "19.90")
        assert created["owner_id"] == alice.user["id"]
        location = response.headers["location"]
        assert location.endswith(f"{PRODUCTS}/{created['id']}")
        assert (await alice.get(location)).json() == created

    async def test_description_is_optional(self, alice: Client) -> None:
        response = await alice.post(PRODUCTS, json={"name": "Lamp", "price": "1"})
        assert response.status_code == 201

    @pytest.mark.parametrize(
        ("sent", "stored"),
        [
            ("0", "0.00"),
            ("0.01", "0.01"),
            ("0.1", "0.10"),
            ("19.90", "19.90"),
            ("99999999.99", "99999999.99"),
            (3, "3.00"),
            (19.9, "19.90"),
        ],
    )
    async def test_price_is_exact(self, alice: Client, sent: Any, stored: str) -> None:
        created = await create_product(alice, price=sent)
        assert created["price"] == stored
        assert (await alice.get(f"{PRODUCTS}/{created['id']}")).json()["price"] == stored

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("price", None),
            ("price", "-0.01"),
            ("price", "0.001"),
            ("price", "100000000"),
            ("price", "1e30"),
            ("price", "1e999999"),
            ("price", 10**30),
            ("price", "NaN"),
            ("price", "Infinity"),
            ("price", "-Infinity"),
            ("price", "ten"),
            ("price", "nul\x00"),
            ("price", True),
            ("price", {}),
            ("name", None),
            ("name", ""),
            ("name", "  "),
            ("name", "nul\x00"),
            ("name", "x" * 101),
            ("name", 5),
            ("description", "nul\x00"),
            ("description", "x" * 100_000),
            ("description", 5),
            ("owner_id", 1),
            ("id", 1),
            ("created_at", "2020-01-01T00:00:00Z"),
            ("unknown", 1),
        ],
        ids=lambda value: str(value)[:20].encode("unicode_escape").decode(),
    )
    async def test_refuses(self, alice: Client, field: str, value: Any) -> None:
        response = await alice.post(PRODUCTS, json=product() | {field: value})
        assert response.status_code == 422
        assert [error["loc"] for error in response.json()["detail"]] == [["body", field]]

    @pytest.mark.parametrize("field", ["name", "price"])
    async def test_requires(self, alice: Client, field: str) -> None:
        body = product()
        del body[field]
        response = await alice.post(PRODUCTS, json=body)
        assert response.status_code == 422
        assert [error["loc"] for error in response.json()["detail"]] == [["body", field]]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
class TestUpdate:
    @pytest.mark.parametrize(
        ("field", "value"), [("name", "Desk"), ("description", "Big"), ("price", "5.00")]
    )
    async def test_changes_the_fields_sent_and_no_other(
        self, alice: Client, method: str, field: str, value: str
    ) -> None:
        before = await create_product(alice)
        path = f"{PRODUCTS}/{before['id']}"
        response = await alice.request(method, path, json={field: value})
        after = response.json()
        assert response.status_code == 200
        assert after == before | {field: value, "updated_at": after["updated_at"]}
        assert datetime.fromisoformat(after["updated_at"]) > datetime.fromisoformat(before["updated_at"])
        assert (await alice.get(path)).json() == after

    async def test_without_effect(self, alice: Client, method: str) -> None:
        before = await create_product(alice)
        for body in ({}, {"price": "19.9"}, {"name": before["name"]}):
            response = await alice.request(method, f"{PRODUCTS}/{before['id']}", json=body)
            assert (response.status_code, response.json()) == (200, before)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", None),
            ("price", None),
            ("name", " "),
            ("price", "-1"),
            ("price", "1.005"),
            ("price", "NaN"),
            ("owner_id", 1),
            ("id", 1),
            ("unknown", 1),
        ],
    )
    async def test_refuses(self, alice: Client, method: str, field: str, value: Any) -> None:
        before = await create_product(alice)
        path = f"{PRODUCTS}/{before['id']}"
        response = await alice.request(method, path, json={field: value})
        assert response.status_code == 422
        assert [error["loc"] for error in response.json()["detail"]] == [["body", field]]
        assert (await alice.get(path)).json() == before

    async def test_a_superuser_does_not_become_the_owner(
        self, alice: Client, admin: Client, method: str
    ) -> None:
        before = await create_product(alice)
        response = await admin.request(method, f"{PRODUCTS}/{before['id']}", json={"name": "Changed"})
        assert response.json()["owner_id"] == alice.user["id"]


async def test_description_can_be_taken_away(alice: Client) -> None:
    made = await create_product(alice, description="A thing")
    response = await alice.patch(f"{PRODUCTS}/{made['id']}", json={"description": None})
    assert (response.status_code, response.json()["description"]) == (200, None)


async def test_products_go_with_their_owner(alice: Client, bob: Client) -> None:
    hers, his = await create_product(alice), await create_product(bob)
    await alice.delete(alice.path)
    assert (await bob.get(f"{PRODUCTS}/{hers['id']}")).status_code == 404
    assert (await bob.get(PRODUCTS)).json()["items"] == [his]


async def test_delete_then_absent(alice: Client) -> None:
    path = f"{PRODUCTS}/{(await create_product(alice))['id']}"
    response = await alice.delete(path)
    assert (response.status_code, response.content) == (204, b"")
    assert [(await alice.request(method, path)).status_code for method in ("GET", "DELETE")] == [404, 404]
    assert (await alice.patch(path, json={"name": "x"})).status_code == 404
    assert (await alice.get(PRODUCTS)).json()["total"] == 0
