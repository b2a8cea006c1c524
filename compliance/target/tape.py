"""The tape: every exchange of a run, raw, in memory only. Evidence is the only way out of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from compliance.catalogue import Untested
from compliance.contract.model import FieldPath

#: Bytes of a body that the tape keeps; enough for every list of 101 rows, too little to fill the memory.
BODY_CAP = 1_000_000


@dataclass(frozen=True, eq=False)
class Exchange:
    """One request with its response.

    actor: anonymous, alice, bob, carol, admin; operation: the label of the documented operation, empty where
    the request went to none; headers keep the order and spelling of the wire.
    """

    actor: str
    operation: str
    method: str
    url: str
    request_headers: tuple[tuple[str, str], ...]
    request_body: bytes
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    #: sent at one moment with others
    crowded: bool = False
    #: how long it took from sending to the end of the answer
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def busy(self) -> bool:
        """Too many requests, or unavailable for a while: never evidence of anything."""
        return self.status == 429 or (self.status == 503 and self.header("retry-after") is not None)

    @property
    def is_preflight(self) -> bool:
        """Whether it is the question of a browser about another origin, of whose answer no client reads the body."""
        names = {name.lower() for name, _ in self.request_headers}
        return self.method == "OPTIONS" and {"origin", "access-control-request-method"} <= names

    @property
    def forbidden(self) -> bool:
        """Refused for who asks: some services answer 401 where 403 is meant."""
        return self.status in (401, 403)

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def media_type(self) -> str:
        return (self.header("content-type") or "").partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON. Raises Untested when it is none that can be read."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):  # the latter for JSON that is nested too deeply to be read
            raise Untested(
                f"{self.method} {self.url} answered {self.status} with a body that is not JSON to be read"
            ) from None

    @property
    def value(self) -> Any:
        """The body as JSON, None where it is none."""
        try:
            return self.json()
        except Untested:
            return None

    def field(self, path: FieldPath) -> Any:
        """The value at a path of field names. Raises Untested when the body has no such field."""
        value = self.json()
        for name in path:
            if not isinstance(value, Mapping) or name not in value:
                raise Untested(
                    f"{self.method} {self.url} answered {self.status} without the field {'.'.join(path)}"
                )
            value = value[name]
        return value

    def __str__(self) -> str:
        return f"{self.method} {self.url} as {self.actor} -> {self.status}"


@dataclass
class Tape:
    """All exchanges of a run in the order in which they were answered."""

    exchanges: list[Exchange] = field(default_factory=list)

    def record(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)

    def __iter__(self) -> Iterator[Exchange]:
        return iter(self.exchanges)

    def __len__(self) -> int:
        return len(self.exchanges)
