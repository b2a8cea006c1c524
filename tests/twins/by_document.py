"""A service whose document came first: requests are routed and validated by it, errors are problem documents (RFC 9457).

Nothing of FastAPI's is in here, so that no habit of FastAPI's is taken for the way of the world.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, NoReturn

from jsonschema import Draft4Validator, ValidationError, validators
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

#: Bytes of a body; what the schemas allow is a tenth of it.
LARGEST_BODY = 100_000
#: Other methods are unknown to the whole server, which RFC 9110 tells from what one path does not take.
KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
_INTEGER = re.compile(r"-?[0-9]{1,18}")


class Problem(Exception):
    """An error as the client reads it; `errors` names fields and the rules they break, never a value."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None, **more: Any):
        self.status = status
        self.headers = headers
        self.content = {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": detail,
            **more,
        }


@dataclass(frozen=True)
class Call:
    """A valid request: who sent it, None where the operation is open to all; its path, query and body."""

    caller: Any
    path: Mapping[str, Any]
    query: Mapping[str, Any]
    body: Any


#: What an operation does: a call in; the status, the body and the headers out.
Handler = Callable[[Call], tuple[int, Any, Mapping[str, str]]]
Identify = Callable[[str], Any]


def serve_by(
    document: Mapping[str, Any],
    handler: Callable[[str], Handler],
    identify: Identify,
    *,
    at: str,
    raw: bytes,
) -> Starlette:
    """The application: `handler` from an operationId to what it does, `identify` from an Authorization header to a caller.

    The document itself is served at `at` as it was written.
    """
    prefix = document["servers"][0]["url"]
    routes = [Route(at, lambda _: Response(raw, media_type="application/vnd.oai.openapi"))]
    for path, item in document["paths"].items():
        desks = {
            method.upper(): Desk(document, item, node, handler(node["operationId"]), identify)
            for method, node in item.items()
            if method != "parameters"
        }
        routes.append(Route(prefix + path, _endpoint(desks), methods=list(desks)))
    app = Starlette(routes=routes, exception_handlers={Problem: _told, HTTPException: _refused, 500: _broken})
    app.router.redirect_slashes = False
    return app


class Desk:
    """One operation, ready to take requests. Nothing is awaited once a request was read, so that calls never interleave."""

    def __init__(
        self,
        document: Mapping[str, Any],
        item: Mapping[str, Any],
        node: Mapping[str, Any],
        handler: Handler,
        identify: Identify,
    ):
        look_up = functools.partial(_look_up, document)
        parameters = [look_up(raw) for raw in (*item.get("parameters", ()), *node.get("parameters", ()))]
        self._path = {p["name"]: p["schema"] for p in parameters if p["in"] == "path"}
        self._query = {p["name"]: p["schema"] for p in parameters if p["in"] == "query"}
        self._is_open = node.get("security", document["security"]) == []
        self._handler = handler
        self._identify = identify
        body = look_up(node["requestBody"]) if "requestBody" in node else None
        self._body = _validator(document, body["content"]["application/json"]["schema"]) if body else None

    async def answer(self, request: Request) -> Response:
        # Two headers make one that names nobody, as RFC 9110 section 5.3 joins them.
        authorization = ", ".join(request.headers.getlist("Authorization"))
        caller = None if self._is_open else self._identify(authorization)
        raw = await _read(request) if self._body else b""
        path = {name: _path_value(request.path_params[name], schema) for name, schema in self._path.items()}
        query = {name: _query_value(request, name, schema) for name, schema in self._query.items()}
        body = self._parse(request, raw) if self._body else None
        status, content, headers = self._handler(Call(caller, path, query, body))
        return JSONResponse(content, status, headers) if content is not None else Response(None, status)

    def _parse(self, request: Request, raw: bytes) -> Any:
        if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
            raise Problem(415, "Send application/json")
        try:
            body = json.loads(raw.decode(), parse_constant=_no_number)
            json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
        except (ValueError, RecursionError):
            raise Problem(400, "The body is no JSON that can be read and kept") from None
        faults = list(self._body.iter_errors(body)) if self._body else []
        if faults:
            raise Problem(422, "The body is not as documented", errors=[_fault(error) for error in faults])
        return body


def _endpoint(desks: Mapping[str, Desk]) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        return await desks["GET" if request.method == "HEAD" else request.method].answer(request)

    return endpoint


async def _read(request: Request) -> bytes:
    raw = b""
    async for part in request.stream():
        raw += part
        if len(raw) > LARGEST_BODY:
            raise Problem(413, f"A body has at most {LARGEST_BODY} bytes", {"Connection": "close"})
    return raw


def _path_value(text: str, schema: Mapping[str, Any]) -> Any:
    """What is no number names nothing where numbers are names."""
    if schema["type"] != "integer":
        return text
    if not _INTEGER.fullmatch(text):
        raise Problem(404, "There is nothing here")
    return int(text)


def _query_value(request: Request, name: str, schema: Mapping[str, Any]) -> Any:
    text = request.query_params.get(name)
    if text is None or schema["type"] == "string":
        return schema.get("default") if text is None else text
    if not _INTEGER.fullmatch(text) or not schema["minimum"] <= int(text) <= schema["maximum"]:
        fault = {"field": name, "rule": f"an integer from {schema['minimum']} to {schema['maximum']}"}
        raise Problem(422, "The query is not as documented", errors=[fault])
    return int(text)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _fault(error: ValidationError) -> dict[str, str]:
    """The place and the rule. A missing field is named, which the library does in its message alone."""
    missing = re.match(r"'(\w+)' is a required", error.message) if error.validator == "required" else None
    way = [*map(str, error.absolute_path), *([missing[1]] if missing else [])]
    return {"field": ".".join(way), "rule": str(error.validator)}


def _look_up(document: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in node:
        return node
    return functools.reduce(lambda place, key: place[key], node["$ref"].split("/")[1:], document)


def _validator(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
    return _Strict({**schema, "components": document["components"]})


def _pattern(_: Any, pattern: str, value: Any, __: Any) -> Iterator[ValidationError]:
    """In JSON Schema a dollar is the end, in Python the line feed before it as well."""
    if isinstance(value, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), value):
        yield ValidationError("does not match")


_Strict = validators.extend(Draft4Validator, {"pattern": _pattern})


def _problem(content: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse(content, content["status"], headers, "application/problem+json")


async def _told(_: Request, problem: Problem) -> Response:
    return _problem(problem.content, problem.headers)


async def _refused(request: Request, refusal: HTTPException) -> Response:
    if refusal.status_code == 405 and request.method not in KNOWN_METHODS:
        return _problem(Problem(501, "No operation has such a method").content)
    return _problem(Problem(refusal.status_code, refusal.detail).content, refusal.headers)


async def _broken(_: Request, __: Exception) -> Response:
    return _problem(Problem(500, "The service made a mistake").content)
