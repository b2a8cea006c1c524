"""Ids that belong to nobody and look as if they could."""

import re
from uuid import uuid4

import pytest

from compliance.target.confirmation import absent_like

FORMS = {
    "65f0c3a1b2c3d4e5f6070809": r"65f0c3[0-9a-f]{18}",
    "01HV3K8W9QZ7M2N4P6R8S0T1V3": r"01HV[0-9A-HJKMNP-TV-Z]{22}",
    "018e1a2b-0001-7abc-8def-0123456789ab": r"018e1a2b-0001-7abc-8def-[0-9a-f]{12}",
    "note_9f8e7d6c5b4a": r"note_[0-9a-f]{12}",
    "17": r"\d+",
    "-5": r"-\d+",
}


@pytest.mark.parametrize("known", FORMS)
def test_nobodys_id_is_written_as_the_known_one(known: str):
    for _ in range(20):
        absent = str(absent_like(known))

        assert re.fullmatch(FORMS[known], absent)
        assert absent != known


def test_the_end_of_a_slug_is_nobodys_either():
    known = "kit64098eda3-_yipmqps"
    for _ in range(20):
        absent = str(absent_like(known))

        assert re.fullmatch(r"kit640[a-z0-9]{6}-_[a-z]{7}", absent)
        assert not set(zip(absent[-7:], known[-7:], strict=True)) & {(one, one) for one in known}


@pytest.mark.parametrize("known", ["", "bob", "a-note", "aaaaaaaaaaaaaaa"])
def test_what_is_too_short_to_be_altered_has_another_in_its_place(known: str):
    assert len(str(absent_like(known))) == len(str(uuid4()))
