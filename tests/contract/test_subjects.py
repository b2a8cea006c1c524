"""Selectors choose from the document alone."""

import pytest

from compliance.contract import subjects, understand
from tests.contract.documents import OBJECT, answers, document, obj, query, takes

MANY = {"type": "array", "items": OBJECT}
CREATE = {"requestBody": takes(obj("name")), "responses": answers(OBJECT, "201")}
READ = {"responses": answers(OBJECT)}
CONTRACT = understand(
    document(
        {
            "/a": {"get": {"parameters": query("page"), "responses": answers(MANY)}, "post": CREATE},
            "/a/{id}": {"get": READ, "put": READ, "delete": {}},
            "/b": {"get": {"responses": answers(MANY)}, "post": CREATE},
            "/b/{id}": {"get": READ | {"security": [{"bearer": []}]}},
            "/me": {"get": {"responses": answers(obj("id", "email"))}},
        }
    )
)


@pytest.mark.parametrize(
    ("selector", "labels"),
    [
        (subjects.service, ["service"]),
        (subjects.lists, ["GET /a", "GET /b"]),
        (subjects.paged_lists, ["GET /a"]),
        (subjects.guarded, ["GET /b/{id}", "GET /me"]),
        (subjects.creates, ["POST /a", "POST /b"]),
        (subjects.created_resources, ["/a", "/b"]),
        (subjects.owned_resources, ["/a"]),
        (subjects.deletable_resources, ["/a"]),
    ],
)
def test_selectors(selector, labels):
    assert [subject.label for subject in selector(CONTRACT)] == labels


def test_all_operations():
    assert len(list(subjects.operations(CONTRACT))) == 9


def test_a_word_for_all_operations_guards_no_door_and_no_sign_of_life():
    entry = {"requestBody": takes(obj("email", "password")), "responses": answers(obj("access_token"))}
    own = {"security": [{"bearer": []}]}
    said = document(
        {
            "/login": {"post": entry},
            "/register": {
                "post": {"requestBody": takes(obj("email", "password")), "responses": answers(OBJECT)}
            },
            "/health": {"get": {"responses": answers(OBJECT)}},
            "/ready": {"get": own | {"responses": answers(OBJECT)}},
            "/config/oauth": {"get": {"responses": answers(OBJECT)}},
            "/oauth/accounts": {"get": {"responses": answers(MANY)}},
            "/users/{id}/health": {"get": {"responses": answers(OBJECT)}},
            "/things": {"get": {"responses": answers(MANY)}},
            "/auth/forgot-password": {"post": {"responses": {}}},
            "/access/logout": {"post": {"responses": {}}},
            "/orders/confirm": {"post": {"responses": {}}},
        }
    )
    guarded = subjects.guarded(understand({**said, "security": [{"bearer": []}]}))
    assert [operation.label for operation in guarded] == [
        *(
            "GET /ready",
            "GET /oauth/accounts",
            "GET /users/{id}/health",
            "GET /things",
            "POST /orders/confirm",
        )
    ]
