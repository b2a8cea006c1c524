"""Which line of the repository a subject is sent to."""

from __future__ import annotations

import json

import pytest

from compliance.report.placing import inside, places, repository
from compliance.result import Place

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": 'a "{" and paths: {', "description": "/users:\n  get:"},
    "components": {"paths": {"/users": {"get": {}}}},
    "paths": {
        "/users": {"summary": "get", "get": {"x": [{"get": 1}]}, "post": {}},
        '/a"b\\/{id}': {"delete": {}},
        "/empty": {},
        "/odd": None,
    },
}
YAML = """\
# a comment
openapi: 3.1.0
components:
  paths:
    /users: {get: {}}
paths:
  /users:
    parameters: []
    get: &one
      summary: |
        /users:
          post:
    post: *one
  "/items/{id}": {delete: {}}
"""
SUBJECTS = ("GET /users", "POST /users", "/users", "DELETE /users", 'DELETE /a"b\\/{id}', "service")


@pytest.fixture
def root(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / "README.md").touch()
    return tmp_path


def of(root, text, subjects=SUBJECTS, name="openapi.json"):
    file = root / "docs" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, "utf-8")
    return places(subjects, root, openapi=file)


def stands(text, subject, place):
    """Whether the line of that place is where the document has the operation's own key."""
    key = subject.split()[0].lower() if " " in subject else subject
    return f'"{key}"' in text.splitlines()[place.line - 1]


@pytest.mark.parametrize("how", [{"indent": 2}, {"indent": "\t"}, {"indent": 0}])
def test_operations_of_json_have_their_lines(root, how):
    text = json.dumps(DOCUMENT, **how)
    found = of(root, text)
    assert set(found) == {"GET /users", "POST /users", "/users", 'DELETE /a"b\\/{id}', "service"}
    assert {place.file for place in found.values()} == {"docs/openapi.json"}
    assert all(stands(text, subject, place) for subject, place in found.items() if subject != "service")
    assert found["/users"].line < found["GET /users"].line < found["POST /users"].line
    assert found["/users"].line > text.splitlines().index(next(t for t in text.splitlines() if "paths" in t))


def test_a_document_in_one_line(root):
    assert {place.line for place in of(root, json.dumps(DOCUMENT)).values()} == {1}


def test_operations_of_yaml_have_their_lines(root):
    found = of(root, YAML, (*SUBJECTS, "DELETE /items/{id}"), "api.yml")
    lines = {subject: place.line for subject, place in found.items()}
    assert lines == {"service": 1, "/users": 7, "GET /users": 9, "POST /users": 13, "DELETE /items/{id}": 14}


def test_a_base_path_that_the_document_does_not_repeat(root):
    text = json.dumps(
        {"paths": {"/users": {"get": {}}, "/v1/users": {"get": {}}, "/": {"get": {}}}}, indent=1
    )
    found = of(
        root, text, ("GET /api/users", "GET /api/v1/users", "/api/users", "PUT /api/users", "GET /api/x")
    )
    lines = text.splitlines()
    at = {subject: lines[place.line - 1 - (" " in subject)].strip() for subject, place in found.items()}
    assert at == {
        "GET /api/users": '"/users": {',
        "GET /api/v1/users": '"/v1/users": {',
        "/api/users": '"/users": {',
    } | {"service": at["service"]}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "{]",
        "[]",
        "null",
        '{"paths": 3}',
        '{"paths": {"/users": {"get"',
        "a: [",
        "- x",
        "\0",
        "[" * 5000,
        '{"a":' * 5000,
    ],
)
@pytest.mark.parametrize("name", ["openapi.json", "openapi.yaml"])
def test_a_document_that_cannot_be_read_is_a_place_all_the_same(root, text, name):
    assert of(root, text, name=name)["service"] == Place(f"docs/{name}", 1)


def test_without_a_document_the_target_of_the_configuration(root):
    own, shared = root / "compliance.toml", root / "pyproject.toml"
    own.write_text('# target = 1\nseed = 3\ntarget = "http://x"\n')
    assert places((), root, configuration=own) == {"service": Place("compliance.toml", 3)}
    own.write_text("seed = 3\n")
    assert places((), root, configuration=own) == {"service": Place("compliance.toml", 1)}
    shared.write_text('[project]\ntarget = 1\n\n[tool.compliance]\napp = "a:b"\n')
    assert places((), root, configuration=shared) == {"service": Place("pyproject.toml", 5)}
    shared.write_text("[project]\n\n[tool.compliance]\nseed = 1\n")
    assert places((), root, configuration=shared) == {"service": Place("pyproject.toml", 3)}


def test_without_either_the_readme_and_without_that_nothing(root):
    assert places(("GET /users",), root, openapi=root / "missing.json") == {"service": Place("README.md", 1)}
    (root / "README.md").unlink()
    assert places((), root) == {}


def test_what_lies_outside_the_repository_is_no_place(root, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "openapi.json"
    elsewhere.write_text("{}")
    assert inside(elsewhere, root) is None
    assert places((), root, openapi=elsewhere, configuration=elsewhere) == {"service": Place("README.md", 1)}


def test_the_repository_is_the_nearest_that_holds_git(root, tmp_path_factory):
    deep = root / "a" / "b"
    deep.mkdir(parents=True)
    assert repository(deep) == root
    (root / "a" / ".git").write_text("gitdir: elsewhere")
    assert repository(deep) == root / "a"
    assert inside(deep / "c", repository(deep)) == "b/c"
