"""Who sends the requests: clients of the application, anonymous or logged in."""

from typing import Any

import httpx
from fastapi import FastAPI

PASSWORD = "correct horse battery staple"
USERS = "/api/v1/users"
PRODUCTS = "/api/v1/products"
LOGIN = "/api/v1/auth/login"


class Client(httpx.AsyncClient):
    """A client inside the process; `user` is who is logged in. Unhandled exceptions become answers."""

    user: dict[str, Any]

    def __init__(self, app: FastAPI, token: str | None = None) -> None:
        super().__init__(
            transport=httpx.ASGITransport(app=app, raise_app_exceptions=False),
            base_url="http://test",
            headers={"Authorization": f"Bearer {token}"} if token else {},
        )

    @property
    def path(self) -> str:
        return f"{USERS}/{self.user['id']}"


def registration(name: str, **changes: Any) -> dict[str, Any]:
    """Return the body that registers a user of this name."""
    return {
        "email": f"{name}@example.com",
        "full_name": name.capitalize(),
        "password": PASSWORD,
    } | changes


def product(name: str = "Lamp", **changes: Any) -> dict[str, Any]:
    """Return the body that creates a product of this name."""
    return {"name": name, "description": "A thing", "price": "19.90"} | changes


async def register(client: httpx.AsyncClient, name: str, **changes: Any) -> dict[str, Any]:
    response = await client.post(USERS, json=registration(name, **changes))
    assert response.status_code == 201, response.text
    return response.json()


async def login(client: httpx.AsyncClient, email: str, password: str = PASSWORD) -> str:
    response = await client.post(LOGIN, data={"username": email, "password": password})
    assert response.status_code == 200, response.text
    return response.json()["access_token"]


async def create_product(client: httpx.AsyncClient, name: str = "Lamp", **changes: Any) -> dict[str, Any]:
    response = await client.post(PRODUCTS, json=product(name, **changes))
    assert response.status_code == 201, response.text
    return response.json()
