"""What is no OpenAPI document is refused with advice; what wants to hurt ends quickly."""

import sys
import time

import pytest

from benchmarks.documents import document as services
from compliance.contract import ContractError, understand
from compliance.contract.example import example
from tests.contract.documents import OBJECT, answers, document, ref, takes


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


def shared(kind, width=10, depth=20):
    """One object at very many places, as an alias of YAML makes it."""
    schema = {"type": "object", "properties": {"x": {}}}
    for _ in range(depth):
        schema = {kind: [schema] * width}
    return schema


def inside_itself():
    schema = {"allOf": []}
    schema["allOf"] += [schema, schema]
    return schema


def very_wide(count=100_000):
    return {"type": "object", "properties": {f"f{n}": {"type": "string"} for n in range(count)}}


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
    "one allOf at a million places": (shared("allOf"), {}),
    "one anyOf at a million places": (shared("anyOf"), {}),
    "an object inside itself": (inside_itself(), {}),
    "very wide": (ref("A0"), {"A0": very_wide()}),
    "allOf of very many": (
        {"allOf": [ref(f"A{n}") for n in range(2000)]},
        {f"A{n}": wide([f"f{n}_{m}" for m in range(50)], "A0", required=False) for n in range(2000)},
    ),
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


def calls(made):
    """How many functions are called until the document is understood."""
    count = 0

    def counting(frame, event, argument):
        nonlocal count
        count += event == "call"

    sys.setprofile(counting)
    try:
        understand(made)
    finally:
        sys.setprofile(None)
    return count


def alike(count):
    """Resources and lists that all answer one schema, each to be told from each other."""
    many, one = {"type": "array", "items": ref("Row")}, answers(ref("Row"))
    paths = {}
    for number in range(count):
        paths[f"/a/b{number}/{{id}}"] = {"get": {"responses": one}, "delete": {}}
        paths[f"/a/c{number}"] = {"get": {"responses": answers(many)}}
    return document(paths, {"Row": OBJECT})


@pytest.mark.parametrize("make", [services, alike])
def test_the_cost_grows_with_the_document_and_not_with_its_square(make):
    assert calls(make(2000)) < 12 * calls(make(200))


def test_a_path_of_very_many_segments():
    assert len(understand(document({"/" + "a/" * 20_000: {"get": {}}})).operations) == 1


def test_what_serves_the_document_is_no_part_of_what_anybody_reads_of_it():
    content = {"application/vnd.oai.openapi": {"schema": {"type": "object"}}}
    serving = {"get": {"responses": {"200": {"description": "-", "content": content}}}}
    contract = understand(document({"/schema": serving, "/things": {"get": {"responses": {}}}}))
    assert [operation.label for operation in contract.operations] == ["GET /things"]
    assert list(contract.document["paths"]) == ["/things"]
