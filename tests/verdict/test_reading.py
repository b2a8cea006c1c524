"""A file of waivers: every fault is told before anything is asked of a service, with what to write."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from compliance.target.errors import TargetError
from compliance.verdict.reading import entries_of, parse, read

TODAY = date(2026, 11, 23)
RULES = {"PAG-003", "PAG-003@source", "PAG-005"}
GOOD = {
    "rule": '"PAG-003"',
    "reason": '"The gateway caps pages until ORD-2211."',
    "owner": '"team-orders"',
    "expires": "2026-12-15",
}


def text(**changes: str | None) -> str:
    lines = [f"{key} = {value}" for key, value in {**GOOD, **changes}.items() if value is not None]
    return "\n".join(("[[waiver]]", *lines, ""))


def complaint(data: str | bytes) -> str:
    with pytest.raises(TargetError) as refusal:
        parse(data.encode() if isinstance(data, str) else data, "w.toml", RULES, TODAY)
    return str(refusal.value)


def test_a_whole_entry():
    entry = text(
        operations='["GET /users", "GET /items"]',
        cause='"the limit is not capped"',
        ticket='"https://tracker.example.org/1"',
        approved_by='"api-guild"',
    )
    (waiver,) = parse(f"version = 1\n{entry}".encode(), "w.toml", RULES, TODAY)

    assert waiver.operations == ("GET /users", "GET /items")
    assert (waiver.rule, waiver.owner, waiver.expires) == ("PAG-003", "team-orders", date(2026, 12, 15))
    assert (waiver.cause, waiver.ticket) == ("the limit is not capped", "https://tracker.example.org/1")
    assert str(waiver) == "PAG-003 on GET /users, GET /items"


@pytest.mark.parametrize(
    "data", [b"", b"# nothing yet\n", b"version = 1", b"\xef\xbb\xbf", b"version = 1\r\n"]
)
def test_a_file_without_waivers(data: bytes):
    assert parse(data, "w.toml", RULES, TODAY) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rule": None}, 'rule is missing: write rule = "PAG-003"'),
        ({"rule": "3"}, 'rule is no text: write rule = "PAG-003"'),
        ({"rule": '"PAG-*"'}, "(PAG-*): rule is a pattern: a waiver names one rule exactly"),
        ({"rule": '"PAG-033"'}, 'rule = "PAG-033" is no rule; did you mean PAG-003?'),
        ({"rule": '"pag-005"'}, "did you mean PAG-005?"),
        ({"rule": '"PAG-005@source"'}, "did you mean PAG-003@source?"),
        ({"rule": '"{x}"'}, "`compliance rules` lists them"),
        ({"rule": '"XXX-003"'}, 'rule = "XXX-003" is no rule; `compliance rules` lists them'),
        ({"reason": None}, "reason is missing: write reason = "),
        ({"reason": '"too short a reason"'}, "reason says too little: write reason = "),
        ({"reason": '"short               one"'}, "in 20 letters or more"),
        ({"owner": None}, 'owner is missing: write owner = "team-orders"'),
        ({"owner": '" "'}, "owner is no text"),
        ({"expires": None}, "expires is missing: write expires = 2026-12-15"),
        ({"expires": '"2026-12-15"'}, "write the date without quotes, expires = 2026-12-15"),
        ({"expires": "2026-12-15T00:00:00Z"}, "is no date: write the last day alone"),
        ({"expires": "20261215"}, "is no date"),
        (
            {"expires": "2027-05-23"},
            "expires is 181 days ahead, and a waiver lasts 180 at most: write expires = 2027-05-22",
        ),
        ({"operations": '"GET /users"'}, 'is no list of texts: write operations = ["GET /users"]'),
        ({"operations": "[]"}, "or leave it out for every one"),
        ({"operations": "[1]"}, "is no list of texts"),
        ({"operations": '["GET /a", "GET /a"]'}, 'names "GET /a" twice'),
        ({"operations": '["GET /{id}", "*"]'}, 'holds the pattern "*"'),
        ({"files": '["app/"]'}, "files is for rules of the source, such as COD-001@source"),
        ({"rule": '"PAG-003@source"', "files": '["app/*.py"]'}, 'holds the pattern "app/*.py"'),
        ({"rule": '"PAG-003@source"', "files": '["/app"]'}, "write the way from the project's root"),
        ({"rule": '"PAG-003@source"', "files": '["a/../b"]'}, "write the way from the project's root"),
        ({"cause": '""'}, "cause is no text"),
        ({"fingerprint": '"abc"'}, "copy its 20 letters from a result"),
        ({"cause": '"a"', "fingerprint": '"0123456789abcdef0123"'}, "keep the fingerprint"),
        ({"ticket": "7"}, "ticket is no text"),
        ({"approved_by": '"team-orders"'}, "approved_by is the owner"),
        ({"reasons": '"x"'}, "unknown key reasons; did you mean reason?"),
        ({"approved-by": '"x"'}, "unknown key approved-by; did you mean approved_by?"),
        ({"colour": '"x"'}, "unknown key colour; the keys are rule, operations, files"),
    ],
)
def test_a_fault_of_an_entry(changes: dict[str, str | None], words: str):
    said = complaint(
        text(rule='"PAG-005"', reason='"Another one, which is quite alright."') + text(**changes)
    )
    assert said.startswith("w.toml: waiver 2")
    assert words in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xff", "w.toml is not UTF-8: byte 0"),
        ("[[waiver]\n", "w.toml is not TOML: "),
        (text(expires="2026-02-30"), "w.toml is not TOML: "),
        (text(expires="15.12.2026"), "w.toml is not TOML: "),
        ("[[waivers]]\n", "unknown key waivers; did you mean [[waiver]]?"),
        ("colour = 1\n", "unknown key colour; every entry begins with [[waiver]]"),
        ("version = 2\n", "version = 2: this kit reads version = 1"),
        ("version = true\n", "this kit reads version = 1"),
        (text().replace("[[waiver]]", "[waiver]"), "begin every entry with [[waiver]]"),
        ("waiver = [1]", "waiver 1: is no table"),
    ],
)
def test_a_fault_of_the_file(data: str | bytes, words: str):
    assert words in complaint(data)


def test_every_fault_is_told_at_once():
    said = complaint(text(rule='"PAG-033"', owner=None) + text(reason='"no"'))
    assert [line.partition(" (")[0] for line in said.split("\n")] == ["w.toml: waiver 1"] * 2 + [
        "w.toml: waiver 2"
    ]


def test_the_same_twice():
    first = text(operations='["GET /a", "GET /b"]')
    said = complaint(first + text() + text(operations='["GET /b", "GET /a"]', owner='"somebody-else"'))
    assert said == "w.toml: waiver 3 (PAG-003): waives the same as waiver 1: keep one of them"


def test_the_longest_and_one_that_ended():
    ahead, ended = parse(
        (text(expires="2027-05-22") + text(operations='["GET /a"]', expires="2020-01-01")).encode(),
        "w",
        RULES,
        TODAY,
    )
    assert (ahead.days(TODAY), ended.days(TODAY) < 0) == (180, True)


def test_a_file_that_cannot_be_read(tmp_path: Path):
    with pytest.raises(TargetError, match="cannot be read: No such file"):
        read(tmp_path / "w.toml", RULES, TODAY)


def test_a_table_that_is_no_list_of_entries():
    with pytest.raises(TargetError, match="begin every entry"):
        entries_of(b"waiver = 1", "w.toml")
