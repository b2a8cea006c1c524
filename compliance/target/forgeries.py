"""Forged tokens, made from a genuine one. None of them carries a valid signature of the service's key."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from compliance.target.forging import DIGESTS, Token, encode, encode_json, sign, take_apart
from compliance.target.keypair import PUBLIC, sign_rs256

#: Spellings of the algorithm that signs nothing.
NONE = ("none", "None", "NONE", "nOnE")
#: Characters of a long token: below the eight thousand that servers take of a header.
LONG = 6000


@dataclass(frozen=True)
class Forgery:
    """A token that must be refused; `name` may be shown, the token may not.

    telling: one of the few by which a guard that verifies nothing, or too little, is known.
    odd: a server may refuse the request for its header alone, or drop it.
    """

    name: str
    token: str
    telling: bool = False
    odd: bool = False


def forgeries(
    genuine: str, other: str | None = None, published: Iterable[bytes] = (), names: Iterable[str] = ()
) -> list[Forgery]:
    """Forged tokens for a service that issued `genuine`, the most telling first.

    other: the genuine token of a second user; published: forms of a public key, to be tried as a shared secret;
    names: what the account is known by, which is no token.
    Sources: RFC 7515 section 5.2, RFC 8725 sections 2 and 3, CVE-2015-9235, CVE-2016-10555, CVE-2018-0114,
    CVE-2019-20933, CVE-2022-21449.
    """
    token = take_apart(genuine)
    if token is None:
        changed = genuine[: len(genuine) // 2] + "A" * 24
        half = Forgery("genuine token with its last half exchanged", changed, telling=True)
        return [half, *(one for one in _strings(names) if one.token or genuine)]
    made = [
        *_damaged(token),
        *_unsigned(token),
        *_resigned(token),
        *_confused(token, published),
        *_changed(token, take_apart(other) if other else None),
        *_no_tokens(token),
        *_strings(names),
    ]
    return sorted(made, key=lambda one: not one.telling)


def _strings(names: Iterable[str]) -> Iterator[Forgery]:
    """What everybody knows, or makes up."""
    yield Forgery("garbage", "not.a.token", telling=True)
    yield Forgery("one part", "x" * 40)
    yield Forgery("no token behind the scheme", "", odd=True)
    # What a client in JavaScript sends that has no token.
    yield from (Forgery(f"the word {word}", word) for word in ("null", "undefined"))
    yield from (Forgery("what the account is known by", name) for name in dict.fromkeys(names) if name)
    yield Forgery("letters beyond ASCII", "\xe9\xff.\xe9\xff.\xe9\xff", odd=True)


def _no_tokens(token: Token) -> Iterator[Forgery]:
    """What is built like a token and is none."""
    head, payload, signature = token.parts
    yield Forgery("a header that is not base64", f"%%%.{payload}.{signature}")
    yield Forgery("a header that is not JSON", f"{encode(b'{')}.{payload}.{signature}")
    yield Forgery("a header that is a list", f"{encode(b'[]')}.{payload}.{signature}")
    yield Forgery("claims that are a text", f"{head}.{encode_json('x')}.{signature}")
    yield Forgery("five parts", f"{head}...{payload}.{signature}")
    yield Forgery("a long header", f"{'a' * LONG}.{payload}.{signature}", odd=True)


def _damaged(token: Token) -> Iterator[Forgery]:
    head, payload, _ = token.parts
    if token.signature:
        # A bit of the decoded signature: the spare bits of its last character would decode to the same bytes.
        flipped = encode(bytes([token.signature[0] ^ 0x80]) + token.signature[1:])
        yield Forgery("one bit of the signature flipped", f"{head}.{payload}.{flipped}", telling=True)
    yield Forgery("signature shortened by eight bytes", f"{head}.{payload}.{encode(token.signature[:-8])}")
    yield Forgery("signature of zeros", f"{head}.{payload}.{encode(bytes(len(token.signature)))}")
    yield Forgery("signature stripped", f"{head}.{payload}.", telling=True)
    yield Forgery("no third part", f"{head}.{payload}")


def _changed(token: Token, second: Token | None) -> Iterator[Forgery]:
    """Other claims, or another header, under the old signature."""
    head, payload, signature = token.parts
    changes: dict[str, dict[str, Any]] = {
        "subject exchanged": {"sub": "1" if token.claims.get("sub") != "1" else "3"},
        "expiry moved": {"exp": int(time.time()) + 10**7},
        "privileges added": {"is_superuser": True, "role": "admin", "scope": "admin", "admin": True},
    }
    for name, change in changes.items():
        yield Forgery(
            f"{name}, old signature", f"{head}.{encode_json({**token.claims, **change})}.{signature}"
        )
    if second is not None:
        spliced = f"{second.parts[0]}.{second.parts[1]}.{signature}"
        yield Forgery("another user's claims under the old signature", spliced)
    unknown = encode_json({**token.header, "crit": ["compliance"], "compliance": True})
    yield Forgery("an extension that must be understood", f"{unknown}.{payload}.{signature}")


def _unsigned(token: Token) -> Iterator[Forgery]:
    payload, signature = token.parts[1:]

    def head(algorithm: Any) -> str:
        return encode_json({**token.header, "alg": algorithm})

    for spelling in NONE:
        telling = spelling in ("none", "nOnE")
        yield Forgery(f"alg {spelling}, no signature", f"{head(spelling)}.{payload}.", telling=telling)
    yield Forgery("alg none with the old signature", f"{head('none')}.{payload}.{signature}")
    yield Forgery("an empty alg, no signature", f"{head('')}.{payload}.")
    without = encode_json({name: value for name, value in token.header.items() if name != "alg"})
    yield Forgery("no alg at all", f"{without}.{payload}.{signature}")
    yield Forgery("an algorithm nobody has", f"{head('HS1')}.{payload}.{signature}")
    yield Forgery("a list of algorithms", f"{head([token.algorithm])}.{payload}.{signature}")


def _resigned(token: Token) -> Iterator[Forgery]:
    """Signed properly, with a key that is not the service's."""
    header, claims = token.header, token.claims
    for name in DIGESTS:
        key = secrets.token_bytes(64)
        telling = name == (token.algorithm if token.shared else "HS256")
        yield Forgery(f"{name} with a random key", sign(header, claims, key, name), telling=telling)
    yield Forgery("signed with an empty key", sign(header, claims, b"", "HS256"), telling=True)
    key = secrets.token_bytes(32)
    oct_key = {"kty": "oct", "alg": "HS256", "k": encode(key)}
    yield Forgery(
        "HS256 with a key brought along", sign({**header, "jwk": oct_key}, claims, key, "HS256"), telling=True
    )
    yield Forgery("RS256 with a foreign key", sign_rs256(header, claims))
    brought = {**header, "kid": PUBLIC["kid"], "jwk": PUBLIC}
    yield Forgery("RS256 with a key brought along", sign_rs256(brought, claims))
    psychic = f"{encode_json({**header, 'alg': 'ES256'})}.{token.parts[1]}.{encode(bytes(64))}"
    yield Forgery("ES256 with a signature of zeros", psychic)
    for name, kid, key in (
        ("names an empty file", "../../../../../../dev/null", b""),
        ("is empty", "", b""),
        ("is a query that answers the key", "x' UNION SELECT 'compliance'; --", b"compliance"),
    ):
        yield Forgery(f"kid that {name}", sign({**header, "kid": kid}, claims, key, "HS256"))


def _confused(token: Token, published: Iterable[bytes]) -> Iterator[Forgery]:
    """The public key as a shared secret, in each of its forms: a library that goes by the token's word verifies it."""
    header: Mapping[str, Any] = token.header
    for number, key in enumerate(published):
        yield Forgery(
            f"HS256 with the public key, form {number + 1}",
            sign(header, token.claims, key, "HS256"),
            telling=number == 0,
        )
