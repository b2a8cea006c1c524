"""What several rules look at is had once, and so is the reason why it is not to be had."""

from __future__ import annotations

import pytest

from compliance.catalogue import NotApplicable, Untested
from compliance.target.memory import Memory


def test_a_thing_is_had_once():
    memory, asked = Memory(), []

    def have() -> list[int]:
        asked.append(1)
        return [7]

    assert memory.once("thing", have) is memory.once("thing", have)
    assert asked == [1]


@pytest.mark.parametrize("kind", [Untested, NotApplicable])
def test_so_is_the_reason_why_there_is_none(kind: type[Exception]):
    memory, asked = Memory(), []

    def have() -> None:
        asked.append(1)
        raise kind("nobody has it")

    for _ in range(2):
        with pytest.raises(kind, match="nobody has it"):
            memory.once("thing", have)
    assert asked == [1]


def test_a_fault_of_the_kit_is_not_kept():
    memory = Memory()
    with pytest.raises(ZeroDivisionError):
        memory.once("thing", lambda: 1 // 0)

    assert memory.once("thing", lambda: 1) == 1


def test_what_is_forgotten_is_had_anew():
    memory = Memory()
    assert memory.once("thing", lambda: 1) == 1

    memory.forget("thing")

    assert memory.once("thing", lambda: 2) == 2
