"""Properties over many values: deterministic, shrunk, and deaf to the settings of the user's project."""

from __future__ import annotations

from collections.abc import Iterator

import hypothesis
import pytest
from hypothesis import strategies as st

from compliance.catalogue import Untested, Violation
from compliance.target.properties import forall


@pytest.fixture
def hostile_profile() -> Iterator[None]:
    """What a project might have made the default: one example, no shrinking, randomness, a deadline of nothing."""
    before = hypothesis.settings.get_current_profile_name()
    hypothesis.settings.register_profile(
        "hostile",
        max_examples=1,
        derandomize=False,
        deadline=1,
        phases=[hypothesis.Phase.explicit],
        verbosity=hypothesis.Verbosity.verbose,
    )
    hypothesis.settings.load_profile("hostile")
    yield
    hypothesis.settings.load_profile(before)


def above(limit: int, seen: list[int]):
    def check(value: int) -> None:
        seen.append(value)
        if value > limit:
            raise Violation("too large", f"at most {limit}", str(value))

    return check


def test_the_smallest_value_that_breaks_is_the_one_reported(hostile_profile: None) -> None:
    seen: list[int] = []
    with pytest.raises(Violation) as broken:
        forall(st.integers(0, 10**9), above(1000, seen), budget=100)
    assert broken.value.observed == "1001"
    assert len(seen) > 1
    assert not getattr(broken.value, "__notes__", [])


def test_two_runs_see_the_same_values(hostile_profile: None) -> None:
    first: list[int] = []
    second: list[int] = []
    forall(st.integers(), first.append)
    forall(st.integers(), second.append)
    assert first == second
    assert 1 < len(first) <= 25


def test_the_first_doubt_ends_the_search() -> None:
    seen: list[int] = []

    def check(value: int) -> None:
        seen.append(value)
        raise Untested("no answer")

    with pytest.raises(Untested, match="no answer"):
        forall(st.integers(), check)
    assert len(seen) == 1


def test_an_error_of_the_check_is_raised_as_it_is() -> None:
    def check(value: int) -> None:
        raise KeyError("a fault of the rule")

    with pytest.raises(KeyError):
        forall(st.integers(), check)


def test_what_broke_once_and_not_again_is_no_violation() -> None:
    seen: list[int] = []

    def check(value: int) -> None:
        seen.append(value)
        if len(seen) == 3:
            raise Violation("once", "never", "once")

    with pytest.raises(Untested, match="once and not again"):
        forall(st.integers(), check)


def test_nothing_is_written(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Violation):
        forall(st.text(), above_length)
    assert list(tmp_path.iterdir()) == []


def above_length(value: str) -> None:
    if len(value) > 2:
        raise Violation("long", "short", value)
