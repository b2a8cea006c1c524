"""Hashes of passwords in texts: their written forms, and digests that are made anew from what was sent.

A form counts as a whole only, with its settings, salt and checksum of the right lengths: no number, id, key or price has
one. A plain digest looks like any other, and is recognised by its value alone.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from itertools import chain

_log = logging.getLogger(__name__)

_B64, _CRYPT = r"[A-Za-z0-9+/]", r"[./A-Za-z0-9]"
#: Every form by its name; what stands before and after it is neither letter nor digit.
_FORMS = {
    "bcrypt": rf"\$2[abxy]\$(?:0[4-9]|[12]\d|3[01])\${_CRYPT}{{53}}",
    "argon2": rf"\$argon2(?:id|i|d)\$(?:v=\d+\$)?m=\d+,t=\d+,p=\d+\${_B64}{{11,88}}\${_B64}{{16,88}}",
    "scrypt": rf"\$scrypt\$ln=\d+,r=\d+,p=\d+\${_B64}{{11,88}}\${_B64}{{16,88}}",
    "bcrypt_sha256": rf"\$bcrypt-sha256\$(?:v=2,t=2[ab],r=\d{{1,2}}|2[ab],\d{{1,2}})\${_CRYPT}{{22}}\${_CRYPT}{{31}}",
    "pbkdf2": rf"\$pbkdf2(?:-sha1|-sha256|-sha512)?\$\d+\${_CRYPT}{{8,88}}\${_CRYPT}{{20,88}}",
    "pbkdf2 of Django": rf"pbkdf2_sha(?:1|256)\$\d{{3,}}\$\w{{8,64}}\${_B64}{{27,43}}={{0,2}}",
    "scrypt of Django": rf"scrypt\$\w{{8,64}}\$\d+\$\d+\$\d+\${_B64}{{20,88}}={{0,2}}",
    "pbkdf2 of Werkzeug": r"pbkdf2:sha(?:1|224|256|384|512)(?::\d+)?\$\w{4,64}\$[0-9a-f]{40,128}",
    "scrypt of Werkzeug": r"scrypt:\d+:\d+:\d+\$\w{4,64}\$[0-9a-f]{128}",
    "sha512-crypt": rf"\$6\$(?:rounds=\d+\$)?{_CRYPT}{{1,16}}\${_CRYPT}{{86}}",
    "sha256-crypt": rf"\$5\$(?:rounds=\d+\$)?{_CRYPT}{{1,16}}\${_CRYPT}{{43}}",
    "md5-crypt": rf"\$(?:1|apr1)\${_CRYPT}{{1,8}}\${_CRYPT}{{22}}",
    "phpass": rf"\$[PH]\${_CRYPT}{{31}}",
    "yescrypt": rf"\$y\${_CRYPT}{{3,8}}\${_CRYPT}{{8,86}}\${_CRYPT}{{43}}",
}
_HASH = re.compile(
    r"(?<![A-Za-z0-9./$+])(?:"
    + "|".join(f"(?P<f{number}>{form})" for number, form in enumerate(_FORMS.values()))
    + r")(?![A-Za-z0-9./+])"
)
_NAMES = tuple(_FORMS)
_ALGORITHMS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "blake2b")
_LENGTHS = sorted({hashlib.new(name, usedforsecurity=False).digest_size for name in _ALGORITHMS})
#: A digest in hexadecimal or base64, whatever it is of.
_DIGEST = re.compile(
    r"(?<![A-Za-z0-9+/_=-])(?:[0-9A-Fa-f]{32,128}|[A-Za-z0-9+/_-]{22,88}={0,2})(?![A-Za-z0-9+/_=-])"
)


def hashes_in(text: str) -> Iterator[tuple[str, str]]:
    """Every hash of a known form, as (name of the form, hash)."""
    if "$" not in text:
        return
    for hit in _HASH.finditer(text.replace("\\/", "/")):
        yield _NAMES[int((hit.lastgroup or "f0")[1:])], hit[0]


def fits(form: str, value: str, passwords: Iterable[str]) -> bool | None:
    """Whether a hash is of one of these passwords; None where nothing at hand can tell."""
    check = _CHECKS.get(form)
    if check is None:
        return None
    try:
        return any(check(value, password) for password in passwords)
    except Exception as failure:  # settings that are too large, or a library that is not there
        _log.debug("a hash could not be tried: %s", type(failure).__name__)
        return None


def digests(password: str, salts: Iterable[str]) -> Iterator[tuple[bytes, str]]:
    """Plain digests of a password, alone and with a salt on either side, each with its name."""
    salted = (
        one
        for salt in salts
        for one in (f"{salt}{password}", f"{password}{salt}", f"{salt}:{password}", f"{password}:{salt}")
    )
    for text, what in chain([(password, "")], ((one, "salted ") for one in salted)):
        for name in _ALGORITHMS:
            yield (
                hashlib.new(name, text.encode("utf-8", "replace"), usedforsecurity=False).digest(),
                f"{what}{name}",
            )


def raw_digests_in(text: str) -> Iterator[bytes]:
    """What may be a digest in a text, as bytes."""
    for hit in _DIGEST.finditer(text):
        word = hit[0]
        for decode in (bytes.fromhex, _from_base64):
            try:
                raw = decode(word)
            except (ValueError, binascii.Error):
                continue
            if len(raw) in _LENGTHS:
                yield raw


def _from_base64(word: str) -> bytes:
    plain = word.rstrip("=").replace("-", "+").replace("_", "/")
    return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)


def _is_bcrypt(value: str, password: str) -> bool:
    return bool(import_module("bcrypt").checkpw(password.encode()[:72], value.encode()))


def _is_argon2(value: str, password: str) -> bool:
    library = import_module("argon2")
    try:
        return bool(library.PasswordHasher().verify(value, password))
    except library.exceptions.VerifyMismatchError:
        return False


def _is_scrypt(value: str, password: str) -> bool:
    _, _, settings, salt, checksum = value.split("$")
    told = dict(part.split("=") for part in settings.split(","))
    made = _scrypt(
        password,
        _from_base64(salt),
        2 ** int(told["ln"]),
        int(told["r"]),
        int(told["p"]),
        len(_from_base64(checksum)),
    )
    return made == _from_base64(checksum)


def _is_pbkdf2(value: str, password: str) -> bool:
    _, kind, rounds, salt, checksum = value.replace(".", "+").split("$")
    algorithm = kind.partition("-")[2] or "sha1"
    made = hashlib.pbkdf2_hmac(algorithm, password.encode(), _from_base64(salt), int(rounds))
    return made == _from_base64(checksum)


def _is_djangos_pbkdf2(value: str, password: str) -> bool:
    kind, rounds, salt, checksum = value.split("$")
    made = hashlib.pbkdf2_hmac(kind.partition("_")[2], password.encode(), salt.encode(), int(rounds))
    return made == _from_base64(checksum)


def _is_djangos_scrypt(value: str, password: str) -> bool:
    _, salt, n, r, p, checksum = value.split("$")
    return _scrypt(password, salt.encode(), int(n), int(r), int(p), 64) == _from_base64(checksum)


def _is_werkzeugs_pbkdf2(value: str, password: str) -> bool:
    settings, salt, checksum = value.split("$")
    _, algorithm, *rounds = settings.split(":")
    made = hashlib.pbkdf2_hmac(algorithm, password.encode(), salt.encode(), int((*rounds, "150000")[0]))
    return made.hex() == checksum


def _is_werkzeugs_scrypt(value: str, password: str) -> bool:
    settings, salt, checksum = value.split("$")
    _, n, r, p = settings.split(":")
    return _scrypt(password, salt.encode(), int(n), int(r), int(p), 64).hex() == checksum


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int, length: int) -> bytes:
    most = 256 * n * r * p
    return hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, maxmem=most, dklen=length)


_CHECKS: dict[str, Callable[[str, str], bool]] = {
    "bcrypt": _is_bcrypt,
    "argon2": _is_argon2,
    "scrypt": _is_scrypt,
    "pbkdf2": _is_pbkdf2,
    "pbkdf2 of Django": _is_djangos_pbkdf2,
    "scrypt of Django": _is_djangos_scrypt,
    "pbkdf2 of Werkzeug": _is_werkzeugs_pbkdf2,
    "scrypt of Werkzeug": _is_werkzeugs_scrypt,
}
