"""RSA signatures over SHA-256 (RFC 8017, section 8.2) with the private key of a home, which hides nothing."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

_SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")
_EXPONENT = 65537


def _prime(name: bytes, beyond: int) -> int:
    return (int.from_bytes(hashlib.shake_256(name).digest(128), "big") | 3 << 1022 | 1) + beyond


_P, _Q = _prime(b"homes p", 1794), _prime(b"homes q", 336)
_MODULUS = _P * _Q
_PRIVATE = pow(_EXPONENT, -1, (_P - 1) * (_Q - 1))
_SIZE = 256

#: The public key by RFC 7517.
JWK: dict[str, Any] = {
    "kty": "RSA",
    "use": "sig",
    "alg": "RS256",
    "kid": "home",
    "n": base64.urlsafe_b64encode(_MODULUS.to_bytes(_SIZE, "big")).rstrip(b"=").decode(),
    "e": "AQAB",
}
#: The same as `openssl rsa -pubout` writes it: a head that all keys of that size share, modulus and exponent.
_DER = (
    bytes.fromhex("30820122300d06092a864886f70d01010105000382010f003082010a0282010100")
    + _MODULUS.to_bytes(_SIZE, "big")
    + bytes.fromhex("0203010001")
)
_LINES = base64.b64encode(_DER).decode()
PEM = "\n".join(
    [
        "-----BEGIN PUBLIC KEY-----",
        *(_LINES[i : i + 64] for i in range(0, len(_LINES), 64)),
        "-----END PUBLIC KEY-----\n",
    ]
)


def sign(message: bytes) -> bytes:
    return pow(_padded(message), _PRIVATE, _MODULUS).to_bytes(_SIZE, "big")


def verifies(message: bytes, signature: bytes) -> bool:
    number = int.from_bytes(signature, "big")
    return len(signature) == _SIZE and pow(number, _EXPONENT, _MODULUS) == _padded(message)


def _padded(message: bytes) -> int:
    digest = _SHA256 + hashlib.sha256(message).digest()
    return int.from_bytes(b"\x00\x01" + b"\xff" * (_SIZE - len(digest) - 3) + b"\x00" + digest, "big")
