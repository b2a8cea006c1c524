"""What the name of a field tells: password, identifier, privileged, secret."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from compliance.contract.paths import normal, vocabulary, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance.contract.model import Body, FieldPath, Schema
    from compliance.contract.resolve import Resolver

_PASSWORD = re.compile(
    r"(password|passwd|passwort|passphrase|pwd|kennwort|senha|contrasen(i?a)?|clave|motdepasse|parola|wachtwoord|haslo"
    r"|losenord|sifre|katasandi)[12]?$|^pass$|^pw$"
)
#: Words that make another thing of a password: a hash, a flag, a repetition, a change.
_OTHER = vocabulary(
    "hashed encrypted crypted has is no new old current previous reset forgot change temp temporary "
    "nova novo nueva nuevo nouveau actual atual antiga ancien"
)
_REPEATED = vocabulary(
    "confirm confirmation confirmed repeat repeated again verify verification retype re second"
)
#: In the order of likelihood that somebody logs in with it.
_IDENTIFIERS = (
    *("email", "username", "login", "useremail", "emailaddress", "mail", "user", "userid", "loginname"),
    *("phone", "phonenumber", "mobile", "name", "handle", "identifier"),
)
_HASH = vocabulary(
    "hashed hash encrypted crypted crypt digest salt plain raw user current old new temp temporary"
)
_SECRETS = vocabulary(
    "passhash pwhash salt hashedpw pinhash secrethash totpsecret otpsecret mfasecret twofactorsecret "
    "privatekey secretkey clientsecret recoverycode recoverycodes securityanswer signingkey encryptionkey"
)
_PRIVILEGED = vocabulary(
    "superuser admin administrator staff root superadmin moderator verified active enabled disabled "
    "blocked banned locked emailverified approved owner role roles roleid roleids permission permissions "
    "scope scopes group groups privilege privileges usertype accesslevel plan tier balance credit credits "
    "quota status tenantid orgid organizationid ownerid userid createdby hashedpassword passwordhash id "
    "uuid createdat updatedat deletedat created updated datejoined lastlogin version"
)


def is_password(name: str) -> bool:
    """A field that takes the password itself, not its repetition, its hash or its successor."""
    return bool(_PASSWORD.search(normal(name))) and not _is_repetition(name) and not set(words(name)) & _OTHER


def is_password_again(name: str) -> bool:
    """A field that takes the password a second time."""
    parts = words(name)
    rest = "".join(word for word in parts if word not in _REPEATED)
    return _is_repetition(name) and bool(_PASSWORD.search(rest)) and not set(parts) & _OTHER


def is_identifier(name: str) -> bool:
    """A field that may name an account at login."""
    return normal(name) in _IDENTIFIERS


def is_privileged(name: str) -> bool:
    """A field that no ordinary client may set: rights, ownership, the account's state, times."""
    parts = words(name)
    return normal(name) in _PRIVILEGED or (
        len(parts) > 1 and parts[0] in ("is", "has") and "".join(parts[1:]) in _PRIVILEGED
    )


def is_stored_password(name: str) -> bool:
    """A field that no answer may contain because it is a password, in the clear, hashed or salted."""
    shape = normal(name)
    return is_secret(name) and any(
        word in shape for word in ("pass", "pwd", "pwhash", "hashedpw", "senha", "contrasena")
    )


def is_secret(name: str) -> bool:
    """A field that no answer may contain: a password in any shape, a key, the seed of a second factor."""
    if normal(name) in _SECRETS:
        return True
    rest = [word for word in words(name) if word not in _HASH | _REPEATED]
    return bool(_PASSWORD.search("".join(rest))) and len(rest) == 1


def body_fields(resolver: Resolver, body: Body | None) -> Iterator[tuple[FieldPath, Schema]]:
    """The fields that a body takes, and those of the one or two objects that wrap them (`{"user": {…}}`).

    What is only answered (`readOnly`) is no part of it, though many documents have one schema for both.
    """
    if body is None or resolver.type_of(body.schema) == "array":
        return iter(())
    wrapped = len(resolver.properties(body.schema)) <= 2
    fields = resolver.walk(body.schema, depth=2 if wrapped else 1)
    return ((path, schema) for path, schema in fields if schema.get("readOnly") is not True)


def password_field(resolver: Resolver, body: Body | None) -> FieldPath | None:
    """The field that takes the password: by its name, else by its format."""
    fields = [
        (path, schema) for path, schema in body_fields(resolver, body) if schema.get("type") != "boolean"
    ]
    named = [path for path, _ in fields if is_password(path[-1])]
    shown = [
        path for path, schema in fields if schema.get("format") == "password" and not is_secret(path[-1])
    ]
    plain = [path for path in shown if not _is_repetition(path[-1])]
    return next(iter([*named, *plain, *_misspelled(fields)]), None)


def _misspelled(fields: list[tuple[FieldPath, Schema]]) -> Iterator[FieldPath]:
    """Where one field wants the password again, the one that is called nearly the same takes it (`passsword`)."""
    names = {normal(path[-1]): path for path, _ in fields}
    again = [path[-1] for path, _ in fields if is_password_again(path[-1])]
    for name in again:
        wanted = "".join(word for word in words(name) if word not in _REPEATED)
        for near in get_close_matches(wanted, [n for n in names if n != normal(name)], 1, 0.85):
            yield names[near]


def passwords_again(resolver: Resolver, body: Body | None) -> tuple[FieldPath, ...]:
    """The fields that want the password once more."""
    return tuple(path for path, _ in body_fields(resolver, body) if is_password_again(path[-1]))


def identifier_fields(resolver: Resolver, body: Body | None) -> tuple[FieldPath, ...]:
    """The fields that may name the account, the likeliest first; an e-mail format is as good as a name."""
    ranked: list[tuple[int, FieldPath]] = []
    for path, schema in body_fields(resolver, body):
        if is_identifier(path[-1]) and resolver.type_of(schema) != "object":
            ranked.append((_IDENTIFIERS.index(normal(path[-1])), path))
        elif schema.get("format") == "email":
            ranked.append((len(_IDENTIFIERS), path))
    return tuple(path for _, path in sorted(ranked, key=lambda one: one[0]))


def _is_repetition(name: str) -> bool:
    return bool(set(words(name)) & _REPEATED) or normal(name).endswith("password2")
