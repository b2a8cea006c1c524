from __future__ import annotations

import pytest

from compliance.report.advice import fix, section
from tests.report.making import a_rule


@pytest.mark.parametrize(
    "text",
    [
        "Why: a.\nBreaks: b.\nConforms: c.\nd.",
        "Why\n---\na.\n\nBreaks\n------\nb.\n\nConforms\n--------\nc.\nd.",
        "## Why\na.\n\n## Breaks\nb.\n\n## Conforms\n\nc.\nd.\n",
        "**Why.** a.\n\n**Breaks.** b.\n\n**Conforms.** c.\nd.",
        "**Conforms**\nc.\nd.\n**Why**\na.",
        "Conforms - c.\nd.",
    ],
)
def test_a_section_is_found_however_its_heading_is_marked(text):
    assert section(text, "Conforms")[-2:] == ["c.", "d."]
    assert [line for line in section(text, "Conforms") if line] == ["c.", "d."]


def test_a_sentence_that_begins_like_a_heading_is_none():
    assert section("Conforms:\nWhy it matters is said below.", "Conforms") == [
        "Why it matters is said below."
    ]


def test_a_fix_is_the_first_paragraph_and_no_more_than_three_lines():
    def wordy(target, subject):
        """Conforms:

        ```python
        one
        two
        three
        four
        ```
        """

    def bare(target, subject):
        pass

    assert fix(a_rule()) == ["declare the limit in the signature,", "`Query(ge=1, le=100)`."]
    assert fix(a_rule(check=wordy)) == ["one", "two", "three"]
    assert fix(a_rule(check=bare)) == []
