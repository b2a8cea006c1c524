"""The schema is the only place where keys are written down, so it has to be complete and true."""

from __future__ import annotations

import jsonschema
import pytest

from compliance.configuration.keys import Key, keys, schema
from fastapi_compliance_pytest import OPTIONS

NAMES = [key.name for key in keys()]


def test_it_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("key", keys(), ids=NAMES)
def test_a_key_is_told_in_full_and_its_example_fits(key: Key):
    assert set(key.schema) >= {"type", "description", "default", "examples"}
    for example in key.schema["examples"]:
        table = example
        for step in reversed(key.path):
            table = {step: table}
        jsonschema.validate(table, schema())


def test_keys_options_and_variables_belong_together():
    options = [key.option for key in keys() if key.option]
    assert sorted([*options, "--compliance-config"]) == sorted(OPTIONS)
    variables = [key.variable for key in keys() if key.variable]
    assert len(variables) == len(set(variables))
    assert {"COMPLIANCE_TARGET", "COMPLIANCE_PAGE_SIZE_MAXIMUM", "COMPLIANCE_SIGNING_KEY"} < set(variables)
    assert {f"COMPLIANCE_BOB_{part}" for part in ("USERNAME", "PASSWORD", "TOKEN", "KIND")} < set(variables)
    without = {key.name for key in keys() if not key.variable}
    usernames = {f"actors.{name}.username-env" for name in ("alice", "bob", "admin")}
    # The last two would look as if they held a secret, and hold the name of a field.
    assert without == {"lists", "resources", "source.layers", *usernames, "login.password", "login.token"}


def test_the_profiles_are_those_of_the_runner():
    assert tuple(schema()["properties"]["profile"]["enum"]) == ("standard", "strict", "read-only")
