"""Users: who may do what, and what each operation does to the row."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.reference_app.actors import LOGIN, PASSWORD, USERS, Client, login, register, registration

ABSENT = f"{USERS}/2147483647"
FIELDS = {"id", "email", "full_name", "is_active", "is_superuser", "created_at", "updated_at"}

# Method, body and the answers: nobody asks · user absent · somebody else's · one's own · a superuser asks
ACCESS = [
    ("GET", None, (401, 404, 200, 200, 200)),
    ("PUT", {"full_name": "Changed"}, (401, 404, 403, 200, 200)),
    ("PATCH", {"full_name": "Changed"}, (401, 404, 403, 200, 200)),
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
    attempts = [
        (client, bob.path),
        (alice, ABSENT),
        (alice, bob.path),
        (alice, alice.path),
        (admin, bob.path),
    ]
    answers = [await actor.request(method, path, json=body) for actor, path in attempts]
    assert tuple(answer.status_code for answer in answers) == statuses
    for answer in answers:
        assert answer.is_success or set(answer.json()) == {"detail"}


async def test_refused_requests_change_nothing(client: Client, alice: Client, bob: Client) -> None:
    for actor in (client, alice):
        await actor.put(bob.path, json={"full_name": "Mallory"})
        await actor.patch(bob.path, json={"email": "mallory@example.com", "is_active": False})
        await actor.delete(bob.path)
    assert (await bob.get(bob.path)).json() == bob.user


async def test_list_needs_a_user(client: Client, alice: Client, bob: Client) -> None:
    assert (await client.get(USERS)).status_code == 401
    page = (await alice.get(USERS)).json()
    assert [user["id"] for user in page["items"]] == [bob.user["id"], alice.user["id"]]


class TestRegistration:
    async def test_answers_what_was_created(self, client: Client, alice: Client) -> None:
        response = await client.post(USERS, json=registration("carol"))
        created = response.json()
        assert response.status_code == 201
        assert set(created) == FIELDS
        assert (created["email"], created["full_name"]) == ("carol@example.com", "Carol")
        assert (created["is_active"], created["is_superuser"]) == (True, False)
        location = response.headers["location"]
        assert location.endswith(f"{USERS}/{created['id']}")
        assert (await alice.get(location)).json() == created

    async def test_location_does_not_trust_the_host_header(self, client: Client) -> None:
        response = await client.post(USERS, json=registration("carol"), headers={"Host": "evil.test"})
        assert "evil.test" not in response.headers["location"]

    @pytest.mark.parametrize("email", ["alice@example.com", "ALICE@example.com", "Alice@EXAMPLE.com"])
    async def test_email_is_taken_whatever_its_case(self, client: Client, alice: Client, email: str) -> None:
        response = await client.post(USERS, json=registration("alice", email=email))
        assert response.status_code == 409
        assert set(response.json()) == {"detail"}
        assert "integrity" not in response.text.lower()

    async def test_email_is_stored_in_lower_case(self, client: Client) -> None:
        assert (await register(client, "carol", email="Carol@Example.COM"))["email"] == "carol@example.com"

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("is_active", False),
            ("is_active", True),
            ("is_superuser", True),
            ("id", 1),
            ("hashed_password", "x"),
            ("created_at", "2020-01-01T00:00:00Z"),
            ("unknown", 1),
            ("email", None),
            ("email", "no address"),
            ("email", "a@b@example.com"),
            ("email", 1),
            ("email", "x" * 310 + "@example.com"),
            ("email", "nul\x00@example.com"),
            ("full_name", None),
            ("full_name", ""),
            ("full_name", " \t\n"),
            ("full_name", "x" * 101),
            ("full_name", "nul\x00"),
            ("full_name", ["x"]),
            ("password", None),
            ("password", "1234567"),
            ("password", "x" * 129),
            ("password", "nul\x00nul\x00nul"),
            ("password", 12345678),
        ],
    )
    async def test_refuses(self, client: Client, field: str, value: Any) -> None:
        response = await client.post(USERS, json=registration("carol") | {field: value})
        assert response.status_code == 422
        assert [error["loc"] for error in response.json()["detail"]] == [["body", field]]

    @pytest.mark.parametrize("field", ["email", "full_name", "password"])
    async def test_requires(self, client: Client, field: str) -> None:
        body = registration("carol")
        del body[field]
        response = await client.post(USERS, json=body)
        assert response.status_code == 422
        assert [error["loc"] for error in response.json()["detail"]] == [["body", field]]

    @pytest.mark.parametrize(
        "password", ["12345678", "x" * 128, "pässwörd 🔑🔑", "  blanks around  ", "%_'\"\\;--"]
    )
    async def test_any_text_is_a_password(self, client: Client, password: str) -> None:
        user = await register(client, "carol", password=password)
        assert await login(client, user["email"], password)

    async def test_long_passwords_are_not_cut(self, client: Client) -> None:
        user = await register(client, "carol", password="A" * 72 + "secret-tail")
        wrong = {"username": user["email"], "password": "A" * 72 + "WRONG"}
        assert (await client.post(LOGIN, data=wrong)).status_code == 401

    async def test_strips_the_name(self, client: Client) -> None:
        assert (await register(client, "carol", full_name="  Carol \n"))["full_name"] == "Carol"

    @pytest.mark.parametrize(
        "name", ["x", "x" * 100, "Zoë Ünïcode 🦊", "'; DROP TABLE users; --", "%_\\", "<b>"]
    )
    async def test_any_text_is_a_name(self, client: Client, alice: Client, name: str) -> None:
        user = await register(client, "carol", full_name=name)
        assert (await alice.get(f"{USERS}/{user['id']}")).json()["full_name"] == name


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
class TestUpdate:
    async def test_changes_the_fields_sent_and_no_other(self, alice: Client, method: str) -> None:
        response = await alice.request(method, alice.path, json={"full_name": " Alicia "})
        changed = response.json()
        assert response.status_code == 200
        assert changed == alice.user | {"full_name": "Alicia", "updated_at": changed["updated_at"]}
        assert (await alice.get(alice.path)).json() == changed

    async def test_moves_updated_at(self, alice: Client, method: str) -> None:
        changed = (await alice.request(method, alice.path, json={"full_name": "Alicia"})).json()
        assert moment(changed["updated_at"]) > moment(alice.user["updated_at"])
        again = (await alice.request(method, alice.path, json={"full_name": "Alice"})).json()
        assert moment(again["updated_at"]) > moment(changed["updated_at"])

    @pytest.mark.parametrize("body", [{}, {"full_name": "Alice"}, {"email": "ALICE@example.com"}])
    async def test_without_effect(self, alice: Client, method: str, body: dict[str, Any]) -> None:
        response = await alice.request(method, alice.path, json=body)
        assert (response.status_code, response.json()) == (200, alice.user)

    async def test_email(self, client: Client, alice: Client, method: str) -> None:
        response = await alice.request(method, alice.path, json={"email": "Alicia@Example.com"})
        assert (response.status_code, response.json()["email"]) == (200, "alicia@example.com")
        assert await login(client, "alicia@example.com")
        old = {"username": "alice@example.com", "password": PASSWORD}
        assert (await client.post(LOGIN, data=old)).status_code == 401

    @pytest.mark.parametrize("email", ["bob@example.com", "BOB@example.com"])
    async def test_email_of_somebody_else(self, alice: Client, bob: Client, method: str, email: str) -> None:
        response = await alice.request(method, alice.path, json={"email": email})
        assert response.status_code == 409
        assert (await alice.get(alice.path)).json() == alice.user

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("email", None),
            ("full_name", None),
            ("is_active", None),
            ("is_superuser", None),
            ("email", "no address"),
            ("full_name", ""),
            ("full_name", "   "),
            ("full_name", "nul\x00"),
            ("full_name", "x" * 101),
            ("is_active", "maybe"),
            ("id", 1),
            ("hashed_password", "x"),
            ("created_at", "2020-01-01T00:00:00Z"),
            ("unknown", 1),
        ],
    )
    async def test_refuses(self, alice: Client, method: str, field: str, value: Any) -> None:
        response = await alice.request(method, alice.path, json={field: value})
        assert response.status_code == 422
        assert [error["loc"] for error in response.json()["detail"]] == [["body", field]]
        assert (await alice.get(alice.path)).json() == alice.user

    @pytest.mark.parametrize("field", ["is_active", "is_superuser"])
    async def test_rights_belong_to_superusers(
        self, alice: Client, bob: Client, admin: Client, method: str, field: str
    ) -> None:
        opposite = {field: not alice.user[field]}
        assert (await alice.request(method, alice.path, json=opposite)).status_code == 403
        assert (await alice.request(method, bob.path, json=opposite)).status_code == 403
        assert (await admin.get(alice.path)).json() == alice.user
        response = await admin.request(method, alice.path, json=opposite)
        assert (response.status_code, response.json()[field]) == (200, opposite[field])


class TestPassword:
    @pytest.mark.parametrize("changes", [{}, {"full_name": "Alicia"}])
    async def test_changes(self, client: Client, alice: Client, changes: dict[str, Any]) -> None:
        response = await alice.patch(alice.path, json={"password": "a new password"} | changes)
        assert (response.status_code, set(response.json())) == (200, FIELDS)
        assert (await alice.get(alice.path)).json() == response.json()
        assert moment(response.json()["updated_at"]) > moment(alice.user["updated_at"])
        assert await login(client, "alice@example.com", "a new password")
        old = {"username": "alice@example.com", "password": PASSWORD}
        assert (await client.post(LOGIN, data=old)).status_code == 401

    @pytest.mark.parametrize("password", [None, "1234567", "x" * 129, "nul\x00nul\x00"])
    async def test_refuses(self, client: Client, alice: Client, password: str | None) -> None:
        response = await alice.patch(alice.path, json={"password": password})
        assert response.status_code == 422
        assert await login(client, "alice@example.com")

    async def test_of_somebody_else(self, client: Client, alice: Client, bob: Client) -> None:
        response = await alice.patch(bob.path, json={"password": "a new password"})
        assert response.status_code == 403
        assert await login(client, "bob@example.com")


class TestMe:
    async def test_is_whose_token_it_is(self, client: Client, alice: Client, bob: Client) -> None:
        assert (await client.get(f"{USERS}/me")).status_code == 401
        assert [(await actor.get(f"{USERS}/me")).json() for actor in (alice, bob)] == [alice.user, bob.user]


class TestDelete:
    async def test_then_absent(self, client: Client, alice: Client, bob: Client) -> None:
        response = await alice.delete(alice.path)
        assert (response.status_code, response.content) == (204, b"")
        assert (await bob.get(alice.path)).status_code == 404
        assert (await bob.delete(alice.path)).status_code == 404
        page = (await bob.get(USERS)).json()
        assert [user["id"] for user in page["items"]] == [bob.user["id"]]

    async def test_frees_the_email(self, client: Client, alice: Client) -> None:
        await alice.delete(alice.path)
        assert await register(client, "alice")


class TestDeactivation:
    async def test_shuts_out(self, client: Client, alice: Client, admin: Client) -> None:
        assert (await admin.patch(alice.path, json={"is_active": False})).status_code == 200
        answers = [
            await alice.get(alice.path),
            await alice.get(USERS),
            await alice.patch(alice.path, json={"full_name": "x"}),
            await alice.delete(alice.path),
        ]
        assert [answer.status_code for answer in answers] == [403] * 4

    async def test_can_be_found_and_undone(self, alice: Client, bob: Client, admin: Client) -> None:
        await admin.patch(alice.path, json={"is_active": False})
        inactive = {"is_active": "false"}
        shown = (await bob.get(USERS)).json()["items"]
        found = (await admin.get(USERS, params=inactive)).json()
        assert alice.user["id"] not in [user["id"] for user in shown]
        assert [user["id"] for user in found["items"]] == [alice.user["id"]]
        assert (await bob.get(USERS, params=inactive)).status_code == 403
        assert (await admin.patch(alice.path, json={"is_active": True})).status_code == 200
        assert (await alice.get(alice.path)).status_code == 200


@pytest.mark.parametrize("value", ["yes", "1", "T", "", "null", "nul\x00"])
async def test_is_active_is_true_or_false(admin: Client, value: str) -> None:
    response = await admin.get(USERS, params={"is_active": value})
    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["detail"]] == [["query", "is_active"]]


async def test_times_are_aware(alice: Client) -> None:
    for field in ("created_at", "updated_at"):
        assert moment(alice.user[field]).utcoffset() == timedelta(0)
        assert abs(moment(alice.user[field]) - datetime.now(UTC)) < timedelta(hours=1)


async def test_one_odd_row_does_not_spoil_the_list(alice: Client, change_user: Any) -> None:
    await change_user(alice.user["id"], email="root@localhost")
    assert (await alice.get(alice.path)).json()["email"] == "root@localhost"
    assert (await alice.get(USERS)).json()["total"] == 1


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
