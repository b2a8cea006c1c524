"""A listener hears what it named, and nothing else."""

from __future__ import annotations

import httpx

from compliance.target.keypair import PUBLIC
from compliance.target.listening import listening


def test_a_listener_knows_who_came_and_answers_the_key() -> None:
    with listening() as listener:
        address, other = listener.address("jku"), listener.address("x5u")
        assert address != other
        assert listener.heard == set()
        assert httpx.get(address, trust_env=False).json() == {"keys": [dict(PUBLIC)]}
        assert listener.heard == {"jku"}


def test_a_visitor_without_an_address_is_not_heard() -> None:
    with listening() as listener:
        httpx.get(listener.address("jku").rpartition("/")[0], trust_env=False)
        assert listener.heard == set()
