"""Hashes of passwords: which texts are one, whose it is, and the many texts that only look alike."""

from __future__ import annotations

import base64
import hashlib
import random
import secrets
import uuid

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from compliance.target.hashes import digests, fits, hashes_in, raw_digests_in

PASSWORD = "Zk9!a-password-of-the-tests"
SALT = b"0123456789abcdef"


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def scrypted(salt: bytes, length: int = 64) -> bytes:
    return hashlib.scrypt(PASSWORD.encode(), salt=salt, n=16, r=8, p=1, dklen=length)


def pbkdf2(name: str = "sha256", salt: bytes = SALT) -> bytes:
    return hashlib.pbkdf2_hmac(name, PASSWORD.encode(), salt, 1000)


KNOWN = {
    "argon2": Argon2Hasher(memory_cost=8, time_cost=1, parallelism=1).hash(PASSWORD),
    "scrypt": f"$scrypt$ln=4,r=8,p=1${b64(SALT).rstrip('=')}${b64(scrypted(SALT, 32)).rstrip('=')}",
    "pbkdf2": f"$pbkdf2-sha256$1000${b64(SALT).rstrip('=').replace('+', '.')}${b64(pbkdf2()).rstrip('=').replace('+', '.')}",
    "pbkdf2 of Django": f"pbkdf2_sha256$1000${SALT.decode()}${b64(pbkdf2())}",
    "scrypt of Django": f"scrypt${SALT.decode()}$16$8$1${b64(scrypted(SALT))}",
    "pbkdf2 of Werkzeug": f"pbkdf2:sha256:1000${SALT.decode()}${pbkdf2().hex()}",
    "scrypt of Werkzeug": f"scrypt:16:8:1${SALT.decode()}${scrypted(SALT).hex()}",
}
OTHERS = {
    "bcrypt": "$2b$12$" + "abcdefghijklmnopqrstuv" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ01234",
    "sha512-crypt": "$6$rounds=5000$salt$" + "a" * 86,
    "sha256-crypt": "$5$salt$" + "a" * 43,
    "md5-crypt": "$1$salt$" + "a" * 22,
    "phpass": "$P$B" + "a" * 30,
}


@pytest.mark.parametrize("form", KNOWN)
def test_a_hash_is_recognised_and_told_whose_it_is(form: str):
    assert list(hashes_in(f'{{"detail": "row ({KNOWN[form]})"}}')) == [(form, KNOWN[form])]
    assert fits(form, KNOWN[form], ["another", PASSWORD]) is True
    assert fits(form, KNOWN[form], ["another"]) is False


@pytest.mark.parametrize("form", OTHERS)
def test_a_hash_that_nothing_at_hand_can_verify_is_recognised_too(form: str):
    assert list(hashes_in(f'"{OTHERS[form]}"')) == [(form, OTHERS[form])]


def test_slashes_may_be_escaped_as_some_json_has_them():
    value = "$2b$12$" + "abcdefghijklmnopqrstu/" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123/"

    assert [found for _, found in hashes_in(value.replace("/", "\\/"))] == [value]


@pytest.mark.parametrize(
    "text",
    [
        "$2a$",
        "costs $2b$12$ and more",
        "?$top=5&$skip=6",
        "ssh-rsa AAAAB3NzaC1yc2E",
        "$1$2$3",
        "{$P$}",
        "$6$x$y",
    ],
)
def test_what_only_begins_like_a_hash_is_none(text: str):
    assert list(hashes_in(text)) == []


def test_no_text_that_an_api_answers_is_taken_for_a_hash_or_a_digest_of_a_password():
    chance = random.Random(7)
    made = {raw for raw, _ in digests(PASSWORD, ["alice@example.com"])}
    for _ in range(3000):
        raw = chance.randbytes(chance.choice([16, 20, 32, 64]))
        text = chance.choice(
            [raw.hex(), b64(raw), str(uuid.UUID(bytes=raw[:16])), f"$2{raw.hex()}", f"sha256-{b64(raw)}"]
        )
        assert list(hashes_in(text)) == []
        assert not made & set(raw_digests_in(text))


@pytest.mark.parametrize("name", ["md5", "sha1", "sha256", "sha512", "blake2b"])
@pytest.mark.parametrize("text", [PASSWORD, f"alice{PASSWORD}", f"{PASSWORD}:alice"])
def test_a_plain_digest_is_made_anew_with_what_was_sent_beside_it(name: str, text: str):
    made = dict(digests(PASSWORD, ["alice"]))
    raw = hashlib.new(name, text.encode()).digest()

    for written in (
        raw.hex(),
        raw.hex().upper(),
        b64(raw),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
    ):
        found = [made[one] for one in raw_digests_in(f'{{"x": "{written}"}}') if one in made]
        assert found == [name if text == PASSWORD else f"salted {name}"]


def test_a_hash_with_settings_beyond_reason_is_not_tried():
    value = f"scrypt:{2**40}:8:1${secrets.token_hex(8)}${'0' * 128}"

    assert fits("scrypt of Werkzeug", value, [PASSWORD]) is None
