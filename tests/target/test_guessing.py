"""Which secrets are found under a token, and which tokens can be made then."""

from __future__ import annotations

import base64

import pytest

from compliance.catalogue import NotApplicable, Untested
from compliance.target import guessing
from compliance.target.forging import Token, sign, take_apart
from compliance.target.guessing import guess, known
from compliance.target.keys import Keys
from compliance.target.secrets import Secrets

STRONG = b"nothing that anybody would ever put into a list"


def taken(key: bytes, algorithm: str = "HS256") -> Token:
    token = take_apart(sign({}, {"sub": "1"}, key, algorithm))
    assert token is not None
    return token


def issued(key: bytes, algorithm: str = "HS256") -> str:
    return ".".join(taken(key, algorithm).parts)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "secret",
        "SECRET_KEY",
        "your_secret_key",
        "yoursecretkey",
        "Changeme123",
        "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
        "super secret key",
        "correct horse battery staple",
    ],
)
def test_what_everybody_knows_is_found(key: str) -> None:
    assert guess(taken(key.encode())).key == key.encode()


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_the_name_of_the_service_is_tried_in_its_usual_forms(algorithm: str) -> None:
    for key in (b"pet-shop-secret", b"PETSHOP_SECRET_KEY".replace(b"PETSHOP", b"PET_SHOP"), b"PetShopJwtKey"):
        found = guess(taken(key, algorithm), ["Pet shop"])
        assert (found.key, found.source) == (key, "the name of the service")


def test_a_strong_secret_is_not_found_and_everything_was_tried() -> None:
    found = guess(taken(STRONG), ["Pet shop"])
    assert found.key is None
    assert found.whole
    assert found.tried > len(known()) > 10_000


def test_the_search_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guessing, "LONGEST", 0.0)
    found = guess(taken(STRONG))
    assert not found.whole
    assert found.tried == 1000


@pytest.mark.parametrize(
    "given",
    [
        STRONG.decode(),
        base64.b64encode(STRONG).decode(),
        base64.urlsafe_b64encode(STRONG).decode(),
        STRONG.hex(),
    ],
)
def test_a_given_key_may_be_written_in_another_way(given: str) -> None:
    mint = Keys(given, Secrets()).mint(issued(STRONG))
    again = take_apart(mint.make({"nbf": 1}, without=["sub"]))
    assert again is not None
    assert again.claims == {"nbf": 1}
    assert again.signed_by(STRONG)


def test_a_key_that_is_none_is_said_to_be_none() -> None:
    with pytest.raises(Untested, match="does not sign"):
        Keys("another key", Secrets()).mint(issued(STRONG))
    with pytest.raises(NotApplicable):
        Keys("another key", Secrets()).mint("opaque")


def test_a_key_that_was_found_serves_and_is_not_shown() -> None:
    secrets = Secrets()
    keys = Keys("", secrets)
    assert not keys.had
    keys.search(issued(b"your-secret-key"), [])
    assert keys.had
    assert keys.mint(issued(b"your-secret-key")).key == b"your-secret-key"
    assert "your-secret-key" not in secrets.redact("it is your-secret-key")


@pytest.mark.parametrize("word", [b"secret", b"1", b"password"])
def test_a_common_word_is_not_given_away_by_a_hole_in_its_place(word: bytes) -> None:
    secrets = Secrets()
    Keys("", secrets).search(issued(word), [])
    assert secrets.redact(f"the {word.decode()} of a service") == f"the {word.decode()} of a service"


def test_tokens_that_are_not_signed_ones_want_no_key() -> None:
    keys = Keys("", Secrets())
    keys.search("an-opaque-token", [])
    assert keys.had
