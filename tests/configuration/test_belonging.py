"""What a file says of its own target is for nobody else: least of all the passwords of its users."""

from __future__ import annotations

import pytest

from compliance.contract.overrides import Overrides
from compliance.settings import Settings
from compliance.target.credentials import Credentials
from tests.configuration.folder import Folder

AWAY, HERE = "https://staging.example.org", "http://127.0.0.1:8000"
FILE = f"""\
target = "{AWAY}/api"
ca = "own.pem"
rate = 5
signing-key-env = "KEY"
[actors.alice]
username = "alice@example.org"
password-env = "PASS"
[actors.bob]
token-env = "KEY"
[login]
scheme = "Token"
[roles]
login = "POST /token"
[lists]
"GET /status" = false
[resources."/users"]
parameter = "user_id"
"""
NOTE = (
    f"compliance.toml is about {AWAY}/api and not about this target; "
    "left out of it: ca, signing-key-env, actors, login, roles, lists, resources"
)


@pytest.fixture(autouse=True)
def written(folder: Folder) -> None:
    folder.write(FILE)
    folder.environment = {"KEY": "hunter22", "PASS": "hunter23"}


def _of_the_file(settings: Settings) -> tuple[bool, ...]:
    return (
        bool(settings.credentials),
        bool(settings.signing_key),
        settings.presentation is not None,
        settings.overrides != Overrides(),
        settings.ca is not None,
    )


@pytest.mark.parametrize("url", [None, AWAY, "https://STAGING.example.org:443/v2"])
def test_at_the_origin_of_its_target_a_file_holds(folder: Folder, url: str | None):
    folder.options["--target-url"] = url
    assert all(_of_the_file(folder.settings()))
    assert folder.settings().notes == ()


@pytest.mark.parametrize(
    "option",
    [
        *({"--target-url": url} for url in (HERE, "http://staging.example.org", f"{AWAY}:8443", "https://[")),
        {"--target-app": "shop:app"},
    ],
)
def test_elsewhere_its_users_roles_and_keys_stay_at_home(folder: Folder, option: dict[str, str]):
    folder.options = option
    settings = folder.settings()
    assert not any(_of_the_file(settings))
    assert settings.rate == 5
    assert settings.notes == (NOTE,)


def test_a_target_of_the_environment_is_another_one_too(folder: Folder):
    folder.environment["COMPLIANCE_TARGET"] = HERE
    assert folder.settings().credentials == {}


def test_what_the_environment_says_is_meant_as_it_is(folder: Folder):
    folder.options["--target-url"] = HERE
    folder.environment |= {
        "COMPLIANCE_ALICE_USERNAME": "alice",
        "COMPLIANCE_ALICE_PASSWORD": "hunter24",
        "COMPLIANCE_ROLES_LOGIN": "POST /login",
    }
    settings = folder.settings()
    source = "COMPLIANCE_ALICE_USERNAME and COMPLIANCE_ALICE_PASSWORD"
    assert settings.credentials == {"alice": Credentials(source, "alice", "hunter24")}
    assert settings.overrides.roles == {"login": "POST /login"}


def test_half_a_login_says_where_the_other_half_went(folder: Folder):
    folder.options["--target-url"] = HERE
    folder.environment["COMPLIANCE_ALICE_PASSWORD"] = "hunter24"
    assert folder.complaint().startswith(
        "COMPLIANCE_ALICE_USERNAME is missing beside COMPLIANCE_ALICE_PASSWORD"
    )
    assert folder.complaint().endswith(NOTE)


def test_a_file_that_names_no_target_speaks_for_any(folder: Folder):
    folder.write(FILE.partition("\n")[2])
    folder.options["--target-url"] = HERE
    assert all(_of_the_file(folder.settings()))
