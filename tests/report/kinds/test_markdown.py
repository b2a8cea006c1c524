"""Markdown is read back with markdown-it, with GitHub's tables and raw HTML."""

from __future__ import annotations

import pytest

from compliance.report.kinds.markdown import LIMIT, code, fence, render
from tests.report.kinds.reports import (
    CAP,
    HOSTILE,
    ORDER,
    broken,
    conformant,
    empty,
    everything,
    hostile,
    report_of,
    waived,
)
from tests.report.schemas import package


def tokens(text):
    """Every token of the text, those within lines too."""
    reader = package("markdown_it").MarkdownIt("gfm-like", {"html": True, "linkify": False})
    for token in reader.parse(text):
        yield token
        yield from token.children or ()


def headings(text):
    found = list(tokens(text))
    return [found[n + 1].content for n, one in enumerate(found) if one.type == "heading_open"]


def test_the_verdict_comes_first():
    assert render(everything()).startswith("## Compliance: not compliant\n")
    assert render(empty()).startswith("## Compliance: inconclusive\n")
    assert "- no MUST clause could be shown to hold" in render(empty())


def test_its_parts():
    assert headings(render(everything())) == [
        "Compliance: not compliant",
        "Mend first",
        "The kit failed",
        "Not examined",
        "Waived",
        "Left behind in the service",
        "Rules by family",
    ]
    assert headings(render(conformant())) == ["Compliance: compliant", "Rules by family"]
    assert "Waived" in headings(render(waived()))


def test_a_finding_says_what_to_do():
    text = render(everything())
    for words in (
        "1. **PAG-003 A page holds at most 100 items** (MUST)\n",
        "   - cause: `the limit is not capped`\n",
        "   - expected: `422, or at most 100 items`\n",
        "   - observed: `101 items`\n",
        "   - where: `GET /users`, `GET /items`, `/items`\n",
        "   - fix: declare the limit",
        "   curl -sS -H",
        "2. **ARC-002@source",
        "   - where: `app/a b.py:3`, `app/ä.py:9`\n",
        "3. **PAG-005 The order of a list is stable** (SHOULD, does not decide the verdict)",
        "- `needs an administrator`: ERR-001, PAG-005\n",
        "- `mended with ORD-22, until 2026-12-15`: ERR-001\n",
        "- `ValueError in the kit`: ERR-001\n",
        "- `/users/7`\n",
    ):
        assert words in text, words


def test_the_table_counts_rules_by_what_became_of_them():
    lines = render(everything()).split("### Rules by family\n\n")[1].splitlines()
    assert lines == [
        "| Family | broken | warned | kit errors |",
        "| --- | ---: | ---: | ---: |",
        "| Pagination and search | 1 | 1 |  |",
        "| Errors |  |  | 1 |",
        "| ARC | 1 |  |  |",
    ]


def test_hostile_texts_are_texts_alone():
    text = render(hostile())
    found = list(tokens(text))
    html = {one.content.strip() for one in found if one.type in ("html_block", "html_inline")}
    assert html <= {"<details><summary>Script that repeats it</summary>", "</details>"}
    assert not [one for one in found if one.type in ("link_open", "image")]
    assert headings(text)[1:] == [
        "Mend first",
        "The kit failed",
        "Not examined",
        "Waived",
        "Left behind in the service",
        "Rules by family",
    ]
    prose = "".join(one.content for one in found if one.type == "text")
    for mark in ("@everyone", "evil.example", "::error::", "#1 ", "alert("):
        assert mark not in prose, mark
    shown = " ".join(one.content for one in found if one.type == "code_inline")
    for mark in ("@everyone", "<script>alert(1)</script>", "a | b `c` ``` ~~~ ````", "🎉"):
        assert mark in shown, mark


@pytest.mark.parametrize("text", [*HOSTILE, "`", "``", "", " ", "a`", "`a", "\\", "\n", "`\n``\n```"])
def test_a_span_and_a_fence_hold_what_they_were_given(text):
    (span,) = [one for one in tokens(f"x {code(text)} y") if one.type == "code_inline"]
    assert span.content.split() == code(text).strip("` ").split() or "`" in text
    assert [one.type for one in tokens(fence(text))] == ["fence"]


@pytest.mark.parametrize("length", [1, 600, 5000])
def test_it_is_short_enough_for_a_comment_and_says_what_was_left_out(length):
    results = [
        broken(rule, f"GET /{n}", cause=f"{n} " + "x" * length) for n in range(700) for rule in (CAP, ORDER)
    ]
    text = render(report_of(*results))
    shown = text.count(". **PAG-00")
    assert len(text) <= LIMIT
    assert shown > 20
    assert f"\n{1400 - shown} further findings left out here" in text
    assert headings(text)[-1] == "Rules by family"


def test_ten_thousand_results(ten_thousand):
    text = render(ten_thousand)
    assert LIMIT * 0.9 < len(text) <= LIMIT
    assert "further findings left out here: see the whole report." in text


def test_nothing_is_said_to_be_left_out_where_nothing_is(report):
    if len(report.findings) < 5:
        assert "left out" not in render(report)
