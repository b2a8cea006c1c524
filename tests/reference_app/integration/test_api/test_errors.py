"""Errors have one shape, tell what is wrong, and give nothing away."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from reference_app.main import create_app
from tests.reference_app.actors import (
    LOGIN,
    PASSWORD,
    PRODUCTS,
    USERS,
    Client,
    create_product,
    product,
    registration,
)
from tests.reference_app.conftest import settings_for

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def test_unknown_paths(client: Client, alice: Client) -> None:
    paths = (
        "/",
        "/nothing",
        "/api/v1",
        "/api/v1/nothing",
        f"{alice.path}/nothing",
        "/api/v2/users",
        "//",
        "/%00",
    )
    for path in paths:
        for actor in (client, alice):
            response = await actor.get(path)
            assert (response.status_code, response.json()) == (404, {"detail": "Not Found"}), path


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/health", {"GET"}),
        (LOGIN, {"POST"}),
        (USERS, {"GET", "POST"}),
        (f"{USERS}/1", {"GET", "PUT", "PATCH", "DELETE"}),
        (PRODUCTS, {"GET", "POST"}),
        (f"{PRODUCTS}/1", {"GET", "PUT", "PATCH", "DELETE"}),
    ],
)
async def test_unknown_methods(client: Client, path: str, allowed: set[str]) -> None:
    for spelling in (path, path + "/"):
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "NONSENSE"} - allowed:
            response = await client.request(method, spelling)
            assert (response.status_code, response.json()) == (405, {"detail": "Method Not Allowed"})
            assert set(response.headers["allow"].split(", ")) - {"HEAD", "OPTIONS"} == allowed


async def test_trailing_slashes_make_no_difference(client: Client, alice: Client) -> None:
    made = await create_product(alice)
    for path in ("/health", USERS, PRODUCTS, alice.path, f"{PRODUCTS}/{made['id']}"):
        for actor in (client, alice):
            plain, slashed = await actor.get(path), await actor.get(path + "/")
            assert (slashed.status_code, slashed.json()) == (plain.status_code, plain.json())
    query = {"page": 1, "page_size": 1, "search": "alice"}
    assert (await alice.get(f"{USERS}/", params=query)).json()["page_size"] == 1
    assert (await client.post(f"{USERS}/", json=registration("carol"))).status_code == 201
    credentials = {"username": "carol@example.com", "password": PASSWORD}
    assert (await client.post(f"{LOGIN}/", data=credentials)).status_code == 200
    assert (await alice.post(f"{PRODUCTS}/", json=product())).status_code == 201
    for method, body, status in (("PUT", {}, 200), ("PATCH", {}, 200), ("DELETE", None, 204)):
        answer = await alice.request(method, f"{PRODUCTS}/{made['id']}/", json=body)
        assert answer.status_code == status


def with_price(text: str) -> bytes:
    return b'{"name": "Lamp", "price": %s}' % text.encode()


# What no parser should be brought down by: bytes, and the status that answers them.
BODIES = {
    "nothing": (b"", 422),
    "blank": (b" ", 422),
    "cut": (b'{"name": "La', 422),
    "no JSON": (b"name=Lamp&price=1", 422),
    "trailing comma": (b'{"name": "Lamp", "price": 1,}', 422),
    "two documents": (b'{"name": "Lamp", "price": 1} {}', 422),
    "not UTF-8": (b'{"name": "L\xe4mp", "price": 1}', 422),
    "surrogate in UTF-8": (b'{"name": "\xed\xa0\x80", "price": 1}', 422),
    "lone surrogate": (b'{"name": "\\ud800", "price": 1}', 422),
    "lone surrogate in a key": (b'{"name": "Lamp", "price": 1, "\\udfff": 1}', 422),
    "NUL": (b'{"name": "\\u0000", "price": 1}', 422),
    "NUL in a key": (b'{"name": "Lamp", "price": 1, "\\u0000": 1}', 422),
    "NaN": (with_price("NaN"), 422),
    "Infinity": (with_price("Infinity"), 422),
    "-Infinity": (with_price("-Infinity"), 422),
    "1e400": (with_price("1e400"), 422),
    "huge integer": (with_price("9" * 4000), 422),
    "integer beyond int()": (with_price("9" * 5000), 422),
    "null": (b"null", 422),
    "list": (b"[]", 422),
    "text": (b'"text"', 422),
    "number": (b"1", 422),
    "deep list": (b"[" * 20_000, 422),
    "deep balanced list": (b"[" * 20_000 + b"]" * 20_000, 422),
    "deep object": (b'{"name":' * 20_000, 422),
    "deep field": (with_price("[" * 20_000 + "]" * 20_000), 422),
    "too large": (b'{"name": "' + b"x" * 2_000_000 + b'", "price": 1}', 413),
}


@pytest.mark.parametrize(("content", "status"), BODIES.values(), ids=BODIES)
async def test_odd_bodies(alice: Client, content: bytes, status: int) -> None:
    response = await alice.post(PRODUCTS, content=content, headers=JSON)
    assert response.status_code == status, response.text
    assert set(response.json()) == {"detail"}
    if status == 422:
        assert all(set(error) == {"loc", "msg", "type"} for error in response.json()["detail"])
    assert (await alice.get(PRODUCTS)).json()["total"] == 0


async def test_a_body_without_length_is_limited_too(client: Client) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b" " * 10_000

    for path, headers in ((USERS, JSON), (LOGIN, FORM)):
        response = await client.post(path, content=chunks(), headers=headers)
        assert (response.status_code, set(response.json())) == (413, {"detail"})


@pytest.mark.parametrize(
    "length", ["-1", "x", "", "1" * 30, "1" * 5000, "+1", "1, 1"], ids=lambda length: length[:9]
)
async def test_odd_content_length(client: Client, length: str) -> None:
    headers = JSON | {"Content-Length": length}
    response = await client.post(USERS, content=b"{}", headers=headers)
    assert 400 <= response.status_code < 500
    assert set(response.json()) == {"detail"}


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml"],
)
async def test_json_must_be_declared(client: Client, content_type: str) -> None:
    body = json.dumps(registration("carol")).encode()
    response = await client.post(USERS, content=body, headers={"Content-Type": content_type})
    assert response.status_code == 422
    assert PASSWORD not in response.text


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"\xff\xfe=\x80&username", "application/x-www-form-urlencoded"),
        (b"username=%ff%fe&password=%00", "application/x-www-form-urlencoded"),
        (b"username=a&password=b", "multipart/form-data"),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
        (b'--x\r\nContent-Disposition: form-data; name="username"; filename="a"\r\n\r\nb\r\n--x--\r\n',
         "multipart/form-data; boundary=x"),
        (b"&".join(b"f%d=1" % number for number in range(5000)), "application/x-www-form-urlencoded"),
    ],
    ids=["bytes", "escaped bytes", "no boundary", "broken part", "file", "many fields"],
)  # fmt: skip
async def test_odd_forms(client: Client, content: bytes, content_type: str) -> None:
    response = await client.post(LOGIN, content=content, headers={"Content-Type": content_type})
    assert 400 <= response.status_code < 500
    assert set(response.json()) == {"detail"}


ODD_IDS = [
    "0",
    "-1",
    "2147483648",
    "3000000000",
    "9223372036854775808",
    "9" * 20,
    "9" * 5000,
    "1.5",
    "1e3",
    "abc",
]
ODD_IDS += ["NaN", "null", "%00", "1%00", "%20", "%ff", "1;", "%F0%9F%A6%8A"]


@pytest.mark.parametrize("base", [USERS, PRODUCTS])
@pytest.mark.parametrize("number", ODD_IDS, ids=lambda number: number[:20])
async def test_odd_identifiers(alice: Client, base: str, number: str) -> None:
    for method, body in (("GET", None), ("PUT", {}), ("PATCH", {}), ("DELETE", None)):
        response = await alice.request(method, f"{base}/{number}", json=body)
        assert response.status_code == 422
        assert [error["loc"][0] for error in response.json()["detail"]] == ["path"]


class TestValidation:
    """A 422 names the place and the rule, never what was sent."""

    @pytest.mark.parametrize(
        "body",
        [
            registration("carol", password="Hunt3r!"),
            registration("carol", password={"nested": "Hunt3r!"}),
            registration("carol", password="Hunt3r!Hunt3r!", email="no address"),
            {"password": "Hunt3r!Hunt3r!"},
            registration("carol", password="Hunt3r!Hunt3r!\x00"),
            registration("carol", password="Hunt3r!Hunt3r!", unknown=1),
            registration("carol", password="Hunt3r!" * 40),
            ["Hunt3r!"],
            "Hunt3r!",
        ],
    )
    async def test_does_not_repeat_the_body(self, client: Client, body: Any) -> None:
        response = await client.post(USERS, json=body)
        assert response.status_code == 422
        assert "Hunt3r!" not in response.text
        for error in response.json()["detail"]:
            assert set(error) == {"loc", "msg", "type"}

    async def test_names_every_fault(self, client: Client) -> None:
        response = await client.post(USERS, json={"email": "x", "full_name": "", "unknown": 1})
        locations = {error["loc"][-1] for error in response.json()["detail"]}
        assert locations == {"email", "full_name", "password", "unknown"}


class TestUnhandled:
    """A failure is a JSON 500 that shows nothing of the inside; the inside is in the log."""

    @pytest.fixture(params=["sqlite:////nowhere/secret-name.db", "postgresql://secret-name@127.0.0.1:1/x"])
    def cut_off(self, request: pytest.FixtureRequest) -> FastAPI:
        """Give an application whose database cannot be reached."""
        return create_app(settings_for(request.param))

    async def test_answer(self, cut_off: FastAPI, capfd: pytest.CaptureFixture[str]) -> None:
        async with Client(cut_off) as client:
            response = await client.post(USERS, json=registration("carol"))
        assert (response.status_code, response.json()) == (500, {"detail": "Internal server error"})
        assert response.headers["content-type"] == "application/json"
        log = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
        assert "Traceback" in next(
            line["exception"] for line in log if line["event"] == "unhandled_exception"
        )
        assert {line["request_id"] for line in log} == {response.headers["x-request-id"]}

    async def test_after_the_answer_began(self, cut_off: FastAPI) -> None:
        """What was begun with a 200 cannot become a 500: the connection must break instead."""

        async def content() -> AsyncIterator[bytes]:
            yield b"half"
            raise RuntimeError("the other half is missing")

        cut_off.add_api_route("/half", lambda: StreamingResponse(content()))
        transport = httpx.ASGITransport(app=cut_off)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            with pytest.raises(RuntimeError, match="the other half is missing"):
                await client.get("/half")

    async def test_health(self, cut_off: FastAPI) -> None:
        async with Client(cut_off) as client:
            response = await client.get("/health")
        assert response.status_code == 503
        assert response.json()["detail"]
        assert "secret-name" not in response.text


@pytest.mark.parametrize(
    ("given", "kept"), [("a-1.B_2", True), ("", False), ("x" * 65, False), ('"}', False), ("a b", False)]
)
async def test_request_id(client: Client, given: str, kept: bool) -> None:
    response = await client.get("/health", headers={"X-Request-ID": given})
    assert (response.headers["x-request-id"] == given) == kept
    assert response.headers["x-request-id"]


class TestSilence:
    """No password, no hash and no token is written into an answer or into the log."""

    async def test_of_answers_and_log(
        self,
        client: Client,
        alice: Client,
        admin: Client,
        capfd: pytest.CaptureFixture[str],
        stored_hash: Any,
    ) -> None:
        token = alice.headers["authorization"].removeprefix("Bearer ")
        refusals = [
            await client.post(USERS, json=registration("alice")),
            await client.post(USERS, json=registration("carol") | {"email": "x"}),
            await client.post(LOGIN, data={"username": "alice@example.com", "password": PASSWORD + "x"}),
            await client.post(LOGIN, data={"password": PASSWORD}),
            await client.get(USERS, headers={"Authorization": f"Bearer {token}x"}),
        ]
        answers = [await alice.get(USERS), await alice.get(alice.path), await admin.get(USERS)]
        log = capfd.readouterr()
        texts = [response.text for response in refusals + answers] + [log.out, log.err]
        secrets = [PASSWORD, await stored_hash(alice.user["id"]), token, "argon2"]
        assert [secret for secret in secrets for text in texts if secret in text] == []
        assert log.out + log.err
