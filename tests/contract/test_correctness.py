"""What is wrong with a document, and what only looks so."""

from __future__ import annotations

import copy

import pytest

from compliance.contract import correctness
from compliance.traffic.form import deviation

RIGHT = {
    "openapi": "3.1.0",
    "info": {"title": "a", "version": "1"},
    "security": [{"bearer": []}],
    "paths": {
        "/things/{id}": {
            "parameters": [{"$ref": "#/components/parameters/Id"}],
            "get": {
                "operationId": "read",
                "responses": {"200": {"description": "it", "content": {"application/json": {"schema": {}}}}},
            },
        }
    },
    "components": {
        "parameters": {"Id": {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}},
        "schemas": {
            "Example": {"example": {"$ref": "#/not/a/reference"}, "$ref": "#/components/schemas/Other"}
        },
        "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
    },
}
RIGHT["components"]["schemas"] = {"Example": {"type": "object", "example": {"$ref": "#/not/a/reference"}}}


def kinds(document):
    return [kind for kind, _ in correctness.faults(document)]


def test_a_right_document_has_no_fault():
    assert kinds(RIGHT) == []
    assert deviation(RIGHT) is None


def changed(change):
    document = copy.deepcopy(RIGHT)
    change(document, document["paths"]["/things/{id}"])
    return document


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda _, item: item["get"].update(security=[{"other": []}]), correctness.UNKNOWN_SCHEME),
        (lambda _, item: item.update(put=dict(item["get"])), correctness.SAME_ID),
        (lambda _, item: item.update(parameters=[]), correctness.UNDECLARED),
        (lambda doc, _: doc["components"]["parameters"]["Id"].update(required=False), correctness.OPTIONAL),
        (
            lambda doc, item: doc["paths"].update({"/other": {**item, "get": {"responses": {}}}}),
            correctness.NOT_IN_PATH,
        ),
        (lambda _, item: item["parameters"].append(dict(item["parameters"][0])), correctness.TWICE),
        (
            lambda doc, _: doc["components"]["schemas"].update(A={"$ref": "#/components/schemas/Gone"}),
            correctness.NO_TARGET,
        ),
    ],
)
def test_each_fault_is_found(change, kind):
    assert kind in kinds(changed(change))


def test_a_parameter_in_another_file_may_be_any():
    document = changed(lambda _, item: item.update(parameters=[{"$ref": "parameters.yaml#/Id"}]))
    assert kinds(document) == []


def test_the_form_is_that_of_the_version():
    assert deviation(changed(lambda doc, _: doc["info"].pop("version")))
    assert deviation({"swagger": "2.0", "info": {"title": "a", "version": "1"}, "paths": {}}) is None
    assert deviation({"openapi": "3.0.3", "info": {"title": "a", "version": "1"}, "paths": {}}) is None
    assert deviation({"openapi": "3.0.3", "info": {"title": "a", "version": "1"}})


def test_an_address_in_a_document_may_be_relative():
    flow = {"type": "oauth2", "flows": {"password": {"tokenUrl": "/login", "scopes": {}}}}
    assert deviation(changed(lambda doc, _: doc["components"]["securitySchemes"].update(o=flow))) is None
