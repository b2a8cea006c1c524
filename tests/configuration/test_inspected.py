"""What `compliance inspect --toml` prints is a configuration, under which the document is understood as it is without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from compliance.contract.stating import overrides_of
from compliance.report.pasting import pasting
from compliance.run import read_contract
from tests.configuration.folder import Folder
from tests.contract.documents import answers, corpus, corpus_names, document, needs_corpus, obj, takes

BARE = {"type": "string"}
ODD = {
    "/login": {"post": {"requestBody": takes(obj("username", "password")), "responses": answers(BARE)}},
    "/things": {"post": {"requestBody": takes(obj("name")), "responses": answers(BARE, "201")}},
    "/things/{id}": {
        method: {"requestBody": takes(obj("name")), "responses": answers(obj("id", "name"))}
        for method in ("put", "patch")
    },
}


def _read_back(folder: Folder, content: Mapping[str, Any]) -> None:
    inferred = read_contract(content)
    folder.write(pasting(inferred))
    again = read_contract(content, folder.settings().overrides)
    assert overrides_of(again) == overrides_of(inferred)


@needs_corpus
@pytest.mark.parametrize("name", corpus_names())
def test_of_documents_of_real_services(folder: Folder, name: str) -> None:
    _read_back(folder, corpus(name))


def test_of_the_reference(folder: Folder) -> None:
    main = pytest.importorskip(
        "reference_app.main", reason="the reference is not installed: pip install .[reference]"
    )
    _read_back(folder, main.create_app().openapi())


def test_of_answers_that_are_the_token_or_the_id_and_of_two_updates(folder: Folder) -> None:
    stated = overrides_of(read_contract(document(ODD)))
    assert stated.login["token"] == ""
    assert stated.resources["/things"]["update"] == ["PUT /things/{id}", "PATCH /things/{id}"]
    _read_back(folder, document(ODD))


def test_of_a_login_by_http_basic(folder: Folder) -> None:
    folder.write('[login]\nstyle = "basic"\n[resources."/things"]\nidentifier = ""')
    said = folder.settings().overrides
    assert (said.login, said.resources) == ({"style": "basic"}, {"/things": {"identifier": ""}})
