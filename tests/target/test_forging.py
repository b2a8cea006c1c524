"""Forged tokens are judged by PyJWT with the right key: none may verify."""

from __future__ import annotations

import base64
import hashlib
import time

import jwt
import pytest

from compliance.target import keypair
from compliance.target.forgeries import Forgery, forgeries
from compliance.target.forging import sign, take_apart

KEY = "a key that signs tokens in tests only"
BOTH = ("HS256", "HS384", "HS512")


def issue(algorithm: str = "HS256", **claims: object) -> str:
    now = int(time.time())
    return jwt.encode(
        {"sub": "1", "iat": now, "exp": now + 600, **claims}, KEY.ljust(64, "."), algorithm=algorithm
    )


def read(token: str) -> dict[str, object]:
    return jwt.decode(token, KEY.ljust(64, "."), algorithms=list(BOTH))


FORGED = [
    pytest.param(one, id=f"{algorithm}: {one.name}")
    for algorithm in BOTH
    for one in forgeries(issue(algorithm), issue(algorithm, sub="2"), [b"a public key"])
]


@pytest.mark.parametrize("forged", FORGED)
def test_no_forged_token_verifies(forged: Forgery) -> None:
    with pytest.raises(jwt.InvalidTokenError):
        read(forged.token)


def test_forgeries_differ_and_their_names_show_nothing() -> None:
    genuine = issue()
    made = forgeries(genuine, issue(sub="2"), [b"a public key"])
    assert len({one.token for one in made}) == len(made) >= 40
    assert len({one.name for one in made}) == len(made)
    assert genuine not in {one.token for one in made}
    assert not any(part in one.name for one in made for part in genuine.split("."))


def test_a_few_forgeries_tell_most_and_come_first() -> None:
    made = forgeries(issue())
    few = [one for one in made if one.telling]
    assert made[: len(few)] == few
    assert 6 <= len(few) <= 10
    assert any("none" in one.name for one in few)
    assert any("random key" in one.name for one in few)


def test_every_forgery_fits_into_a_header() -> None:
    assert max(len(one.token) for one in forgeries(issue())) < 8000
    assert all(one.token.encode("latin-1") is not None for one in forgeries(issue()))


def test_what_an_account_is_known_by_is_tried_for_a_token() -> None:
    made = {one.token for one in forgeries(issue(), names=["ann@example.com", "", "7"])}

    assert {"ann@example.com", "7", "", "null"} <= made


@pytest.mark.parametrize(
    "opaque", ["an-opaque-token-of-a-session-store", "a.b", "a.b.c.d", "é.é.é", "W10.W10.x", ""]
)
def test_an_opaque_token_is_no_jwt_and_still_forged(opaque: str) -> None:
    assert take_apart(opaque) is None
    assert opaque not in {one.token for one in forgeries(opaque)}


@pytest.mark.parametrize("algorithm", BOTH)
def test_what_is_signed_by_hand_is_signed_as_the_library_does(algorithm: str) -> None:
    key = KEY.ljust(64, ".")
    assert jwt.decode(sign({}, {"sub": "1"}, key.encode(), algorithm), key, [algorithm]) == {"sub": "1"}


def test_the_key_pair_signs_what_its_public_half_verifies() -> None:
    head, payload, signature = keypair.sign_rs256({}, {"sub": "1"}).split(".")
    number = {name: int.from_bytes(_decoded(str(keypair.PUBLIC[name])), "big") for name in ("n", "e")}
    size = (number["n"].bit_length() + 7) // 8
    opened = pow(int.from_bytes(_decoded(signature), "big"), number["e"], number["n"]).to_bytes(size, "big")
    assert size == 256
    assert opened.startswith(b"\x00\x01" + b"\xff" * 8)
    assert opened.endswith(hashlib.sha256(f"{head}.{payload}".encode()).digest())


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
