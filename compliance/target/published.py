"""Public keys that a service publishes, in the forms in which a careless verifier may hold one.

A verifier that believes the algorithm named in a token takes the public key for a shared secret (RFC 8725, section 2.1).
Which bytes it then takes depends on how it keeps the key, so that there are several for each.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from compliance.catalogue import Untested
from compliance.contract.model import Operation
from compliance.contract.paths import words
from compliance.target.tape import Exchange
from compliance.target.wire import Request

if TYPE_CHECKING:
    from compliance.target.reach import Target

#: Where public keys are looked for beside what the document names.
PLACES = ("/.well-known/jwks.json", "/.well-known/openid-configuration", "/jwks.json", "/jwks", "/public-key")
_SPEAKING = frozenset({"jwks", "jwk", "cert", "certs", "pem"})
_PEM = re.compile(r"-----BEGIN ([A-Z ]*(?:PUBLIC KEY|CERTIFICATE))-----.+?-----END \1-----", re.DOTALL)
#: Object identifiers in DER: RSA, elliptic curves, their names, and Ed25519.
_RSA, _EC = bytes.fromhex("06092a864886f70d010101"), bytes.fromhex("06072a8648ce3d0201")
_CURVES = {
    "P-256": bytes.fromhex("06082a8648ce3d030107"),
    "P-384": bytes.fromhex("06052b81040022"),
    "P-521": bytes.fromhex("06052b81040023"),
}
_ED25519 = bytes.fromhex("06032b6570")


def public_keys(target: Target) -> Iterator[bytes]:
    """Every form of the first keys that are found."""
    for request in _requests(target):
        try:
            answer = target.send(request)
            forms = list(dict.fromkeys(_forms(answer)))
            if not forms and isinstance(answer.value, Mapping) and answer.value.get("jwks_uri"):
                forms = list(dict.fromkeys(_forms(_behind(target, str(answer.value["jwks_uri"])))))
        except Untested:
            continue
        if forms:
            yield from forms
            return


def _requests(target: Target) -> Iterator[Request]:
    documented = [one for one in target.contract.operations if one.method == "GET" and _speaks_of_keys(one)]
    yield from map(target.request, documented)
    known = {operation.path for operation in documented}
    yield from (Request("GET", place) for place in PLACES if place not in known)


def _speaks_of_keys(operation: Operation) -> bool:
    spoken = set(words(operation.path))
    public = "public" in spoken and bool({"key", "keys"} & spoken)
    return not operation.path_parameters and (public or bool(_SPEAKING & spoken))


def _behind(target: Target, url: str) -> Exchange:
    """What a discovery document leads to, if it is of the service itself: no other host is asked."""
    if not url.startswith(f"{target.client.base_url}/"):
        raise Untested("the keys are another host's")
    return target.send(Request("GET", target.client.below(url)))


def _forms(answer: Exchange) -> Iterator[bytes]:
    if not answer.ok:
        return
    for found in _PEM.finditer(answer.text.replace("\\n", "\n")):
        yield from (f"{found[0]}\n".encode(), found[0].encode())
    said = answer.value
    keys = said.get("keys", [said]) if isinstance(said, Mapping) else said
    for key in keys if isinstance(keys, list) else ():
        if isinstance(key, Mapping) and "kty" in key:
            yield from _of_jwk(key)


def _of_jwk(key: Mapping[str, Any]) -> Iterator[bytes]:
    """A key by RFC 7517 as PEM, with and without a last line break, and as DER."""
    try:
        inner = _pkcs1(key) if key["kty"] == "RSA" else b""
        outer = _subject_public_key(key, inner)
    except (KeyError, ValueError, TypeError):
        return
    chain = key.get("x5c")
    forms = [("PUBLIC KEY", outer)]
    forms += [("RSA PUBLIC KEY", inner)] if inner else []
    if isinstance(chain, list) and chain:
        forms.append(("CERTIFICATE", base64.b64decode(str(chain[0]))))
    for name, der in forms:
        pem = _pem(name, der)
        yield from (f"{pem}\n".encode(), pem.encode())
    yield outer


def _subject_public_key(key: Mapping[str, Any], rsa: bytes) -> bytes:
    if rsa:
        return _der(0x30, _der(0x30, _RSA + b"\x05\x00") + _der(0x03, b"\x00" + rsa))
    if key["kty"] == "OKP":
        return _der(0x30, _der(0x30, _ED25519) + _der(0x03, b"\x00" + _bytes(key["x"])))
    point = b"\x04" + _bytes(key["x"]) + _bytes(key["y"])
    return _der(0x30, _der(0x30, _EC + _CURVES[key["crv"]]) + _der(0x03, b"\x00" + point))


def _pkcs1(key: Mapping[str, Any]) -> bytes:
    return _der(0x30, b"".join(_der(0x02, _signed(_bytes(key[name]))) for name in ("n", "e")))


def _signed(number: bytes) -> bytes:
    """A positive integer keeps its first bit free."""
    return b"\x00" + number if number[0] & 0x80 else number


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    long = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(long)]) + long + content


def _pem(name: str, der: bytes) -> str:
    lines = re.findall(".{1,64}", base64.b64encode(der).decode())
    return "\n".join([f"-----BEGIN {name}-----", *lines, f"-----END {name}-----"])


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
