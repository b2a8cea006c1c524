"""Odd answers: what stands before a service, and what every answer of it looks like."""

import hashlib
import json
import time
from typing import Any

from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Mount

from tests.probes.service import Service


class Answers(Service):
    rules = ("AUT-001", "AUT-002", "AUT-003", "AUT-006", "ACC", "RES", "PAG-002", "PAG-003", "PAG-004")


class Between:
    """An ASGI application before another: `meet` may answer by itself, `turn` sees every answer before it leaves."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"] == "/openapi.json":
            await self.app(scope, receive, send)
            return
        answer = self.meet(scope)
        if answer is None:
            parts: list[Any] = []

            async def keep(part: Any) -> None:
                parts.append(part)

            await self.app(self.pass_on(scope), receive, keep)
            body = b"".join(part.get("body", b"") for part in parts[1:])
            answer = self.turn(scope, parts[0]["status"], list(parts[0]["headers"]), body)
        status, headers, body = answer
        headers = [(name, value) for name, value in headers if name != b"content-length"]
        if status != 204:
            headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def meet(self, scope: Any) -> Any:
        return None

    def pass_on(self, scope: Any) -> Any:
        return scope

    def turn(self, scope: Any, status: int, headers: Any, body: bytes) -> Any:
        return status, headers, body


JSON = [(b"content-type", b"application/json")]


class Always200(Answers):
    """Every answer is 200; the envelope has a code, which is that of HTTP where the answer is no."""

    def code(self, status: int) -> int:
        return 0 if status < 400 else status

    def envelope(self, status: int, value: Any) -> dict[str, Any]:
        good = status < 400
        return {
            "code": self.code(status),
            "message": "ok" if good else "no",
            "data": value if good else None,
        }

    def schema(self, data: Any) -> dict[str, Any]:
        nothing = {"anyOf": [data, {"type": "null"}]} if data else {}
        return {"code": {"type": "integer"}, "message": {"type": "string"}, "data": nothing}

    def document(self, document: dict[str, Any]) -> dict[str, Any]:
        for item in document["paths"].values():
            for operation in item.values():
                good = next(answer for code, answer in operation["responses"].items() if code[0] == "2")
                inner = good.get("content", {}).get("application/json", {}).get("schema")
                schema = {"type": "object", "properties": self.schema(inner)}
                content = {"application/json": {"schema": schema}}
                operation["responses"] = {"200": {"description": "whatever", "content": content}}
        return document

    def around(self, app: Any) -> Any:
        envelope = self.envelope

        class Wrapping(Between):
            def turn(self, scope: Any, status: int, headers: Any, body: bytes) -> Any:
                value = json.loads(body) if body else None
                return 200, JSON, json.dumps(envelope(status, value)).encode()

        return Wrapping(app)


class Always200Numbered(Always200):
    """The same with numbers of the service's own, which say nothing to a stranger."""

    def code(self, status: int) -> int:
        return 0 if status < 400 else 10_000 + status


class Always200Unread(Always200Numbered):
    """The same, of which every rule makes what it can: most cannot tell a refusal from a success."""

    rules = ()
    word = "inconclusive"
    untested = (
        *("AUT-011", "CON-005", "ERR-001", "ERR-002", "ERR-004"),
        *("SEC-001", "SEC-003", "SEC-005", "SUR-008"),
    )


class Always200Flagged(Always200):
    """Every answer is 200 and says whether it is a success."""

    def envelope(self, status: int, value: Any) -> dict[str, Any]:
        return {"success": True, "data": value} if status < 400 else {"success": False, "error": "no"}

    def schema(self, data: Any) -> dict[str, Any]:
        return {"success": {"type": "boolean"}, "error": {"type": "string"}, "data": data or {}}


class JsonApi(Answers):
    """The media type is that of JSON:API, and no other is taken."""

    def document(self, document: dict[str, Any]) -> dict[str, Any]:
        return json.loads(json.dumps(document).replace("application/json", "application/vnd.api+json"))

    def around(self, app: Any) -> Any:
        own = b"application/vnd.api+json"

        class Strict(Between):
            def meet(self, scope: Any) -> Any:
                sent = dict(scope["headers"]).get(b"content-type", b"")
                if scope["method"] in ("POST", "PUT") and sent != own:
                    return 415, [(b"content-type", own)], b'{"detail": "JSON:API only"}'
                return None

            def pass_on(self, scope: Any) -> Any:
                headers = [
                    (n, b"application/json" if n == b"content-type" else v) for n, v in scope["headers"]
                ]
                return {**scope, "headers": headers}

            def turn(self, scope: Any, status: int, headers: Any, body: bytes) -> Any:
                return status, [(n, own if n == b"content-type" else v) for n, v in headers], body

        return Strict(app)


class Limited(Answers):
    """No more than thirty requests in half a second; the rest are asked to wait."""

    wait: Any = staticmethod(lambda: [(b"retry-after", b"1")])
    rules = ("AUT-001", "RES-002", "RES-003")

    def around(self, app: Any) -> Any:
        wait = self.wait

        class Limit(Between):
            begun, count = 0.0, 0

            def meet(self, scope: Any) -> Any:
                now = time.monotonic()
                if now - self.begun > 0.5:
                    self.begun, self.count = now, 0
                self.count += 1
                return (429, [*JSON, *wait()], b'{"message": "slow down"}') if self.count > 30 else None

        return Limit(app)


class LimitedSilently(Limited):
    """The same without a word on how long."""

    wait = staticmethod(list)


class Deploying(Answers):
    """Now and then it is away for a moment, and says so."""

    def around(self, app: Any) -> Any:
        class Flaky(Between):
            count = 0

            def meet(self, scope: Any) -> Any:
                self.count += 1
                return (503, [(b"retry-after", b"0")], b"deploying") if self.count % 17 == 0 else None

        return Flaky(app)


class GuardFirst(Answers):
    """A proxy refuses strangers before any path is looked up."""

    def around(self, app: Any) -> Any:
        class Guard(Between):
            def meet(self, scope: Any) -> Any:
                known = dict(scope["headers"]).get(b"authorization", b"").startswith(b"Bearer ")
                if known or scope["path"] in ("/users", "/login"):
                    return None
                return 401, [*JSON, (b"www-authenticate", b"Bearer")], b'{"detail": "no"}'

        return Guard(app)


class Cookies(Answers):
    """Every answer sets a cookie and ends the connection."""

    def around(self, app: Any) -> Any:
        class Chatty(Between):
            def turn(self, scope: Any, status: int, headers: Any, body: bytes) -> Any:
                return (
                    status,
                    [*headers, (b"set-cookie", b"sid=1; HttpOnly"), (b"connection", b"close")],
                    body,
                )

        return Chatty(app)


class Zipped(Answers):
    """Every answer is compressed."""

    def around(self, app: Any) -> Any:
        return GZipMiddleware(app, minimum_size=1)


class Mounted(Answers):
    """It lies below a prefix that is part of the target, and that its document names as a server."""

    base = "/shop/v3"

    def document(self, document: dict[str, Any]) -> dict[str, Any]:
        return {**document, "servers": [{"url": self.base}]}

    def around(self, app: Any) -> Any:
        return Starlette(routes=[Mount(self.base, app)])


class MountedSilently(Mounted):
    """The same, and its document does not know."""

    def document(self, document: dict[str, Any]) -> dict[str, Any]:
        return document


class Plain(Service):
    """Nothing is odd; every rule judges it."""


class Talkative(Service):
    """Every answer has a digest of itself, and every error ends the connection and says at length what was wrong."""

    def around(self, app: Any) -> Any:
        class Talking(Between):
            def turn(self, scope: Any, status: int, headers: Any, body: bytes) -> Any:
                digest = hashlib.sha256(body).hexdigest().encode()
                headers = [*headers, (b"etag", b'"' + digest + b'"'), (b"x-trace", digest[:32])]
                if status < 400:
                    return status, headers, body
                told = {
                    **json.loads(body or b"{}"),
                    "instance": scope["path"],
                    "help": "No file, line or constraint is wrong: SELECT another from the list, or see $2b$ in /docs.",
                }
                return status, [*headers, (b"connection", b"close")], json.dumps(told).encode()

        return Talking(app)


class Origins(Service):
    """Who asks in the name of another origin or for another host is told so in plain text."""

    def around(self, app: Any) -> Any:
        app = CORSMiddleware(app, ["https://shop.example"], ["*"], ["*"], allow_credentials=True)
        return TrustedHostMiddleware(app, ["127.0.0.1", "localhost"])


class Parser400(Service):
    """A server cannot read a request whose method HTTP does not have, and says so by a status alone."""

    def around(self, app: Any) -> Any:
        class Parser(Between):
            def meet(self, scope: Any) -> Any:
                known = scope["method"] in (
                    "GET",
                    "HEAD",
                    "POST",
                    "PUT",
                    "PATCH",
                    "DELETE",
                    "OPTIONS",
                    "TRACE",
                )
                return None if known else (400, [], b"")

        return Parser(app)


class Methods501(Service):
    """A server says of methods that nobody documented that it does not know them."""

    def around(self, app: Any) -> Any:
        class Server(Between):
            def meet(self, scope: Any) -> Any:
                known = scope["method"] in ("GET", "POST", "PUT", "DELETE")
                return None if known else (501, JSON, b'{"detail": "no such method"}')

        return Server(app)


class WebServer(Service):
    """A web server stands before it and answers by itself, with a page, for what lies outside of the API."""

    def around(self, app: Any) -> Any:
        class Before(Between):
            def meet(self, scope: Any) -> Any:
                if scope["path"].startswith(("/notes", "/users", "/login")):
                    return None
                return 404, [(b"content-type", b"text/html")], b"<html><h1>404 Not Found</h1></html>"

        return Before(app)
