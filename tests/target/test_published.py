"""Public keys found where services publish them, in the forms in which one may be taken for a secret."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from compliance.catalogue import Untested
from compliance.contract import understand
from compliance.target.published import public_keys
from compliance.target.tape import Exchange
from compliance.target.wire import Request
from tests.homes import _rsa

BASE = "http://127.0.0.1:1"
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {},
    "paths": {"/auth/public-key": {"get": {}}, "/keys/{id}": {"get": {}}},
}
#: An elliptic key and what `openssl ec -pubout` writes of it (RFC 7517, appendix A.1).
CURVE = {
    "kty": "EC",
    "crv": "P-256",
    "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
    "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
}
CURVE_PEM = b"""-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEMKBCTNIcKUSDii11ySs3526iDZ8A
iTo7Tu6KPAqv7D7gS2XpJFbZiItSs3m9+9Ue6GnvHw/GW2ZZaVtszggXIw==
-----END PUBLIC KEY-----
"""


def target(pages: dict[str, str]) -> tuple[Any, list[str]]:
    asked: list[str] = []

    def send(request: Request) -> Exchange:
        asked.append(request.path)
        body = pages.get(request.path)
        if body == "away":
            raise Untested("no answer")
        status = 404 if body is None else 200
        return Exchange("", "", "GET", BASE + request.path, (), b"", status, (), (body or "").encode())

    made = SimpleNamespace(
        send=send,
        request=lambda operation: Request("GET", operation.path),
        contract=understand(DOCUMENT, ""),
        client=SimpleNamespace(base_url=BASE, below=lambda url: url.removeprefix(BASE)),
    )
    return made, asked


JWKS = json.dumps({"keys": [_rsa.JWK]})
PLACES = [
    {"/.well-known/jwks.json": JWKS},
    {"/jwks": json.dumps([_rsa.JWK])},
    {"/auth/public-key": _rsa.PEM},
    {"/auth/public-key": json.dumps({"public_key": _rsa.PEM})},
    {"/.well-known/jwks.json": "away", "/jwks.json": JWKS},
    {
        "/.well-known/openid-configuration": json.dumps({"jwks_uri": f"{BASE}/oauth/keys"}),
        "/oauth/keys": JWKS,
    },
]


@pytest.mark.parametrize("pages", PLACES, ids=lambda pages: " ".join(pages))
def test_a_key_is_found_where_it_is_published(pages: dict[str, str]) -> None:
    found = list(public_keys(target(pages)[0]))
    assert _rsa.PEM.encode() in found
    assert _rsa.PEM.encode().rstrip() in found


def test_an_elliptic_key_is_written_as_openssl_writes_it() -> None:
    pages = {"/jwks": json.dumps({"keys": [CURVE, {"kty": "EC"}, {"kty": "RSA", "n": 1}, "nothing"]})}
    assert CURVE_PEM in list(public_keys(target(pages)[0]))


def test_no_other_host_is_asked_and_nothing_is_invented() -> None:
    pages = {"/.well-known/openid-configuration": json.dumps({"jwks_uri": "https://elsewhere.example/jwks"})}
    made, asked = target(pages)
    assert list(public_keys(made)) == []
    assert all(path.startswith("/") for path in asked)
    assert "/keys/{id}" not in asked
