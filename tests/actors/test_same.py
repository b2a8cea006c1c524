"""Whether two actors are one account is told by the strongest field that both have."""

from __future__ import annotations

from typing import Any

import pytest

from compliance.target.actors import Actor
from compliance.target.proving import same_account


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"email": "a@x", "id": 1}, {"email": "b@x", "id": 1}, True),
        ({"email": "a@x", "id": 1}, {"email": "a@x", "id": 2}, False),
        ({"username": "a", "sub": "7"}, {"username": "b", "sub": "7"}, True),
        ({"username": "a", "uuid": "7"}, {"username": "a", "uuid": "8"}, False),
        ({"id": 1}, {"id": "1"}, True),
        ({"username": "a", "email": "a@x"}, {"username": "b", "email": "a@x"}, True),
        ({"username": "a", "email": "a@x", "id": 1}, {"username": "a", "email": "b@x"}, False),
        ({"user": {"id": 1, "name": "a"}}, {"user": {"id": 2, "name": "a"}}, False),
        ({"email": "a@x"}, {"id": 1}, None),
    ],
)
def test_two_accounts_or_one(one: dict[str, Any], other: dict[str, Any], same: bool | None) -> None:
    assert same_account(Actor("alice", identity=one), Actor("bob", identity=other)) is same
    assert same_account(Actor("bob", identity=other), Actor("alice", identity=one)) is same
