"""Mistakes that people make: each is said in a line that names the file and the key, and what to do."""

from __future__ import annotations

import pytest

from tests.configuration.folder import Folder

ACTOR = "[actors.alice]\n"
MISTAKES = {
    "a typing error": ('tagret = "http://127.0.0.1:1"', "unknown key tagret; did you mean target?"),
    "an underscore": ("allow_writes = true", "unknown key allow_writes; did you mean allow-writes?"),
    "the name of the option": ('target-url = "x"', "unknown key target-url; did you mean target?"),
    "another option": (
        'compliance-profile = "strict"',
        "unknown key compliance-profile; did you mean profile?",
    ),
    "something quite different": ("quick = 1", "unknown key quick; the keys are target, app, openapi, "),
    "the table of pyproject.toml": (
        "[tool.compliance]\nseed = 1",
        "stand at its top, not under [tool.compliance]",
    ),
    "a key after a table": (
        f'{ACTOR}username-env = "USER"\ntarget = "x"',
        "target stands under [actors.alice]; it belongs before the first [table]",
    ),
    "an actor that there is not": (
        "[actors.carol]",
        "unknown key actors.carol; the keys of [actors] are alice, bob",
    ),
    "a layer that is none": (
        '[source.layers]\nfoo = ["x"]',
        "source.layers.foo is not one of models, repositories, services, api",
    ),
    "a list that is none": ('[lists]\n"POST /x" = false', 'lists."POST /x" is not of the form "GET /users"'),
    "a list that is true": ('[lists]\n"GET /x" = true', 'lists."GET /x" = true is neither a table nor false'),
    "a key of a list": (
        '[lists."GET /x"]\nsizes = "n"',
        'unknown key lists."GET /x".sizes; did you mean size?',
    ),
    "a resource": (
        '[resources."/x"]\nread = "/x/{id}"',
        'resources."/x".read = "/x/{id}" is not of the form "GET',
    ),
    "a number in quotes": ('timeout = "30"', 'timeout = "30" is not a number, for instance 60'),
    "a number that is none": ("timeout = inf", 'timeout = "inf" is not a number'),
    "a date": ("seed = 2020-01-01", 'seed = "2020-01-01" is not a whole number'),
    "truth as a number": ("seed = true", "seed = true is not a whole number"),
    "one where many may stand": (
        'reports = "json:x"',
        'reports = "json:x" is not a list, for instance ["json:result.json"]',
    ),
    "a standstill": ("rate = 0", "rate = 0 is not more than 0: give more, for instance 10"),
    "pages of nothing": ("page-size-maximum = 0", "page-size-maximum = 0 is less than 1"),
    "pages of more than a run makes": (
        "page-size-maximum = 2000",
        "page-size-maximum = 2000 is more than 1000",
    ),
    "a password in the URL": (
        'target = "http://me:hunter22@127.0.0.1:1"',
        "compliance.toml: target holds a password: take it out",
    ),
    "a number without end": (f"seed = {'9' * 5000}", "compliance.toml is not TOML: "),
    "a list without end": (f"seed = {'[' * 5000}", "compliance.toml is not TOML: "),
    "nothing": ('target = ""', 'target = "" is empty: leave it out'),
    "an unknown profile": (
        'profile = "stict"',
        'profile = "stict" is unknown: it is one of standard, strict, read-only; did you mean strict?',
    ),
    "a role without a method": (
        '[roles]\nlogin = "/token"',
        'login = "/token" is not of the form "POST /auth/token"',
    ),
    "a URL without scheme": ('target = "127.0.0.1:8000"', ": target=127.0.0.1:8000 is not a URL of the web"),
    "two targets": (
        'target = "http://127.0.0.1:1"\napp = "a:b"',
        ": target or compliance.toml: app, not both",
    ),
    "a password": (
        f'{ACTOR}password = "hunter22"',
        "actors.alice.password is a secret, which no file holds: write",
    ),
    "a token": (f'{ACTOR}Token = "hunter22"', "write token-env with the name of the environment variable"),
    "a signing key": ('signing_key = "hunter22"', "write signing-key-env with the name of the environment"),
    "a password for a name": (
        f'{ACTOR}username = "a"\npassword-env = "hunter22!"',
        "actors.alice.password-env is not the name of a variable: write the name",
    ),
    "a password that looks like a name": (
        f'{ACTOR}username = "a"\npassword-env = "hunter22"',
        "actors.alice.password-env names a variable, which is not set: export it",
    ),
    "a variable that is not set": (
        f'{ACTOR}username = "a"\npassword-env = "SHOP_PASSWORD"',
        "actors.alice.password-env names $SHOP_PASSWORD, which is not set: export it",
    ),
    "no password": (
        f'{ACTOR}username = "a"',
        "COMPLIANCE_ALICE_PASSWORD is missing beside actors.alice.username in compliance.toml: set it, or name another",
    ),
    "two usernames": (
        f'{ACTOR}username = "a"\nusername-env = "HOME"\npassword-env = "HOME"',
        "actors.alice.username and username-env: give one of them",
    ),
    "a token and a login": (
        f'{ACTOR}username = "a"\npassword-env = "HOME"\ntoken-env = "HOME"',
        "alice has a token (HOME) and a login (actors.alice.username in compliance.toml): give one of them",
    ),
    "a login that is said to be a token": (
        f'{ACTOR}username = "a"\npassword-env = "HOME"\nkind = "token"',
        "actors.alice.kind wants a token: name its variable by token-env",
    ),
    "a token that is said to log in": (
        f'{ACTOR}token-env = "HOME"\nkind = "login"',
        "actors.alice.kind wants a username and a password, not a token",
    ),
    "a header of nobody": (
        f'{ACTOR}header = "X-Key"',
        "actors.alice.header wants a token or a login beside it",
    ),
    "a header and a cookie": (
        f'{ACTOR}token-env = "HOME"\nheader = "X-Key"\ncookie = "sid"',
        "actors.alice.cookie stands beside a header or a scheme: give one of them",
    ),
    "no TOML": ("target = ", "compliance.toml is not TOML: Invalid value (at end of document)"),
    "no TOML in line 2": ("seed = 1\n[actors", "is not TOML: Expected ']' at the end of a table"),
}


@pytest.mark.parametrize(("text", "message"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_said_in_one_line(folder: Folder, text: str, message: str):
    folder.environment["HOME"] = "hunter22"
    folder.write(text)
    said = folder.complaint()
    assert message in said
    assert "compliance.toml" in said
    assert "\n" not in said
    assert "hunter22" not in said


def test_many_mistakes_are_said_at_once(folder: Folder):
    folder.write("sed = 1\nrat = 2\n")
    assert [line.rpartition(" ")[2] for line in folder.complaint().splitlines()] == ["seed?", "rate?"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "[tool.compliance]\ntagret = 1",
            "pyproject.toml [tool.compliance]: unknown key tagret; did you mean target?",
        ),
        (
            "[tool.compliance]\nseed = 'x'",
            'pyproject.toml [tool.compliance]: seed = "x" is not a whole number',
        ),
        ("[tool]\ncompliance = 1", "pyproject.toml: tool.compliance is not a table: write [tool.compliance]"),
        ("[tool", "pyproject.toml is not TOML: "),
    ],
)
def test_a_mistake_in_pyproject_toml(folder: Folder, content: str, message: str):
    folder.write(content, "pyproject.toml")
    assert folder.complaint().startswith(message)


def test_bytes_that_are_no_text(folder: Folder):
    folder.write("").write_bytes(b'target = "\xff"')
    assert folder.complaint() == "compliance.toml is not UTF-8: byte 10"


OTHERS = {
    "a rate": ({"COMPLIANCE_RATE": "fast"}, {}, "COMPLIANCE_RATE=fast is not a number, for instance 10"),
    "a truth": ({"COMPLIANCE_ALLOW_WRITES": "si"}, {}, "COMPLIANCE_ALLOW_WRITES=si is not true or false"),
    "a profile": ({"COMPLIANCE_PROFILE": "Strict"}, {}, "COMPLIANCE_PROFILE=Strict is unknown"),
    "a list": (
        {"COMPLIANCE_STANDARDS": "a b"},
        {},
        'COMPLIANCE_STANDARDS=a b is not of the form "acme.api_standard"',
    ),
    "a target": (
        {"COMPLIANCE_TARGET": "localhost:80"},
        {},
        "for instance COMPLIANCE_TARGET=http://localhost:80",
    ),
    "a seed": ({}, {"--compliance-seed": "x"}, "--compliance-seed=x is not a whole number, for instance 7"),
    "no URL": ({}, {"--target-url": ""}, "--target-url is empty: leave it out, or give one"),
    "half a login": (
        {"COMPLIANCE_BOB_USERNAME": "b"},
        {},
        "COMPLIANCE_BOB_PASSWORD is missing beside COMPLIANCE_BOB",
    ),
    "a misspelt variable": (
        {"COMPLIANCE_PROFIL": "read-only"},
        {},
        "$COMPLIANCE_PROFIL is no setting; did you mean $COMPLIANCE_PROFILE?",
    ),
    "a misspelt secret": (
        {"COMPLIANCE_ALICE_PASWORD": "hunter22"},
        {},
        "$COMPLIANCE_ALICE_PASWORD is no setting; did you mean $COMPLIANCE_ALICE_PASSWORD?",
    ),
    "a variable named as the option": (
        {"COMPLIANCE_TARGET_URL": "http://127.0.0.1:1"},
        {},
        "$COMPLIANCE_TARGET_URL is no setting; did you mean $COMPLIANCE_TARGET?",
    ),
    "no file": ({"COMPLIANCE_CONFIG": "x.toml"}, {}, "COMPLIANCE_CONFIG=x.toml: there is no such file"),
    "no such file": (
        {},
        {"--compliance-config": "y.toml"},
        "--compliance-config=y.toml: there is no such file",
    ),
    "nothing": (
        {},
        {},
        "say what to judge: --target-url=http://127.0.0.1:8000, --target-app=MODULE:APP or --target-source=DIR, or target",
    ),
}


@pytest.mark.parametrize(("environment", "options", "message"), OTHERS.values(), ids=OTHERS.keys())
def test_a_mistake_elsewhere(
    folder: Folder, environment: dict[str, str], options: dict[str, str], message: str
):
    folder.environment, folder.options = environment, options
    assert message in folder.complaint()


@pytest.mark.parametrize("name", ["TEAM", "LEVEL", "OFFICER", "MODE", "TOKEN"])
def test_a_stranger_among_the_variables_is_noted_and_harms_nobody(folder: Folder, name: str):
    folder.environment = {f"COMPLIANCE_{name}": "x", "COMPLIANCE_TARGET": "http://127.0.0.1:1"}
    settings = folder.settings()
    settings.check()
    assert settings.notes == (f"$COMPLIANCE_{name} is no setting",)


@pytest.mark.parametrize("environment", [{"COMPLIANCE_PROFIL": ""}, {"COMPLIANCE_ALICE_PASS": "x"}])
def test_a_variable_that_is_empty_or_named_by_the_file_is_no_slip(
    folder: Folder, environment: dict[str, str]
):
    folder.write('[actors.alice]\nusername = "a"\npassword-env = "COMPLIANCE_ALICE_PASS"')
    folder.environment = {"COMPLIANCE_ALICE_PASS": "y", **environment}
    assert folder.settings().notes == ()
