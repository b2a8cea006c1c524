"""Structured logging: one JSON object a line on standard output."""

import logging
from collections.abc import MutableMapping
from typing import Any

import structlog

SECRETS = frozenset(
    {"authorization", "hashed_password", "password", "secret", "secret_key", "token", "access_token"}
)


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank the values that must never reach a log, whoever logged them."""
    return {key: "[redacted]" if key.lower() in SECRETS else value for key, value in event.items()}


def configure_logging(level: str) -> None:
    """Log events of `level` and above; the request's id is on every line written during a request."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
    )


def get_logger(name: str) -> structlog.typing.FilteringBoundLogger:
    """A logger whose lines name the module they come from."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(module=name)
    return logger
