"""How long the kit looks for what may be late, in naps that a service never has."""

from __future__ import annotations

import pytest

from compliance.target.patience import BUDGET, LONGEST, PROMPT, SHORTER, SHORTEST, STEP, Patience


class Clock:
    """Counts the seconds that were slept."""

    def __init__(self) -> None:
        self.now = 0.0
        self.patience = Patience(self.sleep)

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def wait(self, comes_after: float) -> float:
        """Seconds waited for something that comes so much later."""
        begun = self.now
        self.patience.until(bool, lambda: self.now - begun > comes_after - STEP / 2)
        return self.now - begun


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_what_is_there_costs_nothing(clock: Clock) -> None:
    assert clock.wait(0) == 0


def test_what_is_late_is_waited_for(clock: Clock) -> None:
    assert clock.wait(2.6) == pytest.approx(2.6)


def test_what_never_comes_is_given_up(clock: Clock) -> None:
    assert clock.wait(99) == pytest.approx(LONGEST)


def test_after_one_wait_in_vain_the_next_are_short(clock: Clock) -> None:
    waits = [clock.wait(99) for _ in range(3)]
    assert waits == pytest.approx([LONGEST, SHORTEST, SHORTEST])


def test_a_service_that_was_always_prompt_is_given_less(clock: Clock) -> None:
    for _ in range(PROMPT):
        clock.wait(0)
    waits = [clock.wait(99) for _ in range(2)]
    assert waits == pytest.approx([SHORTER, SHORTEST])


def test_a_service_that_is_late_is_given_all_the_time(clock: Clock) -> None:
    clock.wait(0.4)
    assert [clock.wait(99) for _ in range(2)] == pytest.approx([LONGEST, LONGEST])


def test_what_is_late_after_a_wait_in_vain_lengthens_the_next(clock: Clock) -> None:
    clock.wait(99)
    clock.wait(0.4)
    assert clock.wait(2.6) == pytest.approx(2.6)


def test_all_waits_in_vain_have_one_budget(clock: Clock) -> None:
    clock.wait(0.4)
    assert sum(clock.wait(99) for _ in range(20)) == pytest.approx(BUDGET, abs=STEP)


def test_what_came_late_does_not_use_the_budget_up(clock: Clock) -> None:
    assert [clock.wait(2.6) for _ in range(20)] == pytest.approx([2.6] * 20)
