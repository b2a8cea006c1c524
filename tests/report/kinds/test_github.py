from __future__ import annotations

import re

import pytest

from compliance.catalogue import Level
from compliance.report.files import ReportError, check, parse, write
from compliance.report.kinds.github import render
from compliance.report.kinds.markdown import render as markdown
from compliance.result import Place
from tests.report.kinds.reports import CAP, a_rule, broken, conformant, empty, everything, hostile, report_of
from tests.report.making import passed

COMMAND = re.compile(r"::(?P<level>notice|warning|error) (?P<properties>[^:\r\n]*)::(?P<message>[^\r\n]*)")


def read(text):
    """As the runner of a job reads a line: level, properties, message."""
    found = []
    for line in text.splitlines():
        match = COMMAND.fullmatch(line)
        assert match, line
        properties = dict(pair.split("=", 1) for pair in match["properties"].split(","))
        found.append(
            (match["level"], {k: unescaped(v) for k, v in properties.items()}, unescaped(match["message"]))
        )
    return found


def unescaped(text):
    for code, character in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        text = text.replace(code, character)
    return text


def levels(report):
    return [level for level, _, _ in read(render(report))]


def test_every_line_is_a_command(report):
    assert all(properties["title"] for _, properties, _ in read(render(report)))


def test_a_finding_is_one_annotation_at_its_first_place():
    told = read(render(everything(stated={"GET /users": Place("openapi.json", 12)})))
    assert [(level, one.get("file"), one.get("line"), one["title"]) for level, one, _ in told] == [
        ("notice", None, None, "compliance of orders 1.4.2"),
        ("error", "openapi.json", "12", "PAG-003 A page holds at most 100 items (MUST)"),
        ("error", "app/a b.py", "3", "ARC-002@source A route queries nothing (MUST)"),
        ("warning", "openapi.json", "12", "PAG-005 The order of a list is stable (SHOULD)"),
    ]
    assert told[1][2].splitlines() == [
        "the limit is not capped",
        "expected: 422, or at most 100 items",
        "observed: 101 items",
        "where: GET /users, GET /items, /items",
        "fix: declare the limit in the signature, `Query(ge=1, le=100)`.",
        "more: compliance explain PAG-003",
    ]


@pytest.mark.parametrize(("number", "shown"), [(1, 1), (9, 9), (10, 10), (30, 10)])
@pytest.mark.parametrize(("level", "word"), [(Level.MUST, "error"), (Level.SHOULD, "warning")])
def test_no_more_than_github_shows_and_the_rest_is_named(number, shown, level, word):
    rules = tuple(a_rule(f"PAG-{n:03}", level=level) for n in range(1, number + 1))
    good = a_rule("ERR-001")
    report = report_of(*(broken(rule) for rule in rules), passed(good), rules=(*rules, good))
    told = [one for one in read(render(report)) if one[0] == word]
    assert len(told) == shown
    assert all(rule.id in str(told) for rule in rules)
    if number > 9:
        assert told[-1][1] == {"title": f"{number - 9} more"}


def test_ten_thousand_findings_stay_within_the_limits(ten_thousand):
    assert levels(ten_thousand) == ["notice", *["error"] * 10]


def test_an_inconclusive_run_is_an_error_and_a_conformant_one_is_not():
    assert levels(empty()) == ["notice", "error"]
    assert levels(conformant()) == ["notice"]


def test_hostile_texts_begin_no_command():
    text = render(hostile())
    assert text.isascii() or "\u2028" not in text
    assert len(text.splitlines()) == len(re.findall(r"^::(?:notice|error|warning) ", text, re.MULTILINE))
    assert "::stop-commands" not in re.sub(r"(?m)^(::[^:]*::).*$", r"\1", text)


def test_percent_signs_and_separators_come_back():
    place = Place("a,b:c%0A.py", 3)
    (_, properties, message) = read(render(report_of(broken(CAP, cause="50% :: a, b", places=(place,)))))[1]
    assert properties["file"] == "a,b:c%0A.py"
    assert message.startswith("50% :: a, b\n")


def test_the_summary_of_the_job_is_added_to_what_is_there(tmp_path, monkeypatch, capsys):
    summary = tmp_path / "summary"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    write(parse("github"), everything())
    assert capsys.readouterr().out == render(everything())
    assert summary.read_text("utf-8") == "before\n" + markdown(everything())


def test_elsewhere_there_is_no_summary(monkeypatch, capsys, tmp_path):
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.chdir(tmp_path)
    check(parse("github"))
    write(parse("github"), everything())
    assert capsys.readouterr().out.startswith("::notice ")
    assert list(tmp_path.iterdir()) == []


def test_a_summary_that_cannot_be_written_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "missing" / "summary"))
    with pytest.raises(ReportError, match=r"file of \$GITHUB_STEP_SUMMARY"):
        write(parse("github"), everything())
    with pytest.raises(ReportError, match=r"\$GITHUB_STEP_SUMMARY names .*, which cannot be written"):
        check(parse("github"))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    with pytest.raises(ReportError, match="cannot be written"):
        check(parse("github:annotations"))


def test_ten_thousand_results_fit_the_summary(ten_thousand):
    assert len(markdown(ten_thousand).encode()) < 1_000_000
