from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator

from compliance.report.kinds import badge, badge_svg
from compliance.report.view import Report
from tests.report.kinds.reports import CAP, conformant, empty, everything, hostile, report_of, waived
from tests.report.making import passed
from tests.report.schemas import stored

VALIDATOR = Draft202012Validator(stored("shields-endpoint.json"))
SVG = "{http://www.w3.org/2000/svg}"
BADGES = {
    "compliant": (conformant(), "brightgreen"),
    "compliant with waivers": (waived(), "yellowgreen"),
    "partial": (report_of(passed(CAP), deselected=2), "yellow"),
    "inconclusive": (empty(), "orange"),
    "not compliant": (everything(), "red"),
}


def test_it_obeys_the_form(report):
    VALIDATOR.validate(json.loads(badge.render(report)))


def test_the_form_would_catch_a_fault():
    assert not VALIDATOR.is_valid({**json.loads(badge.render(conformant())), "message": ""})


@pytest.mark.parametrize("word", BADGES)
def test_the_verdict_has_its_word_and_colour(word):
    report, colour = BADGES[word]
    shown = json.loads(badge.render(report))
    assert (shown["message"], shown["color"]) == (word, colour)
    assert shown["isError"] is (word in ("not compliant", "inconclusive"))
    assert (
        ElementTree.fromstring(badge_svg.render(report)).find(f"{SVG}title").text
        == f"compliance: {word} (orders 1.4.2)"
    )


def test_a_word_that_is_new_is_no_success():
    report = conformant()
    newer = Report({**report.document, "verdict": {**report.document["verdict"], "word": "dubious"}})
    assert json.loads(badge.render(newer))["color"] == "lightgrey"
    assert badge.COLOURS["compliant"][1] not in badge_svg.render(newer)


def test_the_picture_asks_nobody_and_has_a_name():
    root = ElementTree.fromstring(badge_svg.render(hostile()))
    assert {one.tag.removeprefix(SVG) for one in root.iter()} == {
        "svg",
        "title",
        "clipPath",
        "rect",
        "g",
        "text",
    }
    assert {
        name for one in root.iter() for name in one.attrib if "href" in name or name.startswith("on")
    } == set()
    assert root.get("role") == "img"
    assert root.get("aria-label") == root.find(f"{SVG}title").text
    assert "<script>alert(1)</script>" in root.get("aria-label")


@pytest.mark.parametrize(
    "colour", [*(pair[1] for pair in badge.COLOURS.values()), badge.UNKNOWN[1], badge_svg.GREY]
)
def test_white_letters_are_legible(colour):
    """4.5 to 1, as WCAG asks of small text."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    assert 1.05 / (luminance + 0.05) >= 4.5
