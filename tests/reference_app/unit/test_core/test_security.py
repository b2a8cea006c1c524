import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from reference_app.core.config import Settings
from reference_app.core.exceptions import InvalidTokenException
from reference_app.core.security import Passwords, Tokens


@pytest.fixture
def key(settings: Settings) -> str:
    return settings.signing_key()


def claims(**changes: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    whole = {"sub": "1", "iat": now, "exp": now + timedelta(minutes=1)} | changes
    return {name: value for name, value in whole.items() if value is not None}


async def test_a_password_matches_its_own_hash_only(passwords: Passwords) -> None:
    first, second = await passwords.hash("correct horse"), await passwords.hash("correct horse")
    assert first != second
    assert await passwords.verify("correct horse", first)
    assert not await passwords.verify("wrong horse", first)


async def test_nobody_has_no_password(passwords: Passwords) -> None:
    assert not await passwords.verify("the password of nobody", None)


async def test_passwords_are_not_truncated(passwords: Passwords) -> None:
    hashed = await passwords.hash("A" * 127 + "B")
    assert not await passwords.verify("A" * 127 + "C", hashed)


async def test_the_default_profile_is_owasps(settings: Settings) -> None:
    defaults = Settings(_env_file=None, secret_key=settings.secret_key)
    assert "$m=19456,t=2,p=1$" in await Passwords(defaults).hash("correct horse")


def test_a_token_names_its_user(tokens: Tokens, key: str) -> None:
    token = tokens.issue(7)
    assert tokens.read(token) == 7
    issued = jwt.decode(token, key, algorithms=["HS256"])
    assert issued["sub"] == "7"
    assert issued["exp"] - issued["iat"] == 30 * 60


@pytest.mark.parametrize(
    "change",
    [
        {"sub": None},
        {"exp": None},
        {"iat": None},
        {"sub": ""},
        {"sub": "alice"},
        {"sub": "0"},
        {"sub": "-1"},
        {"sub": "2147483648"},
        {"sub": "9" * 100},
        {"exp": datetime(2020, 1, 1, tzinfo=UTC)},
        {"iat": datetime(2100, 1, 1, tzinfo=UTC)},
        {"exp": "never"},
    ],
    ids=str,
)
def test_claims_that_prove_nothing(tokens: Tokens, key: str, change: dict[str, Any]) -> None:
    with pytest.raises(InvalidTokenException):
        tokens.read(jwt.encode(claims(**change), key, algorithm="HS256"))


def test_a_number_is_no_subject(tokens: Tokens, key: str) -> None:
    part = base64.urlsafe_b64encode(json.dumps({"sub": 1, "iat": 0, "exp": 2**33}).encode()).rstrip(b"=")
    header = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=")
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(
        header + b"." + part, key.encode()
    )
    token = b".".join([header, part, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()
    with pytest.raises(InvalidTokenException):
        tokens.read(token)


def test_other_keys_and_algorithms(tokens: Tokens, key: str) -> None:
    for token in (
        jwt.encode(claims(), "another key of thirty-two bytes or so", algorithm="HS256"),
        jwt.encode(claims(), key * 2, algorithm="HS512"),
        jwt.encode(claims(), None, algorithm="none"),
    ):
        with pytest.raises(InvalidTokenException):
            tokens.read(token)


@pytest.mark.parametrize("token", ["", "a.b.c", "é.ü.ñ", "\x00", "." * 500, "A" * 100_000])
def test_what_is_no_token(tokens: Tokens, token: str) -> None:
    with pytest.raises(InvalidTokenException):
        tokens.read(token)


def test_a_header_nested_too_deeply(tokens: Tokens) -> None:
    header = base64.urlsafe_b64encode(b"[" * 50_000).decode()
    with pytest.raises(InvalidTokenException):
        tokens.read(f"{header}.e30.x")
