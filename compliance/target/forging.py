"""Forged tokens, made from a genuine one. None of them carries a valid signature of the service's key."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_DIGESTS = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


@dataclass(frozen=True)
class Token:
    """A JWT taken apart; `parts` are the encoded header, payload and signature."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    signature: bytes
    parts: tuple[str, str, str]


@dataclass(frozen=True)
class Forgery:
    """A token that must be refused; `name` may be shown, the token may not."""

    name: str
    token: str


def take_apart(token: str) -> Token | None:
    """The JWT's parts, None when it is none."""
    pieces = token.split(".")
    if len(pieces) != 3:
        return None
    try:
        header, claims = json.loads(_decode(pieces[0])), json.loads(_decode(pieces[1]))
        signature = _decode(pieces[2])
    except ValueError:
        return None
    if not isinstance(header, dict) or not isinstance(claims, dict):
        return None
    return Token(header, claims, signature, (pieces[0], pieces[1], pieces[2]))


def forgeries(genuine: str, other: str | None = None) -> list[Forgery]:
    """Forged tokens for a service that issued `genuine`; `other` is the genuine token of a second user.

    Sources: RFC 7515 section 5.2, RFC 8725 section 3, CVE-2015-9235, CVE-2018-0114, CVE-2019-20933.
    """
    forged = [Forgery("garbage", "not.a.token"), Forgery("one part", "x" * 40)]
    token = take_apart(genuine)
    if token is None:
        return [
            *forged,
            Forgery("genuine token with its last half exchanged", genuine[: len(genuine) // 2] + "A" * 24),
        ]
    return forged + _unsigned(token) + _damaged(token, other) + _resigned(token)


def counterfeit(genuine: str) -> str:
    """A token that looks like a genuine one in everything, and is none."""
    token = take_apart(genuine)
    if token is None or not token.signature:
        half = len(genuine) // 2
        drawn = "".join(secrets.choice("0123456789abcdef") for _ in genuine[half:])
        return genuine[:half] + re.sub(r"[A-Za-z0-9]", lambda sign: drawn[sign.start()], genuine[half:])
    return f"{token.parts[0]}.{token.parts[1]}.{_encode(secrets.token_bytes(len(token.signature)))}"


def expired(genuine: str, key: str) -> str | None:
    """The genuine token, correctly signed but expired an hour ago; None when it is no HMAC token of that key."""
    token = take_apart(genuine)
    if token is None or not _signed_by(token, key):
        return None
    past = int(time.time()) - 3600
    claims = {**token.claims, "exp": past, **({"iat": past - 60} if "iat" in token.claims else {})}
    return _sign(token.header, claims, key.encode(), str(token.header["alg"]))


def resigned(genuine: str, key: str) -> str | None:
    """The genuine claims signed again with the given key: the positive control of everything made with it."""
    token = take_apart(genuine)
    if token is None or not _signed_by(token, key):
        return None
    return _sign(token.header, token.claims, key.encode(), str(token.header["alg"]))


def _unsigned(token: Token) -> list[Forgery]:
    forged = []
    for spelling in ("none", "None", "NONE", "nOnE"):
        head = _encode_json({**token.header, "alg": spelling})
        forged.append(Forgery(f"alg {spelling}, no signature", f"{head}.{token.parts[1]}."))
    unsigned = _encode_json({**token.header, "alg": "none"})
    forged.append(Forgery("alg none with the old signature", f"{unsigned}.{token.parts[1]}.{token.parts[2]}"))
    forged.append(Forgery("signature stripped", f"{token.parts[0]}.{token.parts[1]}."))
    return forged


def _damaged(token: Token, other: str | None) -> list[Forgery]:
    head, payload, signature = token.parts
    # A bit of the decoded signature: the spare bits of its last character would decode to the same bytes.
    flipped = _encode(bytes([token.signature[0] ^ 0x80]) + token.signature[1:]) if token.signature else ""
    forged = [
        Forgery("one bit of the signature flipped", f"{head}.{payload}.{flipped}"),
        Forgery("signature shortened by eight bytes", f"{head}.{payload}.{_encode(token.signature[:-8])}"),
        Forgery(
            "expiry moved, old signature",
            f"{head}.{_encode_json({**token.claims, 'exp': int(time.time()) + 10**7})}.{signature}",
        ),
        Forgery(
            "privileges added, old signature",
            f"{head}.{_encode_json({**token.claims, 'is_superuser': True, 'role': 'admin'})}.{signature}",
        ),
        Forgery(
            "an algorithm nobody has", f"{_encode_json({**token.header, 'alg': 'HS1'})}.{payload}.{signature}"
        ),
    ]
    second = take_apart(other) if other else None
    if second is not None:
        forged.append(
            Forgery(
                "another user's claims under the old signature",
                f"{second.parts[0]}.{second.parts[1]}.{signature}",
            )
        )
    return forged


def _resigned(token: Token) -> list[Forgery]:
    forged = [
        Forgery(f"{name} with a random key", _sign(token.header, token.claims, secrets.token_bytes(64), name))
        for name in _DIGESTS
    ]
    forged.append(Forgery("signed with an empty key", _sign(token.header, token.claims, b"", "HS256")))
    devnull = {**token.header, "kid": "../../../../../../dev/null"}
    forged.append(Forgery("kid that names an empty file", _sign(devnull, token.claims, b"", "HS256")))
    return forged


def is_signed_by(text: str, key: str) -> bool:
    """Whether a text is a token with an HMAC of that key."""
    token = take_apart(text)
    return token is not None and _signed_by(token, key)


def _signed_by(token: Token, key: str) -> bool:
    digest = _DIGESTS.get(str(token.header.get("alg")))
    if digest is None:
        return False
    message = f"{token.parts[0]}.{token.parts[1]}".encode()
    return hmac.compare_digest(hmac.new(key.encode(), message, digest).digest(), token.signature)


def _sign(header: Mapping[str, Any], claims: Mapping[str, Any], key: bytes, algorithm: str) -> str:
    message = f"{_encode_json({**header, 'alg': algorithm})}.{_encode_json(claims)}"
    return f"{message}.{_encode(hmac.new(key, message.encode(), _DIGESTS[algorithm]).digest())}"


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _encode_json(value: Mapping[str, Any]) -> str:
    return _encode(json.dumps(value, separators=(",", ":")).encode())


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
