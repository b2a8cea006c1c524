"""What several rules need is made by the first of them."""

from __future__ import annotations

from typing import Any

import pytest

from compliance.catalogue import Untested
from compliance.contract import understand
from compliance.target.client import Client
from compliance.target.reach import Grants, Target


def target() -> Target:
    contract = understand({"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {}}, "")
    client: Any = object.__new__(Client)
    client._sleep = None
    return Target(contract, client, Grants())


def test_it_is_made_once_and_again_where_it_is_forgotten():
    made, one = [], target()

    def make() -> int:
        made.append(1)
        return len(made)

    assert [one.once("key", make), one.once("key", make), one.once("other", make)] == [1, 1, 2]
    one.forget("key")
    assert one.once("key", make) == 3


def test_what_could_not_be_made_is_tried_again():
    def fail() -> int:
        raise Untested("not now")

    one = target()
    with pytest.raises(Untested):
        one.once("key", fail)
    assert one.once("key", lambda: 7) == 7
