"""JSON Web Tokens by hand: taken apart, put together and signed, wrongly too, which no library would do."""

from __future__ import annotations

import base64
import hmac
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: Algorithms with a shared secret.
DIGESTS = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}


@dataclass(frozen=True)
class Token:
    """A JWT taken apart; `parts` are the encoded header, payload and signature."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    signature: bytes
    parts: tuple[str, str, str]

    @property
    def algorithm(self) -> str:
        return str(self.header.get("alg"))

    @property
    def shared(self) -> bool:
        """Whether one shared secret signs and verifies it."""
        return self.algorithm in DIGESTS

    @property
    def message(self) -> bytes:
        """What is signed."""
        return f"{self.parts[0]}.{self.parts[1]}".encode()

    def signed_by(self, key: bytes) -> bool:
        """Whether that shared secret made the signature, which is a proof and no guess."""
        return self.shared and hmac.compare_digest(mac(key, self.message, self.algorithm), self.signature)


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


def sign(header: Mapping[str, Any], claims: Mapping[str, Any], key: bytes, algorithm: str) -> str:
    """A JWT with these claims, signed with a shared secret."""
    message = f"{encode_json({**header, 'alg': algorithm})}.{encode_json(claims)}"
    return f"{message}.{encode(mac(key, message.encode(), algorithm))}"


def counterfeit(genuine: str) -> str:
    """A token that looks like a genuine one in everything, and is none."""
    token = take_apart(genuine)
    if token is None or not token.signature:
        half = len(genuine) // 2
        drawn = "".join(secrets.choice("0123456789abcdef") for _ in genuine[half:])
        return genuine[:half] + re.sub(r"[A-Za-z0-9]", lambda sign: drawn[sign.start()], genuine[half:])
    return f"{token.parts[0]}.{token.parts[1]}.{encode(secrets.token_bytes(len(token.signature)))}"


def mac(key: bytes, message: bytes, algorithm: str) -> bytes:
    return hmac.digest(key, message, DIGESTS[algorithm])


def encode(raw: bytes) -> str:
    """Base64url without padding, as RFC 7515 has it."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def encode_json(value: Any) -> str:
    return encode(json.dumps(value, separators=(",", ":")).encode())


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
