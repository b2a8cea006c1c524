"""Examples are valid, tagged, the same for the same seed, and obey what is given."""

import re

import pytest
from jsonschema import Draft4Validator, Draft202012Validator

from compliance.contract import understand
from compliance.contract.example import example
from compliance.contract.fields import is_password
from compliance.contract.patterns import in_python
from compliance.contract.resolve import Resolver
from tests.contract.documents import corpus, corpus_names, document, needs_corpus, obj, ref

SEED = "kit-1a2b3c"


def make(schema, overrides=None, fill_all=False, schemas=None):
    resolver = Resolver(document({}, schemas))
    return example(resolver, schema, seed_text=SEED, overrides=overrides, fill_all=fill_all)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "maxLength": 4},
        {"type": "string", "minLength": 40},
        {"type": "string", "pattern": "^[A-Z]{2}\\d{4}$"},
        {"type": "string", "pattern": "^\\+?[1-9]\\d{7,14}$"},
        {"type": "string", "pattern": "^#[0-9a-f]{6}$", "minLength": 7, "maxLength": 7},
        {"type": "string", "pattern": "^(?=.*[A-Z])(?=.*\\d).{8,}$"},
        {"type": "string", "pattern": "^[^\\x00]*[^\\s\\x00-\\x1f][^\\x00]*$"},
        *(
            {"type": "string", "format": name}
            for name in ("email", "uuid", "date", "ipv4", "ipv6", "uri", "date-time", "time")
        ),
        {"type": "string", "format": "email", "maxLength": 20},
        {"type": "integer"},
        {"type": "integer", "minimum": 7},
        {"type": "integer", "maximum": -3},
        {"type": "integer", "exclusiveMinimum": 0, "multipleOf": 5},
        {"type": "integer", "minimum": 10, "maximum": 14, "multipleOf": 7},
        {"type": "number", "exclusiveMinimum": 1, "exclusiveMaximum": 1.001},
        {"type": "number", "exclusiveMinimum": 0, "maximum": 0.5, "multipleOf": 0.01},
        {"type": "number", "minimum": 3, "example": 2},
        {"type": "boolean"},
        {"enum": [None, "a"]},
        {"const": 3},
        {"type": "array", "items": {"type": "string"}, "minItems": 3, "uniqueItems": True},
        {"type": "array", "items": {"enum": ["a", "b"]}, "minItems": 2, "uniqueItems": True},
        {"type": "object", "minProperties": 1, "additionalProperties": {"type": "integer"}},
        {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": "^\\d+$"}]},
        {"oneOf": [{"type": "null"}, obj("a", required=["a"]), obj("b", required=["b"])]},
        {"type": "object", "required": ["a"], "anyOf": [obj("a"), obj("b")]},
    ],
    ids=str,
)
@pytest.mark.parametrize("fill_all", [False, True])
def test_valid(schema, fill_all):
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    value = make(schema, fill_all=fill_all)
    assert [error.message for error in validator.iter_errors(value)] == []
    assert value == make(schema, fill_all=fill_all)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "number", "minimum": 5, "exclusiveMinimum": True}, 6),
        ({"type": "integer", "maximum": 0, "exclusiveMaximum": True}, -1),
        ({"type": "integer", "example": 42}, 42),
        ({"anyOf": [{"type": "number"}, {"type": "string"}]}, 1),
        ({"type": ["null", "string"]}, SEED),
        ({"type": "string", "format": "email"}, f"{SEED}@example.com"),
        ({"type": "string", "pattern": "\\p{L}+"}, SEED),
        ({"type": "string", "pattern": "^(?<name>a)$"}, SEED),
        ({}, SEED),
    ],
)
def test_exact(schema, expected):
    assert make(schema) == expected


ACCOUNT = {
    "type": "object",
    "required": ["email", "password", "id", "profile"],
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "email": {"type": "string"},
        "password": {"type": "string", "maxLength": 15},
        "profile": obj("name", "phone", "bio", required=["name", "phone"]),
        "note": {"type": "string"},
    },
}


@pytest.mark.parametrize(
    ("pattern", "read"),
    [
        ("^[\\p{L} '-]+$", "^[A-Za-z '-]+$"),
        ("^\\p{Lu}\\pL*$", "^[A-Z][A-Za-z]*$"),
        ("\\[\\p{Nd}\\]", "\\[[0-9]\\]"),
        ("^[a-z]\\d$", "^[a-z]\\d$"),
        ("(?<name>a)", None),
    ],
)
def test_patterns_of_other_languages(pattern, read):
    compiled = in_python(pattern)
    assert (compiled and compiled.pattern) == read


def test_letters_only():
    assert re.fullmatch("[A-Za-z ]+", make({"type": "string", "pattern": "^[\\p{L} ]+$"}))


def test_required_fields_only():
    value = make(ACCOUNT)
    assert set(value) == {"email", "password", "profile"}
    assert set(value["profile"]) == {"name", "phone"}
    assert value["email"] == f"{SEED}@example.com"
    assert value["profile"]["name"] == SEED
    assert re.fullmatch(r"\+\d{11}", value["profile"]["phone"])
    assert len(value["password"]) == 15
    assert is_password("password")


def test_all_fields():
    value = make(ACCOUNT, fill_all=True)
    assert set(value) == {"email", "password", "profile", "note"}


@pytest.mark.parametrize(
    ("overrides", "path", "expected"),
    [
        ({("email",): "a@b.example"}, ["email"], "a@b.example"),
        ({"email": "a@b.example"}, ["email"], "a@b.example"),
        ({("profile", "bio"): "B"}, ["profile", "bio"], "B"),
        ({"bio": "B"}, ["profile", "bio"], "B"),
        ({"note": None}, ["note"], None),
        ({("profile",): 3}, ["profile"], 3),
        ({"id": 7}, ["id"], 7),
        ({"is_admin": True}, ["is_admin"], True),
        ({("extra", "deep"): 1}, ["extra", "deep"], 1),
    ],
)
def test_overrides_win(overrides, path, expected):
    value = make(ACCOUNT, overrides)
    for name in path:
        value = value[name]
    assert value == expected


def test_the_whole_body_can_be_given():
    assert make(ACCOUNT, {(): [1]}) == [1]


def test_the_discriminator_tells_which_it_is():
    pets = {"Cat": obj("kind", "claws", required=["claws"]), "Dog": obj("kind")}
    schema = {
        "oneOf": [ref("Cat"), ref("Dog")],
        "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat"}},
    }
    assert make(schema, schemas=pets) == {"kind": "cat", "claws": SEED}


def test_other_seeds_make_other_values():
    resolver = Resolver({})
    bodies = [example(resolver, ACCOUNT, seed_text=seed) for seed in ("kit-1a", "kit-1b")]
    for way in (["email"], ["password"], ["profile", "phone"]):
        one, other = bodies
        for name in way:
            one, other = one[name], other[name]
        assert one != other


def readable(node):
    """The same without the patterns that Python cannot read (`\\pL`)."""
    if isinstance(node, list):
        return [readable(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {
        key: readable(value) for key, value in node.items() if not (key == "pattern" and "\\p" in str(value))
    }


@needs_corpus
@pytest.mark.parametrize("name", corpus_names())
def test_bodies_of_real_services_are_valid(name):
    raw = readable(corpus(name))
    contract = understand(raw)
    kind = Draft202012Validator if contract.openapi >= "3.1" else Draft4Validator
    for operation in contract.operations:
        if operation.body is None:
            continue
        schema = {key: value for key, value in operation.body.schema.items() if key != "discriminator"}
        schema = readable(schema) | {
            "components": raw.get("components", {}),
            "definitions": raw.get("definitions", {}),
        }
        for fill_all in (False, True):
            value = example(contract.resolver, operation.body.schema, seed_text=SEED, fill_all=fill_all)
            errors = [
                error.message for error in kind(schema, format_checker=kind.FORMAT_CHECKER).iter_errors(value)
            ]
            assert errors == [], (operation.label, value)


@pytest.mark.parametrize(
    ("name", "schema", "expected"),
    [
        ("email", {"type": "string"}, f"{SEED}@example.com"),
        ("country", {"type": "string", "maxLength": 2}, "US"),
        ("country", {"type": "string", "minLength": 3, "maxLength": 3}, "USA"),
        ("currency_code", {"type": "string", "pattern": "^[A-Z]{3}$"}, "EUR"),
        ("colour", {"type": "string"}, "#3366cc"),
        ("country_of_origin_note", {"type": "string"}, SEED),
        ("description", {"type": "string"}, SEED),
        ("price", {"type": "string", "pattern": r"^\d+\.\d{2}$"}, "10.00"),
        ("lat", {"type": "string"}, "52.5"),
        ("year", {"type": "integer"}, 2024),
        ("year", {"type": "integer", "maximum": 2000}, 1),
        ("avatar", {"type": "string"}, f"https://example.com/{SEED}"),
        ("birth_date", {"type": "string", "format": "date"}, "1990-01-15"),
        ("created_at", {"type": "string"}, "2030-01-15T12:00:00Z"),
        ("dueDate", {"type": "string"}, "2030-02-15"),
    ],
)
def test_names_tell_what_schemas_leave_open(name, schema, expected):
    assert make(obj() | {"required": [name], "properties": {name: schema}})[name] == expected


@pytest.mark.parametrize("form", ["date", "date-time", "time"])
def test_what_ends_comes_after_what_begins(form):
    fields = {
        name: {"type": "string", "format": form} for name in ("start", "end", "valid_from", "valid_until")
    }
    made = make({"type": "object", "required": list(fields), "properties": fields})
    assert made["start"] < made["end"]
    assert made["valid_from"] < made["valid_until"]
    assert made["start"] > "2026" or form == "time"


def test_a_text_for_an_id_is_one():
    made = make(
        {"type": "object", "required": ["device_uuid"], "properties": {"device_uuid": {"type": "string"}}}
    )
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", made["device_uuid"])


@pytest.mark.parametrize(
    "items",
    [
        {"type": "string", "format": "uuid"},
        {"type": "string", "format": "email"},
        {"type": "string", "pattern": "^[A-Z]{6}$"},
        {"type": "integer", "maximum": 1},
        {"type": "integer", "minimum": 0, "multipleOf": 5},
        {"type": "number", "multipleOf": 0.5},
    ],
    ids=str,
)
def test_items_that_must_differ_are_valid_all_the_same(items):
    schema = {"type": "array", "items": items, "minItems": 3, "uniqueItems": True}
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    assert [error.message for error in validator.iter_errors(make(schema))] == []
