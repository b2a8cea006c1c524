"""Command line, environment, file, default: the first that says something wins, and remembers that it did."""

from __future__ import annotations

import pytest

from compliance.settings import POLITE_RATE, Settings
from compliance.target.credentials import Presentation
from tests.configuration.folder import Folder

HERE, AWAY = "http://127.0.0.1:8000", "https://staging.example.org"


def test_each_layer_gives_way_to_the_one_before(folder: Folder):
    assert folder.configuration().values["seed"].origin == "default"
    assert folder.settings().seed == 0
    folder.write("seed = 1")
    assert folder.given()["seed"] == (1, "compliance.toml")
    folder.environment["COMPLIANCE_SEED"] = "2"
    assert folder.given()["seed"] == (2, "$COMPLIANCE_SEED")
    folder.options["--compliance-seed"] = "3"
    assert folder.given()["seed"] == (3, "--compliance-seed")
    assert folder.settings().seed == 3


def test_what_a_layer_leaves_open_the_next_one_says(folder: Folder):
    folder.write(
        'target = "http://127.0.0.1:8000/"\nrate = 5\nallow-writes = true\n[roles]\nlogin = "POST /a"\nme = ""'
    )
    folder.environment = {
        "COMPLIANCE_RATE": "2.5",
        "COMPLIANCE_ROLES_LOGIN": "POST /b",
        "COMPLIANCE_TIMEOUT": "",
    }
    folder.options = {"--compliance-profile": "strict"}
    settings = folder.settings()
    assert (settings.url, settings.profile, settings.allow_writes) == (HERE, "strict", True)
    connection = settings.connection(HERE)
    assert (connection.rate, connection.timeout) == (2.5, 30)
    assert settings.overrides.roles == {"login": "POST /b", "me": ""}


@pytest.mark.parametrize(
    ("text", "value"), [("yes", True), ("TRUE", True), ("1", True), ("0", False), ("off", False)]
)
def test_truth_in_the_environment(folder: Folder, text: str, value: bool):
    folder.write(f"allow-destructive = {'false' if value else 'true'}")
    folder.environment["COMPLIANCE_ALLOW_DESTRUCTIVE"] = text
    assert folder.settings().allow_destructive is value


def test_a_list_is_replaced_as_a_whole(folder: Folder):
    folder.write('reports = ["json:a", "json:b"]\ninclude = ["/api/*"]')
    folder.environment = {"COMPLIANCE_REPORTS": "json:c, json:d,", "COMPLIANCE_EXCLUDE": "/api/x"}
    settings = folder.settings()
    assert settings.reports == ("json:c", "json:d")
    assert (settings.overrides.include, settings.overrides.exclude) == (("/api/*",), ("/api/x",))


def test_a_nearer_application_takes_the_place_of_a_target_and_the_other_way_round(folder: Folder):
    folder.write(f'target = "{HERE}"')
    folder.options["--target-app"] = "shop:app"
    assert (folder.settings().url, folder.settings().app) == ("", "shop:app")
    folder.write('app = "shop:app"')
    folder.options = {"--target-url": HERE}
    assert (folder.settings().url, folder.settings().app) == (HERE, "")


def test_tables_with_names_of_the_service_reach_the_contract_as_they_are(folder: Folder):
    folder.write(
        '[lists]\n"GET /status" = false\n[lists."GET /users"]\nstyle = "cursor"\nmaximum = 50\n'
        '[resources."/users"]\nparameter = "user_id"\n[login]\nscheme = ""\ntoken = "user.token"'
    )
    overrides = folder.settings().overrides
    assert overrides.lists == {"GET /status": False, "GET /users": {"style": "cursor", "maximum": 50}}
    assert overrides.resources == {"/users": {"parameter": "user_id"}}
    assert overrides.login == {"token": "user.token"}
    assert folder.settings().grants().presentation == Presentation(scheme="")


def test_nothing_configured_is_nothing_overridden(folder: Folder):
    assert folder.settings().overrides == Settings().overrides


def test_a_rate_that_is_given_holds_everywhere(folder: Folder):
    assert folder.settings().connection(AWAY).rate == POLITE_RATE
    folder.environment["COMPLIANCE_RATE"] = "200"
    assert folder.settings().connection(AWAY).rate == folder.settings().connection(HERE).rate == 200


def test_consent_in_a_file_is_about_the_target_of_that_file(folder: Folder):
    folder.write(f'target = "{AWAY}/api"\nallow-writes = true')
    folder.settings().check()
    folder.options["--target-url"] = "https://STAGING.example.org:443/v2"
    folder.settings().check()
    folder.options["--target-url"] = "http://staging.example.org/api"
    assert "is not on this machine" in folder.complaint()
    folder.options["--target-url"] = "https://production.example.org"
    assert "production.example.org is not on this machine: say --allow-writes" in folder.complaint()
    folder.options["--allow-writes"] = True
    folder.settings().check()


def test_consent_in_a_file_without_a_target_is_about_any(folder: Folder):
    folder.write("allow-writes = true")
    folder.options["--target-url"] = AWAY
    folder.settings().check()


def test_consent_to_an_application_is_none_to_a_host(folder: Folder):
    folder.write('app = "shop:app"\nallow-writes = true')
    assert folder.settings().allow_writes
    folder.options["--target-url"] = AWAY
    assert "is not on this machine" in folder.complaint()


@pytest.mark.parametrize(
    ("file", "options", "refused"),
    [
        ("", {"--allow-writes": True, "--compliance-profile": "read-only"}, True),
        ('profile = "read-only"', {"--allow-writes": True}, True),
        ('profile = "read-only"\nallow-writes = true', {}, True),
        ("allow-writes = true", {"--compliance-profile": "read-only"}, False),
    ],
)
def test_consent_and_the_profile_read_only_contradict_each_other_unless_the_profile_came_later(
    folder: Folder, file: str, options: dict[str, object], refused: bool
):
    folder.write(file)
    folder.options = {"--target-url": HERE, **options}
    if refused:
        assert "contradict each other: give one of them" in folder.complaint()
    else:
        folder.settings().check()
        assert not folder.settings().writes
