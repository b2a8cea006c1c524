"""Which operations ask for credentials, as seen at run time: half of all documents do not say, and some are wrong."""

from __future__ import annotations

from collections.abc import Callable

from compliance.catalogue import Untested
from compliance.contract.model import Operation
from compliance.target.tape import Exchange
from compliance.target.tokens import says_no
from compliance.target.wire import Request

#: Headers that may hold credentials.
CREDENTIALS = ("authorization", "cookie", "token", "key", "auth")


class Guards:
    """What each operation answered to a request without credentials, the first time that somebody sent one."""

    def __init__(self, send: Callable[[Request], Exchange]) -> None:
        self._send = send
        self._seen: dict[str, Exchange] = {}

    def observe(self, exchange: Exchange) -> None:
        """Keep an answer to nobody. Only a refusal of credentials or a success says anything."""
        telling = exchange.ok or exchange.status in (401, 403)
        if (
            exchange.actor == "anonymous"
            and exchange.operation
            and telling
            and not shown_credentials(exchange)
        ):
            self._seen.setdefault(exchange.operation, exchange)

    def seen(self, operation: Operation) -> Exchange | None:
        """What the operation answered to nobody, None where nobody asked, or the answer says nothing."""
        return self._seen.get(operation.label)

    def ask(self, operation: Operation) -> Exchange | None:
        """What the operation answers to nobody; sent once, and only where it has no path to fill."""
        if operation.label not in self._seen:
            try:
                exchange = self._send(Request(operation.method, operation.path, operation=operation.label))
            except Untested:
                return None
            self._seen.setdefault(operation.label, exchange)
        return self._seen[operation.label]

    def guarded(self, operation: Operation) -> bool | None:
        """Whether it refuses nobody's request: as seen, else as the document says; None where neither tells."""
        seen = self._seen.get(operation.label)
        if seen is None or not (seen.ok or seen.status in (401, 403)):
            return operation.guarded
        return not seen.ok or says_no(seen)

    @property
    def any(self) -> bool:
        """Whether any operation was seen to refuse a request without credentials."""
        return any(seen.status in (401, 403) or says_no(seen) for seen in self._seen.values())


def credential_headers(exchange: Exchange) -> tuple[tuple[str, str], ...]:
    """The headers in which a request may have shown credentials, none where it showed nothing."""
    return tuple(
        (name, value)
        for name, value in exchange.request_headers
        if any(word in name.lower() for word in CREDENTIALS)
    )


def shown_credentials(exchange: Exchange) -> list[str]:
    """The values of these headers."""
    return [value for _, value in credential_headers(exchange)]
