"""What is no OpenAPI document is refused with advice; what wants to hurt ends quickly."""

import time

import pytest

from compliance.contract import ContractError, understand
from compliance.contract.example import example
from tests.contract.documents import answers, document, ref, takes


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ([], "is an array, not an object"),
        (None, "is null, not an object"),
        ("<html>", "is a text, not an object"),
        ({}, "begins with nothing"),
        ({"detail": "Not Found"}, "begins with 'detail'"),
        ({"openapi": "4.0.0", "paths": {}}, "follows OpenAPI 4.0.0"),
        ({"swagger": "1.2", "paths": {}}, "follows OpenAPI 1.2"),
        ({"openapi": "3.1.0"}, "'paths' is missing"),
        ({"openapi": "3.1.0", "paths": []}, "'paths' is an array"),
        ({"openapi": "3.1.0", "paths": {"/a": None}}, "path '/a' of the document is null"),
    ],
)
def test_what_is_no_document(wrong, complaint):
    with pytest.raises(ContractError, match=complaint):
        understand(wrong)


@pytest.mark.parametrize("version", ["3.0.0", "3.0.4", "3.1.0", "3.1.1", "3.2.0", 3.1])
def test_versions(version):
    assert understand({"openapi": version, "paths": {}}).openapi == str(version)


def test_swagger_as_a_number():
    assert understand({"swagger": 2.0, "paths": {}}).openapi == "2.0"


def nested(kind, depth=3000):
    schema = {"type": "string"}
    for _ in range(depth):
        schema = {
            "allOf": lambda s: {"allOf": [s]},
            "anyOf": lambda s: {"anyOf": [s, {"type": "null"}]},
            "items": lambda s: {"type": "array", "items": s, "minItems": 1},
            "properties": lambda s: {"type": "object", "required": ["x"], "properties": {"x": s}},
        }[kind](schema)
    return schema


def chain(make, length=30):
    return {f"A{number}": make(f"A{number + 1}") for number in range(length)}


def wide(names, to, required):
    return {
        "type": "object",
        "properties": {n: ref(to) for n in names},
        "required": list(names) if required else [],
    }


HOSTILE = {
    "a reference to itself": (ref("A0"), {"A0": ref("A0")}),
    "two references in a circle": (ref("A0"), {"A0": ref("A1"), "A1": ref("A0")}),
    "allOf of itself": (ref("A0"), {"A0": {"allOf": [ref("A0"), ref("A0")]}}),
    "an optional of itself": (ref("A0"), {"A0": {"anyOf": [ref("A0"), {"type": "null"}]}}),
    "allOf that multiplies": (ref("A0"), chain(lambda name: {"allOf": [ref(name)] * 10})),
    "allOf with siblings that multiplies": (
        ref("A0"),
        chain(lambda name: {"allOf": [{**ref(name), "title": "T"}] * 10}),
    ),
    "anyOf that multiplies": (ref("A0"), chain(lambda name: {"anyOf": [ref(name)] * 10})),
    "fields that multiply": (ref("A0"), chain(lambda name: wide("abcdefghij", name, required=True))),
    "required of itself": (ref("A0"), {"A0": wide("abcdefghij", "A0", required=True)}),
    "wide": (ref("A0"), {"A0": wide([f"f{n}" for n in range(500)], "A0", required=False)}),
    **{f"deep {kind}": (nested(kind), {}) for kind in ("allOf", "anyOf", "items", "properties")},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_schemas_end_quickly(name):
    schema, schemas = HOSTILE[name]
    operations = {"get": {"responses": answers(schema)}, "post": {"requestBody": takes(schema)}}
    started = time.monotonic()
    contract = understand(document({"/a": operations, "/a/{id}": operations}, schemas))
    for fill_all in (False, True):
        example(contract.resolver, contract.operations[1].body.schema, seed_text="kit", fill_all=fill_all)
    assert time.monotonic() - started < 5


def test_what_has_the_wrong_type_is_passed_over():
    wrong = {
        "openapi": "3.0.0",
        "info": 7,
        "servers": {"a": 1},
        "components": [],
        "paths": {
            "/a": {
                "get": {"parameters": [1, None, {"name": 3, "in": "query"}], "responses": [], "tags": "x"},
                "post": {"requestBody": 5, "security": 5},
                "put": [],
            }
        },
    }
    assert [operation.label for operation in understand(wrong).operations] == ["GET /a", "POST /a"]
