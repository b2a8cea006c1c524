"""What errors show of the inside of a service, and all the sentences that do not."""

from __future__ import annotations

import json

import pytest

from compliance.target.inside import inside_of

SHOWN = {
    "a traceback": [
        'Traceback (most recent call last):\n  File "/x/main.py", line 3, in f',
        json.dumps({"detail": 'File "main.py", line 12, in create'}),
        "failed\n\tat com.acme.Users.find(Users.java:42)",
        "Error: x\n    at Object.<anonymous> (/srv/index.js:10:15)",
        "   at Acme.Users.Find(Int32 id) in C:\\acme\\Users.cs:line 12",
        "goroutine 1 [running]:",
        "app/models/user.rb:12:in `find'",
        "PHP Fatal error:  Uncaught Error",
    ],
    "the path of a source file": [
        "failed in /app/services/users.py",
        "failed in /Users/ann/shop/users.py",
        "see /usr/lib/python3/site-packages/x",
        '{"at": "C:\\\\work\\\\api\\\\users.py"}',
    ],
    "a message of the database": [
        "No row was found when one was required",
        "Multiple rows were found when exactly one was required",
        "invalid input for query argument $1: 'abc'",
        'invalid input syntax for type integer: "abc"',
    ],
    "a statement of SQL": [
        "[SQL: INSERT INTO users (email) VALUES (?)]",
        "SELECT users.id, users.email FROM users WHERE users.id = 3",
        'INSERT INTO "users" ("email") VALUES',
        "UPDATE users SET email = ? WHERE id = 1",
        "DELETE FROM users WHERE id = 1",
        'near "OR": syntax error',
    ],
    "the name of a constraint": [
        "UNIQUE constraint failed: users.email",
        'duplicate key value violates unique constraint "users_email_key"',
        "Key (email)=(a@b.c) already exists.",
        'null value in column "title" of relation "items"',
        "Duplicate entry 'a@b.c' for key 'users.email'",
        "conflict with uq_users_email",
        "E11000 duplicate key error collection: shop.users",
    ],
    "a class of a library": [
        "(sqlalchemy.exc.IntegrityError)",
        "asyncpg.exceptions.UniqueViolationError: x",
        "<class 'jwt.exceptions.DecodeError'>: Not enough segments",
        "<reference_app.models.User object at 0x7f00>",
        "org.springframework.dao.DataIntegrityViolationException: could not execute",
    ],
    "the page of a debugger": [
        "<title>ZeroDivisionError // Werkzeug Debugger</title>",
        "You're seeing this error because you have <code>DEBUG = True</code>",
    ],
}
PROSE = [
    "Email already registered",
    "Database integrity error",
    "User with id 3 not found",
    "A constraint of your plan: five products",
    "Please select an item from the list where you found it",
    "SELECT an option FROM the menu",
    "Update your profile, set a new password",
    "There was an error parsing the body",
    "The file report.py is not allowed, line 3",
    "JSON decode error",
    "Internal Server Error",
    "unique identifier expected",
    "See https://errors.pydantic.dev/2.14/v/missing",
    "/home/alice is no product",
    "The key (email) must be unique",
    "at 12:30 in Berlin",
    "https://example.com/app/index.js",
    "/api/v1/users/me.json",
    "ValidationError",
    "IntegrityError",
    "pk_test_51H8 is no key of ours",
    "api_key missing",
    "no such table: 5",
    'relation "parent" does not exist',
]


@pytest.mark.parametrize(("sign", "text"), [(sign, text) for sign, texts in SHOWN.items() for text in texts])
def test_the_inside_is_seen(sign: str, text: str):
    found = inside_of(text, "")

    assert found is not None
    assert found[0] == sign


@pytest.mark.parametrize("text", PROSE)
def test_a_message_of_ones_own_is_no_inside(text: str):
    assert inside_of(json.dumps({"detail": text}), "") is None
    assert inside_of(text, "") is None


def test_what_the_client_sent_is_not_held_against_the_service():
    text = "The path /app/main.py is no name, and DELETE FROM users WHERE neither"

    assert inside_of(text, '{"name": "/app/main.py"}') == ("a statement of SQL", "DELETE FROM users WHERE")
    assert inside_of(text, text) is None
