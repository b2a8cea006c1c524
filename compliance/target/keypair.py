"""A pair of RSA keys that everybody may know: no service has a reason to trust it.

Signing needs no more than arithmetic, and no library for it is among the kit's. Who keeps a secret uses one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from compliance.target.forging import encode, encode_json

#: What stands before a digest of SHA-256 in a signature by PKCS #1 v1.5 (RFC 8017, section 9.2).
_SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")
_EXPONENT = 65537


def _prime(name: bytes, beyond: int) -> int:
    """The first prime from a number on that anybody can see to hide nothing; `beyond` says how far it is."""
    start = int.from_bytes(hashlib.shake_256(name).digest(128), "big")
    return (start | 3 << 1022 | 1) + beyond


_P, _Q = _prime(b"compliance p", 1574), _prime(b"compliance q", 278)
_MODULUS = _P * _Q
_PRIVATE = pow(_EXPONENT, -1, (_P - 1) * (_Q - 1))
_SIZE = (_MODULUS.bit_length() + 7) // 8

#: The public key, as a token brings it along (RFC 7517).
PUBLIC: Mapping[str, Any] = {
    "kty": "RSA",
    "use": "sig",
    "alg": "RS256",
    "kid": "compliance",
    "n": encode(_MODULUS.to_bytes(_SIZE, "big")),
    "e": encode(_EXPONENT.to_bytes(3, "big")),
}


def sign_rs256(header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    """A JWT with these claims, signed RS256 with the private key."""
    message = f"{encode_json({**header, 'alg': 'RS256'})}.{encode_json(claims)}"
    digest = _SHA256 + hashlib.sha256(message.encode()).digest()
    padded = b"\x00\x01" + b"\xff" * (_SIZE - len(digest) - 3) + b"\x00" + digest
    signature = pow(int.from_bytes(padded, "big"), _PRIVATE, _MODULUS)
    return f"{message}.{encode(signature.to_bytes(_SIZE, 'big'))}"
