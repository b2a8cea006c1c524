"""What somebody wrote into the file of waivers stays as it was, byte by byte."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from compliance.target.errors import TargetError
from compliance.verdict import keeping
from compliance.verdict.editing import added, cut, entry
from compliance.verdict.reading import entries_of, parse
from compliance.verdict.waivers import Waiver

TODAY = date(2026, 11, 23)
RULES = {"PAG-003", "PAG-005"}
WAIVER = Waiver(
    "PAG-003", 'It "stays" broken: \\ é\nuntil\tOctober.', "team-a", date(2026, 12, 15), ("GET /a",)
)
FILE = """\
# Reviewed by the guild.
version = 1

# the first
[[waiver]]  # a header
rule = "A"
# inside
operations = [
  "GET /a",
]

# between

[[waiver]]
rule = "B"
reason = '''
# no comment
[[waiver]]
'''

# above the third
[[ waiver ]]
rule = "C" # behind
# at the end
"""


def test_what_is_written_is_read_back():
    assert parse(entry(WAIVER).encode(), "w", RULES, TODAY) == [WAIVER]


@pytest.mark.parametrize(
    ("data", "between"),
    [
        (b"", b""),
        (b"# a comment", b"\n\n"),
        (b"# a comment\n", b"\n"),
        (b"version = 1\r\n", b"\r\n"),
        (b"\xef\xbb\xbfversion = 1\n", b"\n"),
    ],
)
def test_an_entry_is_added_at_the_end(data: bytes, between: bytes):
    changed = added(data, WAIVER, "w")
    assert changed.startswith(data + between + b"[[waiver]]")
    assert parse(changed, "w", RULES, TODAY) == [WAIVER]
    assert (b"\n" in changed.replace(b"\r\n", b"")) is (b"\r" not in data)


def test_where_nothing_can_be_added_it_is_said():
    data = b'waiver = [{rule = "A"}]\n'
    with pytest.raises(TargetError, match=r"(?s)w is written in a way .*add this by hand\n\[\[waiver"):
        added(data, WAIVER, "w")


SIMPLE = FILE.replace("[[waiver]]\n'''", "'''")


@pytest.mark.parametrize(
    ("numbers", "gone"),
    [
        ([0], ['[[waiver]]  # a header\nrule = "A"\n# inside\noperations = [\n  "GET /a",\n]\n']),
        ([1], ["[[waiver]]\nrule = \"B\"\nreason = '''\n# no comment\n'''\n"]),
        ([2], ['[[ waiver ]]\nrule = "C" # behind\n']),
        ([0, 2], None),
        ([0, 1, 2], None),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_entries_are_cut_and_comments_stay(numbers: list[int], gone: list[str] | None, end: str):
    data = SIMPLE.replace("\n", end).encode()
    changed, removed = cut(data, numbers, "w")
    left = [one["rule"] for one in entries_of(changed, "w")]
    assert left == [rule for number, rule in enumerate("ABC") if number not in numbers]
    assert len(removed) == len(numbers)
    if gone:
        assert removed == [one.replace("\n", end) for one in gone]
    for comment in (
        "# Reviewed by the guild.",
        "# the first",
        "# between",
        "# above the third",
        "# at the end",
    ):
        assert comment.encode() in changed
    # nothing but the entries, and an empty line beside each, is missing
    rest = data.decode()
    for text in removed:
        rest = rest.replace(text, "")
    assert [line for line in rest.splitlines() if line] == [
        line for line in changed.decode().splitlines() if line
    ]


@pytest.mark.parametrize("data", [FILE.encode(), b'waiver = [{rule = "A"}, {rule = "B"}]\n'])
def test_where_an_entry_cannot_be_told_the_file_stays(data: bytes):
    with pytest.raises(TargetError, match="take waiver 2 away by hand"):
        cut(data, [1], "w")


def test_the_last_line_may_have_no_end():
    assert cut(b'[[waiver]]\nrule = "A"', [0], "w") == (b"", ['[[waiver]]\nrule = "A"'])


# Writing


def test_a_file_is_replaced_in_one_step_and_keeps_its_permissions(tmp_path: Path):
    file, link = tmp_path / "w.toml", tmp_path / "link.toml"
    keeping.replace(file, b"one", None)
    file.chmod(0o640)
    link.symlink_to(file)
    keeping.replace(link, b"two", b"one")
    assert (file.read_bytes(), file.stat().st_mode & 0o777, link.is_symlink()) == (b"two", 0o640, True)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["link.toml", "w.toml"]


@pytest.mark.parametrize("old", [None, b"one"])
def test_what_was_changed_meanwhile_stays(tmp_path: Path, old: bytes | None):
    file = tmp_path / "w.toml"
    file.write_bytes(b"theirs")
    with pytest.raises(TargetError, match="was changed meanwhile"):
        keeping.replace(file, b"ours", old)
    assert file.read_bytes() == b"theirs"


def test_where_nothing_can_be_written(tmp_path: Path):
    with pytest.raises(TargetError, match="cannot be written: No such file or directory"):
        keeping.replace(tmp_path / "no" / "w.toml", b"", None)
