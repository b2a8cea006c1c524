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
