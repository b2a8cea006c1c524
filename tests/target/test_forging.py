"""Forged tokens are judged by PyJWT with the right key: none may verify, and the controls must."""

from __future__ import annotations

import time

import jwt
import pytest

from compliance.target.forging import Forgery, expired, forgeries, resigned, take_apart

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
    for one in forgeries(issue(algorithm), issue(algorithm, sub="2"))
]


@pytest.mark.parametrize("forged", FORGED)
def test_no_forged_token_verifies(forged: Forgery) -> None:
    with pytest.raises(jwt.InvalidTokenError):
        read(forged.token)


def test_forgeries_differ_and_their_names_show_nothing() -> None:
    genuine = issue()
    made = forgeries(genuine, issue(sub="2"))
    assert len({one.token for one in made}) == len(made) > 15
    assert len({one.name for one in made}) == len(made)
    assert genuine not in {one.token for one in made}
    assert not any(part in one.name for one in made for part in genuine.split("."))


@pytest.mark.parametrize("algorithm", BOTH)
def test_an_expired_token_is_refused_for_that_and_nothing_else(algorithm: str) -> None:
    stale = expired(issue(algorithm), KEY.ljust(64, "."))
    assert stale
    with pytest.raises(jwt.ExpiredSignatureError):
        read(stale)
    options = {"verify_exp": False}
    assert jwt.decode(stale, KEY.ljust(64, "."), algorithms=[algorithm], options=options)["sub"] == "1"


@pytest.mark.parametrize("algorithm", BOTH)
def test_the_control_is_accepted(algorithm: str) -> None:
    genuine = issue(algorithm)
    control = resigned(genuine, KEY.ljust(64, "."))
    assert control
    assert read(control) == read(genuine)


def test_another_key_makes_no_control() -> None:
    assert resigned(issue(), "another key of thirty-two bytes.") is None
    assert expired(issue(), "another key of thirty-two bytes.") is None


@pytest.mark.parametrize(
    "opaque", ["an-opaque-token-of-a-session-store", "a.b", "a.b.c.d", "é.é.é", "W10.W10.x", ""]
)
def test_an_opaque_token_is_no_jwt_and_still_forged(opaque: str) -> None:
    assert take_apart(opaque) is None
    assert opaque not in {one.token for one in forgeries(opaque)}
    assert resigned(opaque, KEY) is None
