"""Services of which some operations require headers that are no credentials."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response

from tests.probes.service import Service

WRITING = ("post", "put", "patch", "delete")


class Demanding(Service):
    name = ""
    schema: Mapping[str, Any] = MappingProxyType({"type": "string"})
    valid = ""
    methods: tuple[str, ...] = ("get", *WRITING)
    problem = 400

    def accepts(self, value: str) -> bool:
        return value == self.valid

    def document(self, document: dict[str, Any]) -> dict[str, Any]:
        header = {"name": self.name, "in": "header", "required": True, "schema": dict(self.schema)}
        if self.valid:
            header["example"] = self.valid
        for path in document["paths"].values():
            for method, operation in path.items():
                if method in self.methods:
                    operation.setdefault("parameters", []).append(header)
        return document

    def around(self, app: Any) -> Any:
        async def within(scope: Any, receive: Any, send: Any) -> None:
            documented = scope["type"] == "http" and scope["path"] not in ("/openapi.json", "/docs", "/redoc")
            if documented and scope["method"].lower() in self.methods:
                value = Headers(scope=scope).get(self.name)
                if value is None or not self.accepts(value):
                    await self.refusal(f"{self.name} is wrong")(scope, receive, send)
                    return
            await app(scope, receive, send)

        return within

    def refusal(self, why: str) -> Response:
        return JSONResponse({"detail": why}, self.problem)


class Tenants(Demanding):
    """Every operation asks for the tenant, and the document shows one."""

    rules = ("ACC", "AUT-001", "RES", "PAG-001", "PAG-006")
    name, valid = "X-Tenant-Id", "acme"


class Versions(Demanding):
    """Every operation asks for one of the versions of the interface that the document names."""

    rules = ("ACC", "AUT-001", "RES", "PAG-001", "PAG-006")
    name, schema = "X-Api-Version", MappingProxyType({"type": "string", "enum": ["2026-01", "2025-06"]})

    def accepts(self, value: str) -> bool:
        return value in self.schema["enum"]


class Keyed(Demanding):
    """Creates ask for a key that no request had before, and the document shows one of long ago."""

    rules = ("ACC", "RES", "PAG-001", "PAG-006")
    name, methods = "Idempotency-Key", ("post",)
    valid, problem = "7f2c1a52-9a30-4c8b-b6f4-2f1f4be1a001", 422

    def __init__(self) -> None:
        super().__init__()
        self.seen = {self.valid}

    def accepts(self, value: str) -> bool:
        try:
            uuid.UUID(value)
        except ValueError:
            return False
        new = value not in self.seen
        self.seen.add(value)
        return new


class OnlyIfUnchanged(Demanding):
    """Whoever changes a row has to say which state of it, or that any will do."""

    rules = ("ACC", "RES")
    name, methods, problem = "If-Match", ("put", "patch"), 422

    def accepts(self, value: str) -> bool:
        return value == "*"


class OnlyOnACondition(Demanding):
    """Whoever changes or deletes a row has to say which state of it, which the document does not tell."""

    rules = ("ACC", "RES")
    name, methods, problem = "If-Match", ("put", "patch", "delete"), 428

    def document(self, document: dict[str, Any]) -> dict[str, Any]:
        return document

    def accepts(self, value: str) -> bool:
        return value == "*"


class OnlyOfThatTag(OnlyOnACondition):
    """As before, and any state will not do: it has to be the tag that a read tells."""

    tag = '"one"'

    def accepts(self, value: str) -> bool:
        self.problem = 412
        return value == self.tag

    def refusal(self, why: str) -> Response:
        answer, self.problem = super().refusal(why), 428
        return answer

    def around(self, app: Any) -> Any:
        async def tagged(scope: Any, receive: Any, send: Any) -> None:
            async def told(message: Any) -> None:
                if message["type"] == "http.response.start" and scope["method"] == "GET":
                    message["headers"] = [*message["headers"], (b"etag", self.tag.encode())]
                await send(message)

            await app(scope, receive, told)

        checked = super().around(tagged)

        async def within(scope: Any, receive: Any, send: Any) -> None:
            notes = scope["type"] == "http" and scope["path"].startswith("/notes")
            await (checked if notes else app)(scope, receive, send)

        return within
