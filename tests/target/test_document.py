"""The document given by a person, or behind a login, and what is said where there is none."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from compliance.target.connection import Connection
from compliance.target.credentials import Credentials, Presentation
from compliance.target.document import fetch_document, find_document
from compliance.target.errors import TargetError
from tests.target.web import BASE, SMALL, Web, as_html, as_json

YAML = b"openapi: 3.1.0\ninfo: {}\npaths: {/things: {get: {}}}\n"


def test_a_given_url_is_the_only_one_asked(web: Web) -> None:
    web.pages = {"/mine": as_json(SMALL), "/openapi.json": as_json(SMALL)}
    assert fetch_document(BASE, f"{BASE}/mine") == SMALL
    assert web.paths == ["/mine"]
    with pytest.raises(TargetError, match=r"answered 404, not an OpenAPI document.*--openapi=URL_OR_FILE"):
        fetch_document(BASE, f"{BASE}/other")


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (as_html("<!doctype html>"), "page of HTML"),
        ((b"", "application/json"), "is empty"),
        (as_json({"detail": "hello"}), "no field named openapi or swagger"),
        (as_json([]), "no field named openapi or swagger"),
        ("http://elsewhere.example.org/doc", r"answered 307 to http://elsewhere.*another origin"),
        (401, "wants to know who asks"),
    ],
)
def test_a_given_url_that_is_no_document(web: Web, page, words: str) -> None:
    web.pages["/mine"] = page
    with pytest.raises(TargetError, match=words):
        fetch_document(BASE, f"{BASE}/mine")
    assert web.paths == ["/mine"]


@pytest.mark.parametrize("kind", ["application/yaml", "text/plain", "application/vnd.oai.openapi"])
def test_a_document_in_yaml_from_the_service(web: Web, kind: str) -> None:
    web.pages["/spec"] = (YAML, kind)
    assert fetch_document(BASE, f"{BASE}/spec") == SMALL


def test_a_saved_copy_in_json_or_yaml_asks_nobody(web: Web, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(SMALL))
    (tmp_path / "a.yaml").write_bytes(YAML)
    assert fetch_document(BASE, str(tmp_path / "a.json")) == SMALL
    assert fetch_document(BASE, str(tmp_path / "a.yaml")) == SMALL
    assert web.asked == []


def test_a_saved_copy_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match=r"--openapi=.*cannot be read: Is a directory"):
        fetch_document(BASE, str(tmp_path))


TOKEN = Credentials("a test", token="let me in")
WAYS = {
    "a token": (TOKEN, "Bearer let me in"),
    "in its own scheme": (
        Credentials("a test", token="t", presentation=Presentation(scheme="Token")),
        "Token t",
    ),
    "basic": (
        Credentials("a test", username="alice", password="secret", basic=True),
        "Basic YWxpY2U6c2VjcmV0",
    ),
    "signed": (Credentials("a test", auth=httpx.BasicAuth("a", "b")), "Basic YTpi"),
}


@pytest.mark.parametrize(("credentials", "key"), WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("given", [None, f"{BASE}/v3/api-docs"])
def test_a_document_behind_a_login_is_opened_by_what_needs_none(
    web: Web, credentials: Credentials, key: str, given: str | None
) -> None:
    web.key, web.pages = key, {"/v3/api-docs": as_json(SMALL)}
    assert fetch_document(Connection(BASE), given, credentials={"alice": credentials}) == SMALL


def test_credentials_are_shown_to_places_that_ask_and_to_no_other_host(web: Web) -> None:
    web.pages = {"/openapi.json": as_json(SMALL)}
    fetch_document(Connection(BASE), credentials={"alice": TOKEN})
    web.pages = {"http://docs.example.org/spec": 401}
    with pytest.raises(TargetError, match="wants to know who asks"):
        fetch_document(Connection(BASE), "http://docs.example.org/spec", credentials={"alice": TOKEN})
    assert not any("authorization" in request.headers for request in web.requests)


def test_a_password_alone_opens_nothing_and_the_message_says_what_would(web: Web) -> None:
    web.otherwise = 401
    password = Credentials("a test", username="alice", password="hunter22")
    with pytest.raises(TargetError, match=r"others -> 401.*behind a login.*--openapi=FILE.*token") as raised:
        fetch_document(Connection(BASE), credentials={"alice": password})
    assert "hunter22" not in str(raised.value)
    with pytest.raises(TargetError, match="credentials of admin did not open it"):
        fetch_document(Connection(BASE), credentials={"admin": TOKEN})


def test_the_place_is_where_the_document_came_from(web: Web) -> None:
    web.pages = {"/openapi.json": "/moved", "/moved": as_json(SMALL)}
    assert find_document(Connection(BASE)).place == f"{BASE}/moved"
