"""What names tell, in any spelling."""

import pytest

from compliance.contract import fields
from compliance.contract.paths import canonical, normal, singular, words
from compliance.contract.verbs import without_verb


@pytest.mark.parametrize("name", ["createdAt", "created_at", "created-at", "CREATED_AT", "CreatedAt"])
def test_words(name):
    assert words(name) == ("created", "at")
    assert normal(name) == "createdat"


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("users", "user"),
        ("categories", "category"),
        ("boxes", "box"),
        ("classes", "class"),
        ("news", "new"),
        ("class", "class"),
    ],
)
def test_singular(word, expected):
    assert singular(word) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/users/create", ("/users", "create")),
        ("/users/delete/{id}", ("/users/{}", "delete")),
        ("/users/{id}/edit", ("/users/{}", "edit")),
        ("/users/create-user", ("/users", "create")),
        ("/users/{id}/", ("/users/{}", None)),
        ("/users/delete-account", ("/users/delete-account", None)),
        ("/create", ("/create", None)),
    ],
)
def test_verbs(path, expected):
    assert without_verb(path) == expected


def test_canonical():
    assert canonical("/a/{b}/c/") == canonical("/a/{x}/c") == "/a/{}/c"


NAMES = [
    # name, password, password again, identifier, privileged, secret
    ("password", True, False, False, False, True),
    ("userPassword", True, False, False, False, True),
    ("password1", True, False, False, False, True),
    ("pwd", True, False, False, False, True),
    ("password2", False, True, False, False, True),
    ("passwordConfirm", False, True, False, False, True),
    ("confirm_password", False, True, False, False, True),
    ("new_password", False, False, False, False, True),
    ("hashed_password", False, False, False, True, True),
    ("passwordHash", False, False, False, True, True),
    ("hasPassword", False, False, False, False, False),
    ("password_reset_required", False, False, False, False, False),
    ("totp_secret", False, False, False, False, True),
    ("bypass", False, False, False, False, False),
    ("email", False, False, True, False, False),
    ("userName", False, False, True, False, False),
    ("is_superuser", False, False, False, True, False),
    ("isAdmin", False, False, False, True, False),
    ("role", False, False, False, True, False),
    ("owner_id", False, False, False, True, False),
    ("title", False, False, False, False, False),
    ("token_type", False, False, False, False, False),
]


@pytest.mark.parametrize("row", NAMES, ids=lambda row: row[0])
def test_names(row):
    name, *expected = row
    judges = (
        fields.is_password,
        fields.is_password_again,
        fields.is_identifier,
        fields.is_privileged,
        fields.is_secret,
    )
    assert [judge(name) for judge in judges] == expected
