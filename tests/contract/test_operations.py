"""Operations come out alike from every version of OpenAPI."""

import pytest

from compliance.contract import understand
from compliance.contract.servers import base_path_of
from tests.contract.documents import answers, document, obj, ref, takes


def only(paths, **more):
    (operation,) = understand(document(paths, **more)).operations
    return operation


@pytest.mark.parametrize(
    ("own", "of_document", "expected"),
    [
        ([{"bearer": []}], None, True),
        (None, [{"bearer": []}], True),
        ([], [{"bearer": []}], False),
        ([{"bearer": []}, {}], None, None),
        (None, None, None),
        ([{}], [{"bearer": []}], None),
    ],
)
def test_security(own, of_document, expected):
    operation = {"responses": {}} | ({} if own is None else {"security": own})
    more = {} if of_document is None else {"security": of_document}
    assert only({"/a": {"get": operation}}, **more).guarded is expected


def test_a_required_authorization_header_is_a_guard():
    header = {"name": "Authorization", "in": "header", "required": True, "schema": {"type": "string"}}
    assert only({"/a": {"get": {"parameters": [header]}}}).guarded is True


def test_parameters_of_the_path_are_inherited_and_replaced():
    common = [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
        {"name": "q", "in": "query", "schema": {"type": "string"}},
    ]
    own = [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}]
    operation = only({"/a/{id}": {"parameters": common, "get": {"parameters": own}}})
    assert [(p.name, p.location, p.schema["type"]) for p in operation.parameters] == [
        ("id", "path", "integer"),
        ("q", "query", "string"),
    ]
    assert operation.path_parameters == ("id",)


def test_body_and_answer_keep_the_name_of_their_schema():
    post = {"requestBody": takes(ref("Thing")), "responses": answers(ref("Thing"), "201")}
    operation = only(
        {"/things": {"post": post}}, components={"schemas": {"Thing": obj("name", required=["name"])}}
    )
    assert operation.body.name == operation.success.name == "Thing"
    assert operation.body.required
    assert operation.body.is_json
    assert list(operation.body.schema["properties"]) == ["name"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (["application/xml", "application/json"], "json"),
        (["application/merge-patch+json"], "json"),
        (["application/x-www-form-urlencoded"], "form"),
    ],
)
def test_json_is_preferred(content, expected):
    media = {one: {"schema": {"title": "json" if "json" in one else "form"}} for one in content}
    operation = only({"/a": {"post": {"requestBody": {"content": media}}}})
    assert operation.body.schema["title"] == expected
    assert operation.body.media_types == tuple(content)


def swagger(operation, **more):
    return understand({"swagger": "2.0", "paths": {"/a": {"post": operation}}, **more}).operations[0]


def test_swagger_body():
    body = {"name": "body", "in": "body", "required": True, "schema": {"$ref": "#/definitions/A"}}
    operation = swagger(
        {"parameters": [body], "responses": {200: {"schema": {"type": "array", "items": {}}}}},
        definitions={"A": obj("name")},
        basePath="/v2",
    )
    assert operation.path == "/v2/a"
    assert operation.body.name == "A"
    assert operation.body.is_json
    assert operation.success.schema["type"] == "array"


def test_swagger_form():
    fields = [
        {"name": "name", "in": "formData", "type": "string", "required": True},
        {"name": "limit", "in": "query", "type": "integer", "maximum": 9},
    ]
    operation = swagger({"parameters": fields})
    assert operation.body.media_types == ("application/x-www-form-urlencoded",)
    assert operation.body.schema["required"] == ["name"]
    assert operation.query("limit").schema == {"type": "integer", "maximum": 9}


@pytest.mark.parametrize(
    ("servers", "base"),
    [
        ([], ""),
        ([{"url": "/api/v1/"}], "/api/v1"),
        ([{"url": "https://example.com/api"}], ""),
        ([{"url": "https://example.com"}, {"url": "/"}], ""),
        ([{"url": "/{v}", "variables": {"v": {"default": "v2"}}}], "/v2"),
        ([{"url": "/{v}"}], ""),
        ([{"url": "http://[broken"}], ""),
        ("nonsense", ""),
    ],
)
def test_base_path(servers, base):
    found = document({"/a": {"get": {}}}, servers=servers)
    assert base_path_of(found) == base
    assert understand(found).operations[0].path == f"{base}/a"
    assert understand(found, "given/").operations[0].path == "/given/a"
