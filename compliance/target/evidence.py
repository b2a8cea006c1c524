"""Evidence: an exchange as it may be shown to people and written to files."""

from __future__ import annotations

from compliance.result import Evidence
from compliance.target.secrets import Secrets
from compliance.target.tape import Exchange

#: Characters of a body that a report shows.
SHOWN = 1000


def evidence(exchange: Exchange, secrets: Secrets) -> Evidence:
    """The exchange with secrets replaced by their names and bodies cut; the only way out of the tape."""
    request = exchange.request_body.decode("utf-8", "backslashreplace")
    return Evidence(
        actor=exchange.actor,
        method=exchange.method,
        url=secrets.redact(exchange.url),
        request_headers=_headers(exchange.request_headers, secrets),
        request_body=_cut(secrets.redact(request)) if request else None,
        status=exchange.status,
        response_headers=_headers(exchange.headers, secrets),
        response_body=_cut(secrets.redact(exchange.text)),
    )


def _headers(headers: tuple[tuple[str, str], ...], secrets: Secrets) -> tuple[tuple[str, str], ...]:
    return tuple((name, secrets.redact_header(name, value)) for name, value in headers)


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]} … ({len(text) - SHOWN} more characters)"
