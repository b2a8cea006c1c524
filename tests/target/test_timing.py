"""Durations held against each other; all of them are given, none is measured."""

import pytest

from compliance.target.timing import clearly_longer, held_back

SLOW = [0.100 + 0.001 * number for number in range(24)]
FAST = [0.002 + 0.0001 * number for number in range(24)]


@pytest.mark.parametrize(
    ("slow", "fast", "expected"),
    [
        pytest.param(SLOW, FAST, True, id="a hash against none"),
        pytest.param(FAST, SLOW, False, id="the other way round"),
        pytest.param(SLOW, SLOW, False, id="the same"),
        pytest.param(SLOW[:-2] + FAST[:2], FAST[:-2] + SLOW[:2], True, id="a few that are out of the way"),
        pytest.param(SLOW[:-4] + FAST[:4], FAST, False, id="too many that are as fast"),
        pytest.param([one + 0.002 for one in FAST], FAST, False, id="less than three milliseconds"),
        pytest.param([one + 0.030 for one in SLOW], SLOW, False, id="less than half as long again"),
        pytest.param([one + 0.080 for one in SLOW], SLOW, True, id="more than half as long again"),
        pytest.param([], FAST, False, id="nothing"),
    ],
)
def test_only_what_nobody_can_overlook_is_longer(slow, fast, expected):
    assert clearly_longer(slow, fast) is expected


@pytest.mark.parametrize(
    ("seconds", "usual", "expected"),
    [
        pytest.param([0.1] * 20, 0.1, False, id="as fast as ever"),
        pytest.param([0.1, 0.1, 0.1, 2.0], 0.1, False, id="one answer late"),
        pytest.param([0.1, 0.1, 1.0, 2.0], 0.1, True, id="growing delays"),
        pytest.param([1.1, 1.1, 1.1], 0.1, True, id="a delay after every failure"),
        pytest.param([0.1, 5.0], 0.1, False, id="too few"),
    ],
)
def test_answers_are_held_back(seconds, usual, expected):
    assert held_back(seconds, usual) is expected
