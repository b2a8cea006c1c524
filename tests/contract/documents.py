"""Small documents for the tests, and the labelled ones of real services."""

import json
from pathlib import Path

import pytest
import yaml

#: Documents of real services with labels made by hand; not part of the project, so tests skip where they are absent.
_PLACES = [folder / "shared" / "corpus" for folder in Path(__file__).resolve().parents]
CORPUS = next((place for place in _PLACES if place.is_dir()), _PLACES[3])

OBJECT = {"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}


def document(paths, schemas=None, **more):
    return {
        "openapi": "3.1.0",
        "info": {"title": "Test", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas or {}},
        **more,
    }


def answers(schema, code="200"):
    return {code: {"description": "", "content": {"application/json": {"schema": schema}}}}


def takes(schema, media_type="application/json"):
    return {"required": True, "content": {media_type: {"schema": schema}}}


def obj(*names, required=()):
    return {
        "type": "object",
        "properties": {name: {"type": "string"} for name in names},
        "required": list(required),
    }


def query(*names, **schema):
    return [{"name": name, "in": "query", "schema": {"type": "integer", **schema}} for name in names]


def ref(name):
    return {"$ref": f"#/components/schemas/{name}"}


def corpus(name):
    path = CORPUS / name
    text = path.read_text(encoding="utf-8")
    return json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)


def corpus_names():
    return sorted(p.name for p in CORPUS.glob("*.*") if p.name != "labels.json") if CORPUS.is_dir() else []


needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"the labelled documents are not at {CORPUS}")
