"""The headers that an operation's document wants of every request: the type of its body, and those that it requires."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any

from compliance.contract.example import example
from compliance.contract.paths import normal, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance.contract.model import Contract, Parameter
    from compliance.target.wire import Request

#: OpenAPI says of these that they are described elsewhere.
_ELSEWHERE = ("accept", "contenttype", "authorization")
#: What such a header holds lets somebody in; whoever asks without credentials must not have it.
_LETS_IN = {
    "token",
    "jwt",
    "auth",
    "apikey",
    "secret",
    "session",
    "password",
    "signature",
    "csrf",
    "xsrf",
    "cookie",
}
#: Whatever the service has there now, RFC 9110, section 13.1.1.
_USUAL = {"ifmatch": "*"}
#: Such a header names one request: what the document shows there was somebody else's.
_OF_ONE_REQUEST = {"idempotency", "idempotent", "nonce", "request", "correlation", "transaction", "trace"}


class Completing:
    """Completes requests that have an operation; what a request states by itself stays as it is."""

    def __init__(self, contract: Contract, tag: str) -> None:
        self._contract = contract
        self._tag = tag
        self._number = count(1)
        #: labels of operations that want a condition although their document leaves it open
        self.insists: set[str] = set()
        #: those of them that take none but the present tag
        self.compares: set[str] = set()

    def on(self, request: Request) -> Request:
        """The request with what its operation wants beside. A key that shall be used once is another each time."""
        had = {name.lower() for name, _ in request.headers}
        added = [(name, value) for name, value in self._wanted(request) if name.lower() not in had]
        return replace(request, headers=(*request.headers, *added)) if added else request

    def _wanted(self, request: Request) -> Iterator[tuple[str, str]]:
        kind = self._json_types.get(request.operation) if request.json is not None else None
        if kind:
            yield "Content-Type", kind
        for parameter in self._required.get(request.operation, ()):
            value = self._value(parameter)
            if value is not None:
                yield parameter.name, value
        if request.operation in self.insists:
            yield "If-Match", _USUAL["ifmatch"]

    @cached_property
    def _json_types(self) -> dict[str, str]:
        """The media type of JSON, by the label of the operation that takes it; without those that take the usual one."""
        kinds = {one.label: one.body.json_type for one in self._contract.operations if one.body}
        return {label: kind for label, kind in kinds.items() if kind != "application/json"}

    @cached_property
    def _required(self) -> dict[str, list[Parameter]]:
        """The headers that are to be filled in, by the label of the operation that requires them."""
        keys = {one.parameter.lower() for one in self._contract.schemes if one.parameter}
        found = {
            operation.label: [
                one
                for one in operation.parameters
                if one.location == "header"
                and one.required
                and one.name.lower() not in keys
                and _is_plain(one)
            ]
            for operation in self._contract.operations
        }
        return {label: parameters for label, parameters in found.items() if parameters}

    def _value(self, parameter: Parameter) -> str | None:
        """What the document shows for the header, else a text of this request's own; None where it cannot be sent."""
        schema, shown = dict(parameter.schema), _USUAL.get(normal(parameter.name))
        if {*words(parameter.name)} & _OF_ONE_REQUEST:
            schema = {"type": "string", "format": "uuid", **schema}
        elif shown is None:
            shown = schema.get("example", schema.get("default"))
        return _written(self._example(parameter.name, schema) if shown is None else shown)

    def _example(self, name: str, schema: dict[str, Any]) -> Any:
        seed = f"kit{self._tag}{next(self._number)}"
        whole = {"type": "object", "required": [name], "properties": {name: schema}}
        return example(self._contract.resolver, whole, seed_text=seed)[name]


def _is_plain(parameter: Parameter) -> bool:
    name = normal(parameter.name)
    return name not in _ELSEWHERE and not ({*words(parameter.name), name} & _LETS_IN) and "apikey" not in name


def _written(value: Any) -> str | None:
    """A value as a header has it, None where a header cannot."""
    if isinstance(value, bool):
        return str(value).lower()
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if text.isascii() and text.isprintable() and text.strip() == text and text else None
