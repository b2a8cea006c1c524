"""Numbers that are unlike each other, within what a schema allows."""

import pytest

from compliance.contract.numbers import fits, unlike


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"minimum": 0},
        {"maximum": -3},
        {"minimum": 1, "maximum": 99},
        {"exclusiveMinimum": 0, "exclusiveMaximum": 1000, "multipleOf": 7},
        {"minimum": 0, "exclusiveMinimum": True, "maximum": 100, "exclusiveMaximum": True},
    ],
)
def test_one_after_another_is_allowed_and_new(schema):
    drawn = [unlike(schema, 3_000_000_000 + count) for count in range(50)]
    assert len(set(drawn)) == 50
    assert all(fits(schema, value, whole=True) for value in drawn)


def test_where_there_is_room_for_one_it_is_that_one():
    assert {unlike({"minimum": 5, "maximum": 5}, drawn) for drawn in range(9)} == {5}
