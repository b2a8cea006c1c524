"""What the service says of itself: its health and its OpenAPI document."""

from typing import Any

import pytest
from fastapi import FastAPI

from reference_app import main
from reference_app.core.config import Settings
from reference_app.db.session import Database
from reference_app.main import create_app
from tests.reference_app.actors import LOGIN, PRODUCTS, USERS, Client

USER, PRODUCT = f"{USERS}/{{user_id}}", f"{PRODUCTS}/{{product_id}}"

# Every operation with the statuses it documents besides 500 and the like.
OPERATIONS = {
    ("get", "/health"): {"200", "503"},
    ("post", LOGIN): {"200", "401", "403", "422"},
    ("get", USERS): {"200", "401", "403", "422"},
    ("post", USERS): {"201", "409", "422"},
    ("get", f"{USERS}/me"): {"200", "401", "403"},
    ("get", USER): {"200", "401", "403", "404", "422"},
    ("put", USER): {"200", "401", "403", "404", "409", "422"},
    ("patch", USER): {"200", "401", "403", "404", "409", "422"},
    ("delete", USER): {"204", "401", "403", "404", "422"},
    ("get", PRODUCTS): {"200", "401", "403", "422"},
    ("post", PRODUCTS): {"201", "401", "403", "422"},
    ("get", PRODUCT): {"200", "401", "403", "404", "422"},
    ("put", PRODUCT): {"200", "401", "403", "404", "422"},
    ("patch", PRODUCT): {"200", "401", "403", "404", "422"},
    ("delete", PRODUCT): {"204", "401", "403", "404", "422"},
}
PUBLIC = {("get", "/health"), ("post", LOGIN), ("post", USERS)}


async def test_health_needs_no_user(client: Client) -> None:
    response = await client.get("/health")
    assert response.status_code == 200
    assert response.json()["status"] == "ok"


async def test_health_while_the_database_is_away(
    app: FastAPI, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def is_up() -> bool:
        return False

    monkeypatch.setattr(app.state.database, "is_up", is_up)
    response = await client.get("/health")
    assert (response.status_code, response.json()["status"]) == (503, "unavailable")
    assert response.json()["detail"]


async def test_the_server_starts_and_stops_it(settings: Settings, migrated: Database) -> None:
    """The lifespan protocol passes through everything that sits in front of the application."""
    asked = iter(["lifespan.startup", "lifespan.shutdown"])
    answered = []

    async def receive() -> dict[str, str]:
        return {"type": next(asked)}

    async def send(message: dict[str, str]) -> None:
        answered.append(message["type"])

    await create_app(settings)({"type": "lifespan", "state": {}}, receive, send)
    assert answered == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def test_servers_find_one_application_in_the_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "app", None, raising=False)
    monkeypatch.delattr(main, "app")
    monkeypatch.setenv("DATABASE_URL", "sqlite:////nowhere/test.db")
    monkeypatch.delenv("SECRET_KEY", raising=False)
    assert isinstance(main.app, FastAPI)
    assert main.app is main.app
    with pytest.raises(AttributeError):
        _ = main.application


@pytest.fixture
def operations(app: FastAPI) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method, path): operation
        for path, methods in app.openapi()["paths"].items()
        for method, operation in methods.items()
    }


class TestDocument:
    async def test_is_served(self, client: Client, app: FastAPI) -> None:
        response = await client.get("/openapi.json")
        assert (response.status_code, response.json()) == (200, app.openapi())
        assert (await client.get("/docs")).status_code == 200

    def test_lists_the_operations(self, operations: dict[tuple[str, str], dict[str, Any]]) -> None:
        assert set(operations) == set(OPERATIONS)

    def test_declares_every_answer(self, operations: dict[tuple[str, str], dict[str, Any]]) -> None:
        missing = {
            key: OPERATIONS[key] - set(operation["responses"]) for key, operation in operations.items()
        }
        assert {key: statuses for key, statuses in missing.items() if statuses} == {}

    def test_declares_who_needs_a_token(self, operations: dict[tuple[str, str], dict[str, Any]]) -> None:
        assert {key for key, operation in operations.items() if not operation.get("security")} == PUBLIC

    def test_declares_the_login(self, app: FastAPI) -> None:
        schemes = app.openapi()["components"]["securitySchemes"].values()
        flows = [scheme["flows"]["password"]["tokenUrl"] for scheme in schemes if scheme["type"] == "oauth2"]
        assert flows == [LOGIN]

    def test_shows_no_password_in_any_answer(self, app: FastAPI) -> None:
        schemas = app.openapi()["components"]["schemas"]
        answers = [name for name in schemas if name.endswith("Response")]
        assert answers
        for name in answers:
            assert not [field for field in schemas[name]["properties"] if "password" in field]
