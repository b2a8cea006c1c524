"""Whoever guesses passwords has to wait; by a clock of the test's own."""

import pytest

from reference_app.api import throttle as module
from reference_app.api.throttle import LONGEST_PAUSE, PATIENCE, Throttle
from reference_app.core.exceptions import TooManyRequestsException, UnauthorizedException


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def throttle(clock: Clock) -> Throttle:
    return Throttle(clock)


def fail(throttle: Throttle, name: str = "ann@example.com", times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(UnauthorizedException), throttle.watch(name):
            raise UnauthorizedException


def test_a_few_wrong_passwords_are_a_humans(throttle: Throttle) -> None:
    fail(throttle, times=PATIENCE - 1)
    with throttle.watch("ann@example.com"):
        pass
    fail(throttle, times=PATIENCE - 1)


def test_more_have_to_wait_whatever_the_case_of_the_name(throttle: Throttle) -> None:
    fail(throttle, times=PATIENCE)
    with pytest.raises(TooManyRequestsException) as refusal, throttle.watch("Ann@Example.com"):
        pass
    assert refusal.value.seconds == 2  # a whole second, and what is left of one


def test_others_do_not_wait(throttle: Throttle) -> None:
    fail(throttle, times=PATIENCE)
    with throttle.watch("bob@example.com"):
        pass


def test_each_pause_is_longer_up_to_a_longest(throttle: Throttle, clock: Clock) -> None:
    fail(throttle, times=PATIENCE)
    for pause in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, LONGEST_PAUSE, LONGEST_PAUSE):
        clock.now += pause - 0.5
        with pytest.raises(TooManyRequestsException), throttle.watch("ann@example.com"):
            pass
        clock.now += 1
        fail(throttle)


def test_the_right_password_after_a_pause_counts_anew(throttle: Throttle, clock: Clock) -> None:
    fail(throttle, times=PATIENCE)
    clock.now += 2
    with throttle.watch("ann@example.com"):
        pass
    fail(throttle, times=PATIENCE - 1)


def test_no_more_names_are_kept_than_there_is_room_for(
    throttle: Throttle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_NAMES", 2)
    fail(throttle, "old@example.com", PATIENCE)
    fail(throttle, "one@example.com")
    fail(throttle, "two@example.com")
    with throttle.watch("old@example.com"):
        pass
