"""What somebody would set fields of privilege to, and whether that held."""

from __future__ import annotations

from typing import Any

import pytest

from compliance.target.privileges import rights_of, to_be_taken, was_lifted


@pytest.mark.parametrize(
    ("shown", "wanted"),
    [
        ({"is_superuser": False}, {"is_superuser": True}),
        ({"is_superuser": True}, {}),
        ({"isActive": True}, {"isActive": False}),
        ({"isActive": False}, {}),
        ({"role": "user"}, {"role": "admin"}),
        ({"roles": ["user"]}, {"roles": ["user", "admin"]}),
        ({"role": {"id": 2}}, {"role": {"id": 1}}),
        ({"balance": 0}, {"balance": 1_000_000}),
        ({"balance": "12.50"}, {"balance": "1000000.50"}),
        ({"balance": None}, {}),
        ({"full_name": "Ann"}, {}),
    ],
)
def test_each_field_is_set_to_what_gives_more(shown: dict[str, Any], wanted: dict[str, Any]):
    assert to_be_taken(rights_of(shown)) == wanted


def test_what_switches_the_account_off_comes_last():
    assert list(to_be_taken({"is_active": True, "is_admin": False, "balance": 1})) == [
        "is_admin",
        "balance",
        "is_active",
    ]


def test_the_outer_field_wins():
    assert rights_of({"user": {"is_admin": True, "quota": 3}, "is_admin": False}) == {
        "is_admin": False,
        "quota": 3,
    }


@pytest.mark.parametrize(
    ("before", "wanted", "now", "held"),
    [
        (False, True, True, True),
        (False, True, False, False),
        (False, True, None, False),
        ("user", "admin", "admin", True),
        (["user"], ["user", "admin"], ["admin"], True),
        ({"id": 2}, {"id": 1}, {"id": 1}, True),
        ({"id": 2}, {"id": 1}, {"id": 2}, False),
        ("0.00", "1000000.00", "1000000.0", True),
        (0, 1_000_000, 0, False),
    ],
)
def test_a_field_held_where_the_account_shows_what_was_sent(before: Any, wanted: Any, now: Any, held: bool):
    assert was_lifted(before, wanted, now) == held
