"""A home whose tokens a private key signs, RS256; the public one is published, so that others verify them too."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from tests.homes import _rsa
from tests.homes._basics import Account, claims_for, service

KEYS = "/.well-known/jwks.json"


class KeySet(BaseModel):
    keys: list[dict[str, str]]


def create_app() -> FastAPI:
    app = service("Pairs of keys")
    app.state.issue, app.state.read = issue, read

    @app.get(KEYS)
    def publish() -> KeySet:
        return KeySet(keys=[_rsa.JWK])

    return app


def issue(account: Account) -> str:
    message = f"{_written({'alg': 'RS256', 'kid': _rsa.JWK['kid']})}.{_written(claims_for(account))}"
    return f"{message}.{_encoded(_rsa.sign(message.encode()))}"


def read(token: str) -> int:
    """The number of the account that a token names. Raises ValueError where it is none of ours."""
    message, _, signature = token.rpartition(".")
    head, _, payload = message.partition(".")
    header, claims = _read(head), _read(payload)
    if not _is_signed(header, message.encode(), _decoded(signature)):
        raise ValueError("nobody has signed it")
    subject, end = claims.get("sub"), claims.get("exp")
    if not isinstance(subject, str) or not isinstance(end, int) or end < time.time():
        raise ValueError("it is not for now")
    return int(subject)


def _is_signed(header: dict[str, Any], message: bytes, signature: bytes) -> bool:
    return header.get("alg") == "RS256" and _rsa.verifies(message, signature)


def _written(value: dict[str, Any]) -> str:
    return _encoded(json.dumps(value).encode())


def _read(part: str) -> dict[str, Any]:
    value = json.loads(_decoded(part))
    if not isinstance(value, dict):
        raise ValueError("no object")
    return value


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
