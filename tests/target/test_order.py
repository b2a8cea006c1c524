"""Which of two values surely comes after the other."""

import pytest

from compliance.target.order import comes_after


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (2, 1),
        (1.5, 1),
        ("b", "a"),
        ("kit12ab34sd", "kit12ab34sa"),
        ("2026-01-02", "2026-01-01"),
        ("2026-01-01T12:00:00Z", "2026-01-01T13:30:00+02:00"),
        ("2026-01-01T12:00:00.5", "2026-01-01T12:00:00"),
    ],
)
def test_what_everybody_sorts_alike_is_sure(first, second):
    assert comes_after(first, second)
    assert not comes_after(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (1, 1),
        (1, "1"),
        ("a", "B"),  # by the code of the character
        ("note 10", "note 9"),
        ("note10", "note9"),  # by the number
        ("10.00", "9.50"),
        ("-5", "3"),
        ("a-c", "ab"),  # by the letters alone
        ("Émile", "Zoe"),
        ("The Hobbit", "Iliad"),  # without the article
        ("Ada Young", "Bob Adams"),  # by the last name
        ("2026-01-01T12:00:00Z", "2026-01-01T14:00:00+02:00"),
        ("9999999999-01-01", "no date"),
    ],
)
def test_the_rest_is_doubtful(first, second):
    assert not comes_after(first, second)
    assert not comes_after(second, first)
