"""What a document shows of ending a session and of changing a password; no match is better than a false one."""

import pytest

from compliance.contract import understand
from compliance.contract.sessions import ends_sessions, logouts, password_changes
from tests.contract.documents import corpus, corpus_names, document, needs_corpus, obj, takes

NEW = obj("current_password", "new_password")


def contract(label, body=None, **more):
    method, path = label.split(" ")
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    parameters = [{"name": n, "in": "path", "required": True, "schema": {"type": "string"}} for n in names]
    node = {"responses": {"200": {"description": ""}}, "parameters": parameters, **more}
    return understand(
        document({path: {method.lower(): {**node, **({"requestBody": takes(body)} if body else {})}}})
    )


@pytest.mark.parametrize(
    "label",
    [
        "POST /logout",
        "POST /auth/sign-out",
        "POST /api/v1/log_out",
        "DELETE /session",
        "DELETE /sessions/current",
        "DELETE /auth/token",
    ],
)
def test_a_logout(label: str):
    assert [one.label for one in logouts(contract(label))] == [label]


@pytest.mark.parametrize(
    "label",
    [
        "GET /logout",
        "POST /auth/logout-all",
        "POST /users/{id}/logout",
        "DELETE /sessions/{id}",
        "POST /session",
        "POST /outlets",
        "DELETE /users/me",
        "DELETE /tokens",
        "POST /logouts/report",
    ],
)
def test_no_logout_of_oneself_alone(label: str):
    assert logouts(contract(label)) == ()


@pytest.mark.parametrize(
    "label",
    [
        "POST /auth/logout-all",
        "POST /logout/all",
        "DELETE /sessions",
        "DELETE /sessions/{id}",
        "POST /tokens/revoke",
    ],
)
def test_what_ends_other_sessions(label: str):
    assert [one.label for one in ends_sessions(contract(label))] == [label]


@pytest.mark.parametrize("label", ["POST /logout", "GET /sessions", "POST /all", "DELETE /notes/all"])
def test_what_ends_none(label: str):
    assert ends_sessions(contract(label)) == ()


@pytest.mark.parametrize(
    ("label", "body", "new"),
    [
        ("PUT /users/me/password", NEW, ("new_password",)),
        (
            "POST /auth/change-password",
            obj("oldPassword", "newPassword", "newPasswordConfirmation"),
            ("newPassword",),
        ),
        ("PATCH /users/{id}/password", obj("password"), ("password",)),
        ("PUT /users/v1/{username}/password", obj("password"), ("password",)),
        ("POST /account/settings", NEW, ("new_password",)),
    ],
)
def test_a_change_of_the_password(label: str, body, new):
    assert [one.new for one in password_changes(contract(label, body))] == [new]


@pytest.mark.parametrize(
    ("label", "body"),
    [
        ("POST /auth/reset-password", obj("token", "new_password")),
        ("POST /password/forgot", obj("email")),
        ("POST /auth/password", obj("code", "new_password")),
        ("PUT /users/{id}", obj("email", "password")),
        ("POST /register", obj("email", "password")),
        ("POST /admin/users/password", NEW),
        ("PUT /vaults/{id}/password", NEW),
        ("GET /users/me/password", None),
        ("PUT /users/me", obj("name", "new_password")),
    ],
)
def test_no_change_of_the_own_password_alone(label: str, body):
    assert password_changes(contract(label, body)) == ()


@pytest.mark.parametrize(
    ("more", "found"), [({"security": [{"bearer": []}]}, 1), ({"security": []}, 0), ({}, 0)]
)
def test_a_reset_that_asks_for_credentials_by_itself_is_a_change(more, found: int):
    assert len(password_changes(contract("POST /auth/reset-password", obj("new_password"), **more))) == found


@needs_corpus
def test_documents_of_real_services_have_no_others():
    found = {name: understand(corpus(name)) for name in corpus_names()}

    assert {one.label for made in found.values() for one in logouts(made)} == {
        "POST /api/v1/auth/logout",
        "POST /auth/logout",
    }
    assert {one.operation.label for made in found.values() for one in password_changes(made)} == {
        "PATCH /api/v0.1/unit/user/me/password",
        "PUT /users/v1/{username}/password",
    }
    assert [one.label for made in found.values() for one in ends_sessions(made)] == []
