"""Which of the run's rows a list may be expected to show."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from compliance.target.actors import Actor
from compliance.target.filling import own_ids


def test_what_bob_owns_is_not_expected_in_the_list_that_alice_reads() -> None:
    alice, bob, dave = Actor("alice"), Actor("bob"), Actor("dave")
    listing: Any = SimpleNamespace(operation=object())
    resource = SimpleNamespace(listing=listing)

    def row(owner: Actor, identifier: int, **more: bool) -> Any:
        state = {"account": False, "deleted": False, "gone": False, "in_doubt": False, **more}
        return SimpleNamespace(
            resource=resource, owner=owner, values={"id": identifier}, identifier=identifier, **state
        )

    rows = [
        row(alice, 1),
        row(bob, 2),
        row(dave, 3, account=True),
        row(alice, 4, deleted=True),
        row(alice, 5, in_doubt=True),
    ]
    target: Any = SimpleNamespace(
        ledger=SimpleNamespace(rows=rows), caller=lambda _: alice, actors={"alice": alice}
    )
    assert own_ids(target, listing) == [1, 3]
