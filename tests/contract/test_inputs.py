"""What the fields of a body are, and the reason for each."""

import pytest

from compliance.contract import understand
from compliance.contract.inputs import inputs_of
from tests.contract.documents import document, takes

TAKEN = {"409": {"description": "A project with this code already exists"}}


def inputs(properties, required=(), identifier=None, responses=None):
    schema = {"type": "object", "properties": properties, "required": list(required)}
    contract = understand(
        document({"/a": {"post": {"requestBody": takes(schema), "responses": responses or {}}}})
    )
    found = inputs_of(contract.operations[0], contract.resolver, identifier)
    return {".".join(one.path): one for one in found}


@pytest.mark.parametrize(
    ("name", "schema", "expected"),
    [
        ("email", {"type": "string"}, {"unique"}),
        ("contact", {"type": "string", "format": "email"}, {"unique"}),
        ("ref", {"type": "string", "description": "Must be unique."}, {"unique"}),
        ("code", {"type": "string"}, {"unique"}),
        ("label", {"type": "string"}, {"unique"}),
        ("title", {"type": "string"}, set()),
        ("is_admin", {"type": "boolean"}, {"privileged"}),
        ("balance", {"type": "number"}, {"privileged"}),
        ("owner_id", {"type": "integer"}, {"owner", "privileged"}),
        ("authorId", {"type": "integer"}, {"owner"}),
        ("password", {"type": "string"}, {"secret"}),
        ("ssn", {"type": "string"}, {"secret"}),
        ("key", {"type": "string", "format": "password"}, {"secret"}),
        ("has_password", {"type": "boolean"}, set()),
    ],
)
def test_fields(name, schema, expected):
    field = inputs({name: schema}, identifier="label", responses=TAKEN)[name]
    assert set(field.reasons) == expected
    assert all(field.reasons.values())


def test_required_and_wrapped():
    user = {"type": "object", "properties": {"email": {}, "bio": {}}, "required": ["email"]}
    fields = inputs({"user": user}, required=["user"])
    assert [name for name, one in fields.items() if one.required] == ["user", "user.email"]
    assert not any(one.required for one in inputs({"user": user}).values())


def test_what_is_only_answered_is_no_input():
    assert list(inputs({"id": {"readOnly": True}, "name": {}}, required=["id", "name"])) == ["name"]
