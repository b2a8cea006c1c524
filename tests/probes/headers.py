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
