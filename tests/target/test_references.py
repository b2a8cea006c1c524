"""References that leave the document: followed beside it, never to another host or out of its folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from compliance.contract import understand
from compliance.target.connection import Connection
from compliance.target.document import Document, find_document
from compliance.target.errors import TargetError
from compliance.target.references import FETCHED, NOWHERE
from tests.target.web import BASE, Web, as_json


def with_schema(schema: Any, **more: Any) -> dict[str, Any]:
    answer = {"200": {"content": {"application/json": {"schema": schema}}}}
    return {"openapi": "3.1.0", "info": {}, "paths": {"/a": {"get": {"responses": answer}}}, **more}


def at(reference: str, **more: Any) -> dict[str, Any]:
    return with_schema({"$ref": reference}, **more)


def found(web: Web, document: dict[str, Any], **parts: Any) -> Document:
    web.pages = {f"/api/{name}.json": as_json(content) for name, content in parts.items()}
    web.pages["/api/openapi.json"] = as_json(document)
    return find_document(Connection(BASE), f"{BASE}/api/openapi.json")


def schema_of(document: Document) -> Any:
    return understand(document.content).operations[0].responses["200"].schema


USER = {"type": "object", "properties": {"id": {"type": "integer"}}}


@pytest.mark.parametrize(
    ("reference", "part"),
    [
        ("user.json", USER),
        (f"{BASE}/api/user.json", USER),
        ("/api/user.json#/definitions/User", {"definitions": {"User": USER}}),
        ("user.json#/definitions/A", {"definitions": {"A": {"$ref": "#/definitions/B"}, "B": USER}}),
        ("user.json#/a~1b/0", {"a/b": [USER]}),
    ],
)
def test_a_reference_at_the_same_origin_is_brought_in(web: Web, reference: str, part: Any) -> None:
    document = found(web, at(reference), user=part)
    assert schema_of(document)["properties"] == USER["properties"]
    assert document.notes == ()
    assert web.paths == ["/api/openapi.json", "/api/user.json"]


def test_parts_refer_to_each_other_to_the_document_and_in_circles(web: Web) -> None:
    document = found(
        web,
        at("a.json#/one", components={"schemas": {"User": USER}}),
        a={"one": {"allOf": [{"$ref": "b.json"}, {"$ref": "openapi.json#/components/schemas/User"}]}},
        b={
            "properties": {
                "name": {"type": "string"},
                "loose": {"$ref": "#/components/schemas/User"},
                "up": {"$ref": "a.json#/one"},
            }
        },
    )
    assert set(schema_of(document)["properties"]) == {"id", "name", "loose", "up"}
    assert "://" not in json.dumps(document.content)
    assert len(web.asked) == 3


def test_a_part_keeps_the_name_that_it_has(web: Web) -> None:
    document = found(web, at("User.json#/x", y={"$ref": "/other/User.json"}), User={"x": USER})
    assert list(document.content["x-compliance-parts"]) == ["User"]


def test_sections_and_paths_that_are_elsewhere_as_a_whole(web: Web) -> None:
    document = found(
        web,
        {
            "openapi": "3.1.0",
            "paths": {"/a": {"$ref": "a.json"}},
            "components": {"schemas": {"$ref": "s.json"}},
        },
        a=at("#/components/schemas/User")["paths"]["/a"],
        s={"User": USER},
    )
    assert schema_of(document)["properties"] == USER["properties"]


def test_bare_names_of_old_documents(web: Web) -> None:
    old = {"swagger": "2.0", "paths": {"/a": {"get": {"responses": {"200": {"schema": {"$ref": "User"}}}}}}}
    assert schema_of(found(web, old | {"definitions": {"User": USER}})) == USER
    assert len(web.asked) == 1


HOSTILE = [
    "http://evil.example.org/a.json#/x",
    "//evil.example.org/a.json",
    "https://127.0.0.1:1/a.json",
    "http://127.0.0.1:2/a.json",
    "http://127.0.0.1:1@evil.example.org/a.json",
    "file:///etc/passwd",
    "ftp://127.0.0.1:1/a.json",
    "data:application/json,{}",
]


@pytest.mark.parametrize("reference", HOSTILE)
def test_no_other_host_is_ever_asked_and_the_run_goes_on(web: Web, reference: str) -> None:
    document = found(web, at(reference))
    assert schema_of(document) == {}
    assert web.paths == ["/api/openapi.json"]
    assert len(document.notes) == 1
    assert "another host" in document.notes[0] or "no address of the web" in document.notes[0]
    assert NOWHERE in json.dumps(document.content)


def test_a_redirect_to_another_host_is_not_followed_either(web: Web) -> None:
    web.otherwise = "http://evil.example.org/a.json"
    document = found(web, at("/user.json"))
    assert [f"{BASE}/api/openapi.json", f"{BASE}/user.json"] == web.asked
    assert "cannot be read (it answered 307)" in document.notes[0]


def test_a_path_that_is_elsewhere_as_a_whole_is_refused(web: Web) -> None:
    document = {"openapi": "3.1.0", "paths": {"/a": {"$ref": "http://evil.example.org/a.json"}}}
    with pytest.raises(TargetError, match=r"what can be done at /a: .*another host.*--openapi=FILE"):
        found(web, document)


def test_external_examples_are_left_out_and_data_is_left_alone(web: Web) -> None:
    schema = {
        "example": {"$ref": "http://a.example.org"},
        "properties": {"example": {"$ref": "user.json"}, "$ref": {"type": "string"}},
    }
    document = found(
        web,
        with_schema(schema, components={"examples": {"x": {"externalValue": "http://evil.example.org/x"}}}),
        user=USER,
    )
    assert schema_of(document)["example"] == {"$ref": "http://a.example.org"}
    assert document.content["components"]["examples"] == {"x": {}}
    assert document.content["x-compliance-parts"] == {"user": USER}


@pytest.mark.parametrize("word", ["$schema", "$id", "$dynamicRef", "$recursiveRef"])
def test_other_words_that_lead_elsewhere_are_left_out(web: Web, word: str) -> None:
    evil = "http://evil.example.org/x"
    schema = {word: evil, "type": "object", "properties": {word: {"type": "string"}}}
    document = found(web, with_schema(schema, jsonSchemaDialect=evil))
    assert schema_of(document) == {"type": "object", "properties": {word: {"type": "string"}}}
    assert evil not in json.dumps(document.content)


def test_a_chain_of_parts_ends(web: Web) -> None:
    parts = {f"p{n}": {"$ref": f"p{n + 1}.json"} for n in range(200)}
    document = found(web, at("p0.json"), **parts)
    assert len(web.asked) == FETCHED + 1
    assert "beyond the 50 documents" in document.notes[0]


def test_the_parts_have_a_bound_together(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compliance.target.references.LARGEST", 100)
    document = found(
        web, with_schema({"allOf": [{"$ref": f"{n}.json"} for n in "abc"]}), **dict.fromkeys("abc", [1] * 25)
    )
    assert len(web.asked) == 3
    assert "beyond" in document.notes[0]


def saved(folder: Path, document: dict[str, Any], **parts: Any) -> Document:
    for name, content in {"openapi": document, **parts}.items():
        (folder / f"{name}.json").write_text(json.dumps(content))
    return find_document(Connection(BASE), str(folder / "openapi.json"))


def test_a_saved_copy_may_lie_in_several_files(web: Web, tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "User.yaml").write_text("type: object\nproperties: {id: {$ref: ../id.json}}\n")
    document = saved(tmp_path, at("schemas/User.yaml"), id={"type": "integer"})
    assert list(schema_of(document)["properties"]) == ["id"]
    assert document.notes == ()
    assert web.asked == []


def test_a_saved_copy_leads_to_nothing_outside_of_its_folder(web: Web, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (tmp_path / "secret.json").write_text('{"type": "integer"}')
    (folder / "link.json").symlink_to(tmp_path / "secret.json")
    for reference in ("../secret.json", "link.json", "/etc/passwd", (tmp_path / "secret.json").as_uri()):
        document = saved(folder, at(reference))
        assert schema_of(document) == {}
        assert "is outside of" in document.notes[0]
    assert "does not fetch for a saved copy" in saved(folder, at(f"{BASE}/user.json")).notes[0]
    assert web.asked == []
