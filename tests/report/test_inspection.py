"""What is understood, shown to a person, to a machine, and as configuration."""

import tomllib

import pytest

from compliance.contract import understand
from compliance.contract.overrides import Overrides
from compliance.contract.stating import overrides_of
from compliance.report.inspection import render
from compliance.report.pasting import pasting, quoted
from compliance.report.understanding import understanding
from tests.contract.documents import (
    OBJECT,
    answers,
    corpus,
    corpus_names,
    document,
    needs_corpus,
    obj,
    query,
    takes,
)

PAGE = {
    "type": "object",
    "properties": {"items": {"type": "array", "items": OBJECT}, "total": {"type": "integer"}},
}
LOGIN = {"requestBody": takes(obj("username", "password")), "responses": answers(obj("access_token"))}
ACCOUNT = obj("email", "username", "password", "role", required=["email", "password"])
PATHS = {
    "/login": {"post": LOGIN},
    "/users": {
        "post": {"requestBody": takes(ACCOUNT), "responses": answers(obj("id", "email"), "201")},
        "get": {
            "parameters": query("page", "page_size", maximum=100, default=10),
            "responses": answers(PAGE),
        },
    },
    "/users/{user_id}": {"get": {"responses": answers(obj("id", "email"))}},
    "/users/{user_id}/ban": {"post": {}},
    "/me": {"get": {"responses": answers(obj("id", "email"))}},
}
SCHEMES = {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}
CONTRACT = understand(document(PATHS, components={"securitySchemes": SCHEMES}))


def shown(contract=CONTRACT, width=100, unicode=True):
    return render(contract, width=width, colour=False, unicode=unicode)


def test_every_inference_stands_there_with_its_reason():
    text = " ".join(shown().split())
    for wanted in (
        "Test 1 · OpenAPI 3.1.0 · 6 operations",
        "login POST /login · json · username, password · token in access_token takes a password",
        "registration POST /users · username or email · password takes a password",
        "required: email, password unique: email ('email' mostly exists once)",
        "privileged: role ('role' is for the service or an administrator to decide)",
        "me GET /me is called me, answers an account",
        "scheme key · apiKey · header X-Key",
        "GET /users · page · page by page, size by page_size · maximum 100, default 10 · items: items, total: total",
        "/users · {user_id} is id create POST /users",
        "its operations lie at this path",
        "Not understood: 1 POST /users/{user_id}/ban an action",
    ):
        assert wanted in text


@pytest.mark.parametrize("width", [40, 80, 100, 200])
def test_no_line_is_wider_than_asked_for(width):
    assert max(map(len, shown(width=width).splitlines())) <= min(width, 100)


def test_where_nothing_is_found_the_key_to_say_it_is_named():
    text = shown(understand(document({"/a": {"get": {}}})))
    for key in ("roles.login", "roles.registration", "roles.me"):
        assert key in text


def test_nothing_of_the_document_moves_the_cursor():
    evil = understand(document({"/a\x1b[2J\u202e": {"get": {}}}, info={"title": "\x1b[31m", "version": "1"}))
    for text in (shown(evil), pasting(evil)):
        assert not [one for one in text if not one.isprintable() and one != "\n"]
    assert shown(evil, unicode=False).isascii()


def parsed(text):
    read = tomllib.loads(text)
    return Overrides(
        roles=read["roles"],
        login=read.get("login", {}),
        lists=read.get("lists", {}),
        resources=read.get("resources", {}),
    )


def same(overrides):
    """Without what plays no part: TOML has lists where there were tuples."""
    return (overrides.roles, overrides.login, overrides.lists, overrides.resources)


@needs_corpus
@pytest.mark.parametrize("name", corpus_names())
def test_the_toml_is_understood_as_the_document_alone(name):
    inferred = understand(corpus(name))
    again = understand(corpus(name), overrides=parsed(pasting(inferred)))
    assert same(overrides_of(again)) == same(overrides_of(inferred))


def test_what_the_toml_says_is_corrected_there():
    text = pasting(CONTRACT).replace('size = "page_size"', 'size = ""')
    again = understand(document(PATHS), overrides=parsed(text))
    assert again.lists[0].size is None


@pytest.mark.parametrize("text", ['"', "\\", "\x00\x1b\x7f\u202e", "ä 😀", "\t\n", "\ud800"])
def test_texts_of_toml(text):
    expected = text.encode("utf-8", "replace").decode().replace("?", "\ufffd") if text == "\ud800" else text
    assert tomllib.loads(f"a = {quoted(text)}")["a"] == expected
    assert quoted(text).isprintable()


def test_the_data_for_machines():
    told = understanding(CONTRACT)
    assert told["logins"][0]["token"] == "access_token"
    assert told["lists"][0]["total"] == "total"
    assert told["resources"][0]["list"] == "GET /users"
    fields = {one["field"]: set(one["reasons"]) for one in told["registrations"][0]["fields"]}
    assert fields["email"] == {"required", "unique"}
    assert [one["operation"] for one in told["not_understood"]] == ["POST /users/{user_id}/ban"]


def test_what_concerns_whoever_asks_is_said_to_do_so():
    paths = {
        "/me": {"get": {"security": [{"token": []}]}, "delete": {}},
        "/me/avatar": {"put": {}},
        "/menu/{id}": {"delete": {}},
    }
    document = {"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": paths}
    told = understanding(understand(document))
    assert told["me"]
    assert {one["operation"]: one["reason"] for one in told["not_understood"]} == {
        "DELETE /me": "concerns whoever asks, as GET /me does",
        "PUT /me/avatar": "concerns whoever asks, as GET /me does",
        "DELETE /menu/{id}": "changes something that belongs to no collection",
    }
