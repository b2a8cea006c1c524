"""Times in answers: which texts are some, which say where, and which of them tell of an object's life."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from compliance.target.moments import created, date_of, has_form, has_offset, moment, updated


@pytest.mark.parametrize(
    ("text", "form", "offset"),
    [
        ("2026-01-31T12:00:00Z", True, True),
        ("2026-01-31T12:00:00.123456789+02:00", True, True),
        ("2026-01-31 12:00:00-05:30", True, True),
        ("2026-01-31t12:00:00z", True, True),
        ("2026-01-31T12:00:00", True, False),
        ("2026-01-31T12:00", True, False),
        ("2026-01-31T12:00:00.5", True, False),
        ("2026-13-31T12:00:00Z", False, True),
        ("2026-01-31", False, False),
        ("2026-01-31T12:00:00+0000", False, False),
        ("Sat, 31 Jan 2026 12:00:00 GMT", False, False),
        ("soon", False, False),
    ],
)
def test_a_time_has_the_form_and_the_offset_of_rfc_3339(text: str, form: bool, offset: bool):
    assert (has_form(text), has_offset(text)) == (form, offset)


def test_times_of_another_zone_are_the_same_moment():
    assert moment("2026-01-31T12:00:00+02:00") == moment("2026-01-31T10:00:00Z")
    assert moment("2026-01-31T10:00:00.1234567Z") == datetime(2026, 1, 31, 10, 0, 0, 123456, UTC)


@pytest.mark.parametrize("value", [None, True, 1_700_000_000, "yesterday", ["2026-01-31T10:00:00Z"]])
def test_what_is_no_time_is_no_moment(value: object):
    assert moment(value) is None


def test_the_times_of_a_life_are_told_by_their_names():
    fields = {"createdAt": "2026-01-31T10:00:00Z", "last_modified": "2026-01-31T11:00:00Z", "starts_at": "x"}

    assert (created(fields), updated(fields)) == ("2026-01-31T10:00:00Z", "2026-01-31T11:00:00Z")
    assert created({"created": True, "created_by": "2026-01-31T10:00:00Z"}) is None


def test_a_date_header_is_read_where_it_is_one():
    assert date_of("Sat, 31 Jan 2026 12:00:00 GMT") == datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
    assert date_of(None) is None
    assert date_of("now") is None
