"""The reference application as a service under watch: what it was sent, what it holds, and faults to plant in its answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import create_engine, text

from compliance.target.serving import serve
from reference_app.core.config import Settings
from reference_app.main import create_app

KEY = "a key that signs tokens in tests only"
#: Enough of the document for most rules, few enough operations for a short run.
KEPT = {
    "/api/v1/auth/login": ("post",),
    "/api/v1/users": ("get", "post"),
    "/api/v1/users/me": ("get",),
    "/api/v1/users/{user_id}": ("get", "delete"),
}
PRODUCTS = {"/api/v1/products": ("get", "post"), "/api/v1/products/{product_id}": ("get", "delete")}
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
DROPPED = (0, b"")
Answer = Callable[[str, str, dict[str, str]], tuple[int, bytes] | None]


@dataclass(frozen=True)
class Seen:
    """One request as the server saw it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Service:
    """ASGI middleware around the reference."""

    folder: Path
    url: str = ""
    seen: list[Seen] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    #: replaces answers: None lets the application answer
    instead: Answer | None = None
    stripped_header: bytes = b""
    on_request: Callable[[], None] | None = None
    kind: str = "application/json"
    #: whoever comes to this path without a token is taken for the user who came first
    open_door: str = ""
    first_user: bytes = b""

    def __post_init__(self) -> None:
        self.database = self.folder / "watched.db"
        settings = Settings(
            _env_file=None,
            database_url=f"sqlite+aiosqlite:///{self.database}",
            secret_key=KEY,
            log_level="CRITICAL",
            argon2_memory_kib=8,
            argon2_time_cost=1,
            argon2_parallelism=1,
        )
        self.app = create_app(settings)
        self.document = self.folder / "openapi.json"
        self.document.write_text(json.dumps(pruned(self.app.openapi(), KEPT)))
        self.larger_document = self.folder / "larger.json"
        self.larger_document.write_text(json.dumps(pruned(self.app.openapi(), KEPT | PRODUCTS)))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = await _read(receive)
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        self.seen.append(Seen(scope["method"], scope["path"], headers, body))
        if self.on_request:
            self.on_request()
        planted = self.instead(scope["method"], scope["path"], headers) if self.instead else None
        if planted == DROPPED:
            # Uvicorn closes a connection whose answer is shorter than it said.
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})
            await send({"type": "http.response.body", "body": b""})
            return
        if planted:
            kind = [(b"content-type", self.kind.encode()), (b"content-length", str(len(planted[1])).encode())]
            await send({"type": "http.response.start", "status": planted[0], "headers": kind})
            await send({"type": "http.response.body", "body": planted[1]})
            return
        await self.app(self._let_in(scope, headers), _again(body), self._watching(send))

    def _let_in(self, scope: Any, headers: dict[str, str]) -> Any:
        if scope["path"] != self.open_door:
            return scope
        sent = headers.get("authorization", "")
        if sent.startswith("Bearer eyJ"):
            self.first_user = self.first_user or sent.encode()
            return scope
        others = [pair for pair in scope["headers"] if pair[0] != b"authorization"]
        return {**scope, "headers": [*others, (b"authorization", self.first_user)]}

    def _watching(self, send: Any) -> Any:
        async def watch(message: Any) -> None:
            if message["type"] == "http.response.start" and self.stripped_header:
                message["headers"] = [pair for pair in message["headers"] if pair[0] != self.stripped_header]
            self.answers.append(message.get("body", b""))
            await send(message)

        return watch

    # -- what tests ask -----------------------------------------------------------------------------------------

    def forget(self) -> None:
        self.seen.clear()
        self.answers.clear()
        self.instead, self.stripped_header, self.on_request = None, b"", None
        self.kind = "application/json"
        self.open_door, self.first_user = "", b""

    @property
    def options(self) -> tuple[str, str]:
        return f"--target-url={self.url}", f"--openapi={self.document}"

    @property
    def unsafe(self) -> list[Seen]:
        return [one for one in self.seen if one.method in UNSAFE]

    def rows(self) -> dict[str, int]:
        """How many rows each table has, read behind the application's back."""
        engine = create_engine(f"sqlite:///{self.database}")
        try:
            with engine.connect() as connection:
                return {
                    table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
                    for table in ("users", "products")
                }
        finally:
            engine.dispose()

    def secrets(self) -> set[str]:
        """Every password that was sent and every token that was issued since `forget`."""
        found: set[str] = set()
        for text_ in [one.body.decode("latin-1") for one in self.seen] + [
            a.decode("latin-1") for a in self.answers
        ]:
            try:
                body = json.loads(text_)
            except (ValueError, RecursionError):
                continue
            if isinstance(body, dict):
                found |= {str(body[name]) for name in ("password", "access_token") if name in body}
        return {secret for secret in found if len(secret) >= 8}

    def register(self, name: str) -> tuple[str, str]:
        """An account of a person: name and password."""
        email, password = f"{name}@example.org", "correct horse battery staple"
        body = {"email": email, "full_name": name.title(), "password": password}
        assert httpx.post(f"{self.url}/api/v1/users", json=body).status_code == 201
        return email, password

    def clear(self) -> None:
        """Remove every row."""
        engine = create_engine(f"sqlite:///{self.database}")
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM products"))
            connection.execute(text("DELETE FROM users"))
        engine.dispose()

    def remove(self, email: str) -> None:
        engine = create_engine(f"sqlite:///{self.database}")
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM users WHERE email = :email"), {"email": email})
        engine.dispose()


def pruned(document: dict[str, Any], kept: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    paths = {
        path: {name: value for name, value in document["paths"][path].items() if name in methods}
        for path, methods in kept.items()
    }
    return {**document, "paths": paths}


async def _read(receive: Any) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


def _again(body: bytes) -> Any:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


@contextmanager
def watched(folder: Path) -> Iterator[Service]:
    service = Service(folder)
    with serve(service, "the watched reference") as url:
        service.url = url
        yield service
