"""What shows that a right was withdrawn: a read that users are refused, whoever they are."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from compliance.catalogue import Untested
from compliance.rules.access.withdrawal import _deed
from compliance.target.tape import Exchange


def read(actor: str, status: int) -> Exchange:
    return Exchange(actor, "GET /reports", "GET", "http://x/reports", (), b"", status, (), b"")


def target(*tape: Exchange) -> Any:
    return SimpleNamespace(tape=tape, contract=SimpleNamespace(accounts=None, resources=[]))


def test_what_a_user_is_refused_and_an_administrator_reads_is_a_right() -> None:
    assert callable(_deed(target(read("alice", 403), read("admin", 200))))


def test_what_a_user_reads_with_a_better_token_is_none() -> None:
    with pytest.raises(Untested, match="nothing is known"):
        _deed(target(read("alice", 403), read("alice", 200), read("admin", 200)))
