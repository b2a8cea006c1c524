"""Who is logged in with what: secrets come from the environment alone."""

from __future__ import annotations

import pytest

from compliance.target.credentials import Credentials, Presentation
from tests.configuration.folder import Folder

SECRETS = {"USER": "u", "PASS": "secret-p", "TOKEN": "secret-t", "KEY": "secret-k"}
PLACE = "in compliance.toml"
GIVEN = {
    "names of variables": (
        'username-env = "USER"\npassword-env = "PASS"',
        {},
        Credentials("USER and PASS", "u", "secret-p"),
    ),
    "a plain username": (
        'username = "alice"\npassword-env = "PASS"',
        {},
        Credentials(f"actors.alice.username {PLACE} and PASS", "alice", "secret-p"),
    ),
    "the usual variable beside the file": (
        'username = "alice"',
        {"COMPLIANCE_ALICE_PASSWORD": "secret-x"},
        Credentials(f"actors.alice.username {PLACE} and COMPLIANCE_ALICE_PASSWORD", "alice", "secret-x"),
    ),
    "the usual variable before the file": (
        'username-env = "USER"\npassword-env = "NOT_SET"',
        {"COMPLIANCE_ALICE_PASSWORD": "secret-x", "COMPLIANCE_ALICE_USERNAME": "x"},
        Credentials("COMPLIANCE_ALICE_USERNAME and COMPLIANCE_ALICE_PASSWORD", "x", "secret-x"),
    ),
    "basic": (
        'username-env = "USER"\npassword-env = "PASS"\nkind = "basic"',
        {},
        Credentials("USER and PASS", "u", "secret-p", basic=True),
    ),
    "a login with a scheme": (
        'username-env = "USER"\npassword-env = "PASS"\nscheme = "Token"',
        {},
        Credentials("USER and PASS", "u", "secret-p", presentation=Presentation(scheme="Token")),
    ),
    "a login as all others": (
        'username-env = "USER"\npassword-env = "PASS"\n[login]\nscheme = "Token"',
        {},
        Credentials("USER and PASS", "u", "secret-p", presentation=Presentation(scheme="Token")),
    ),
    "a token": ('token-env = "TOKEN"', {}, Credentials("TOKEN", token="secret-t")),
    "a token of the usual variable": (
        "",
        {"COMPLIANCE_ALICE_TOKEN": "secret-x"},
        Credentials("COMPLIANCE_ALICE_TOKEN", token="secret-x"),
    ),
    "a token before a login of the file": (
        'username = "alice"\npassword-env = "PASS"',
        {"COMPLIANCE_ALICE_TOKEN": "secret-x"},
        Credentials("COMPLIANCE_ALICE_TOKEN", token="secret-x"),
    ),
    "an API key": (
        'token-env = "TOKEN"\nheader = "X-API-Key"\nkind = "token"',
        {},
        Credentials("TOKEN", token="secret-t", presentation=Presentation("X-API-Key", "")),
    ),
    "a header with a scheme": (
        'token-env = "TOKEN"\nheader = "X-Auth"\nscheme = "Key"',
        {},
        Credentials("TOKEN", token="secret-t", presentation=Presentation("X-Auth", "Key")),
    ),
    "a cookie": (
        'token-env = "TOKEN"\ncookie = "sid"',
        {},
        Credentials("TOKEN", token="secret-t", presentation=Presentation(cookie="sid")),
    ),
    "nothing": ("", {}, None),
}


@pytest.mark.parametrize(("text", "more", "expected"), GIVEN.values(), ids=GIVEN.keys())
def test_an_actor_comes_with(folder: Folder, text: str, more: dict[str, str], expected: Credentials | None):
    folder.write(f"[actors.alice]\n{text}")
    folder.environment = SECRETS | more
    settings = folder.settings()
    assert settings.grants().credentials == ({"alice": expected} if expected else {})
    assert "secret" not in repr(settings) + repr(settings.grants()) + repr(folder.configuration())


def test_the_signing_key(folder: Folder):
    folder.environment = {**SECRETS, "COMPLIANCE_SIGNING_KEY": "secret-x"}
    assert folder.settings().grants().signing_key == "secret-x"
    folder.write('signing-key-env = "KEY"')
    assert folder.settings().grants().signing_key == "secret-x"
    del folder.environment["COMPLIANCE_SIGNING_KEY"]
    assert folder.settings().grants().signing_key == "secret-k"
    folder.environment.clear()
    assert folder.complaint().startswith("compliance.toml: signing-key-env names $KEY, which is not set")


BAD_BYTES, LINES = "\udcff\udcfehunter22", "hunter22\n"
LOGIN = {"COMPLIANCE_ALICE_USERNAME": "a", "COMPLIANCE_ALICE_PASSWORD": "hunter22"}
NOT_TO_BE_SENT = {
    "bytes in a password": (LOGIN | {"COMPLIANCE_ALICE_PASSWORD": BAD_BYTES}, "is no text: it holds bytes"),
    "bytes in a username": (LOGIN | {"COMPLIANCE_ALICE_USERNAME": BAD_BYTES}, "is no text: it holds bytes"),
    "bytes in a token": ({"COMPLIANCE_ALICE_TOKEN": BAD_BYTES}, "is no text: it holds bytes"),
    "bytes in a key": ({"COMPLIANCE_SIGNING_KEY": BAD_BYTES}, "is no text: it holds bytes"),
    "bytes in a setting": ({"COMPLIANCE_PROFILE": BAD_BYTES}, "is no text: it holds bytes"),
    "bytes in a list": ({"COMPLIANCE_EXCLUDE": BAD_BYTES}, "is no text: it holds bytes"),
    "a line break in a token": ({"COMPLIANCE_ALICE_TOKEN": LINES}, "holds a line break, which no header can"),
    "a space behind a token": ({"COMPLIANCE_ALICE_TOKEN": "hunter22 "}, "ends with a space"),
    "a currency in a token": ({"COMPLIANCE_ALICE_TOKEN": "hunter22€"}, "holds a character that no header"),
    "a space in a header": (LOGIN | {"COMPLIANCE_ALICE_HEADER": "X Key"}, "no name of a header or a cookie"),
    "a sign in a cookie": (LOGIN | {"COMPLIANCE_ALICE_COOKIE": "a=b"}, "no name of a header or a cookie"),
    "a line break in a scheme": (LOGIN | {"COMPLIANCE_ALICE_SCHEME": "Bearer\nX"}, "holds a line break"),
    "a header of everybody": ({"COMPLIANCE_LOGIN_HEADER": "X:"}, "no name of a header or a cookie"),
}


@pytest.mark.parametrize(("environment", "words"), NOT_TO_BE_SENT.values(), ids=NOT_TO_BE_SENT.keys())
def test_what_cannot_be_sent_is_said_by_the_name_of_its_variable(
    folder: Folder, environment: dict[str, str], words: str
):
    folder.environment = environment
    said = folder.complaint()
    assert any(said.startswith(f"{name} ") for name in environment)
    assert words in said
    assert "\n" not in said
    assert "hunter22" not in said
    assert said.isprintable()


def test_any_text_may_be_a_password(folder: Folder):
    folder.environment = LOGIN | {"COMPLIANCE_ALICE_PASSWORD": " pässwörd €\n"}
    assert folder.settings().credentials["alice"].password == " pässwörd €\n"
