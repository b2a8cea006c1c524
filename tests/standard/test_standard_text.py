"""The standard's text: its reader refuses what is malformed, its words keep their rules, nothing is lost."""

import re
from collections import Counter
from pathlib import Path

import pytest

from compliance.standard import Clause, Standard, chapters, read, unruled

COVERAGE = Path(__file__).parents[2] / "docs" / "coverage.md"
FAMILIES = {"PAG", "AUT", "ACC", "SEC", "ERR", "RES", "CON", "SUR"}
GOOD = """# Cakes

All about cakes.

## CAK-001 (MUST) A cake is baked

Origin: standard, "Always do" 1

A raw cake is dough. Bake it.

## CAK-002 (SHOULD) A cake is cut

Origin: good practice (guests)

Cut it. Then serve.
"""

STANDARD = read()
CLAUSES = [clause for chapter in STANDARD.chapters for clause in chapter.clauses]
each_clause = pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause.id)


def write(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return folder


def sentences(text: str) -> int:
    return len(re.findall(r"[.?!](?=\s|$)", text))


def rows() -> list[list[str]]:
    """The cells of the rows of every table in the coverage page, headings left out."""
    lines = [line for line in COVERAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row[0] != "statement"]


class TestReader:
    def test_a_chapter_is_read(self, tmp_path):
        (chapter,) = chapters(write(tmp_path, cakes=GOOD))

        assert (chapter.family, chapter.title, chapter.file) == ("CAK", "Cakes", "cakes.md")
        assert chapter.introduction == "All about cakes."
        assert chapter.clauses[0] == Clause(
            "CAK-001",
            "CAK",
            "MUST",
            "A cake is baked",
            'standard, "Always do" 1',
            "A raw cake is dough. Bake it.",
        )
        assert chapter.clauses[1].level == "SHOULD"

    def test_chapters_come_in_the_order_of_their_files(self, tmp_path):
        write(tmp_path, second=GOOD, first=GOOD.replace("CAK", "PIE"))

        assert [chapter.family for chapter in chapters(tmp_path)] == ["PIE", "CAK"]

    def test_an_empty_folder_has_no_chapters(self, tmp_path):
        assert read(tmp_path) == Standard((), {})

    @pytest.mark.parametrize(
        ("old", "new", "complaint"),
        [
            pytest.param("# Cakes\n", "Cakes\n", r"^cakes\.md:1: ", id="no title"),
            pytest.param("# Cakes\n", "# \n", r"^cakes\.md:1: ", id="empty title"),
            pytest.param("## CAK-001 (MUST)", "## CAK-001", r"^cakes\.md:5: not ", id="no level"),
            pytest.param("(MUST)", "(MAY)", r"^cakes\.md:5: not ", id="unknown level"),
            pytest.param("CAK-001", "CAK-1", r"^cakes\.md:5: not ", id="short number"),
            pytest.param("CAK-001", "cak-001", r"^cakes\.md:5: not ", id="small letters"),
            pytest.param("## CAK-001", "### CAK-001", r"^cakes\.md:5: not ", id="depth of a heading"),
            pytest.param("A cake is baked\n", "\n", r"^cakes\.md:5: not ", id="no clause title"),
            pytest.param("## CAK-002", "## About\n\n## CAK-002", r"^cakes\.md:11: not ", id="other heading"),
            pytest.param("## CAK-002", "# CAK-002", r"^cakes\.md:11: not ", id="second title"),
            pytest.param("CAK-002", "CAK-001", r"^cakes\.md:11: CAK-001 stands twice", id="same id twice"),
            pytest.param("CAK-002", "CAK-003", r"^cakes\.md:11: CAK-003 where CAK-002", id="gap"),
            pytest.param("CAK-001", "CAK-000", r"^cakes\.md:5: CAK-000 where CAK-001", id="from zero"),
            pytest.param("CAK-002", "PIE-002", r"^cakes\.md:11: PIE-002 in the chapter", id="other prefix"),
            pytest.param("Origin: good practice (guests)", "", r"^cakes\.md:11: .*`Origin", id="no origin"),
            pytest.param("good practice (guests)", "", r"^cakes\.md:11: .*`Origin", id="empty origin"),
            pytest.param(
                "Cut it.", "Origin: habit\n\nCut it.", r"^cakes\.md:11: .* one line", id="two origins"
            ),
            pytest.param(
                "Origin: good", "Well.\n\nOrigin: good", r"^cakes\.md:11: the origin", id="late origin"
            ),
            pytest.param("Cut it. Then serve.", "", r"^cakes\.md:11: CAK-002 has no text", id="no text"),
        ],
    )
    def test_a_malformed_chapter_is_refused_with_its_place(self, tmp_path, old, new, complaint):
        assert old in GOOD

        with pytest.raises(ValueError, match=complaint):
            chapters(write(tmp_path, cakes=GOOD.replace(old, new, 1)))

    @pytest.mark.parametrize("text", ["", "# Cakes\n\nNothing yet.\n"])
    def test_a_chapter_without_clauses_is_refused(self, tmp_path, text):
        with pytest.raises(ValueError, match=r"^cakes\.md:\d+: "):
            chapters(write(tmp_path, cakes=text))

    def test_a_family_has_one_chapter(self, tmp_path):
        with pytest.raises(ValueError, match=r"^more\.md:1: CAK has a chapter in cakes\.md"):
            chapters(write(tmp_path, cakes=GOOD, more=GOOD))

    def test_reasons_are_read(self, tmp_path):
        (tmp_path / "unruled.toml").write_text('[CAK-001]\nreason = "no oven"\n', encoding="utf-8")

        assert unruled(tmp_path) == {"CAK-001": "no oven"}

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            pytest.param("\n[CAK-001]\n", 2, id="no reason"),
            pytest.param('[CAK-001]\nreason = " "\n', 1, id="blank reason"),
            pytest.param("[CAK-001]\nreason = 1\n", 1, id="reason of another type"),
            pytest.param('[A-001]\nreason = "x"\n[CAK-001]\nreason = "x"\nuntil = 1\n', 3, id="another key"),
            pytest.param('CAK-001 = "no oven"\n', 1, id="no table"),
            pytest.param("[CAK-001]\nreason = \n", 2, id="no TOML"),
            pytest.param('[CAK-001]\nreason = "x"\n[CAK-001]\nreason = "y"\n', 3, id="same id twice"),
            pytest.param('[CAK-001]\nreason = """x', 2, id="broken off"),
        ],
    )
    def test_a_malformed_reason_is_refused_with_its_place(self, tmp_path, text, line):
        (tmp_path / "unruled.toml").write_text(text, encoding="utf-8")

        with pytest.raises(ValueError, match=rf"^unruled\.toml:{line}: "):
            unruled(tmp_path)


class TestText:
    def test_the_families_of_the_house_are_there(self):
        assert {chapter.family for chapter in STANDARD.chapters} >= FAMILIES

    def test_titles_are_unique(self):
        assert [
            title for title, count in Counter(clause.title for clause in CLAUSES).items() if count > 1
        ] == []

    @pytest.mark.parametrize("chapter", STANDARD.chapters, ids=lambda chapter: chapter.family)
    def test_a_chapter_is_introduced(self, chapter):
        assert f"(family {chapter.family})" in " ".join(chapter.introduction.split())
        assert sentences(chapter.introduction) >= 2

    @each_clause
    def test_a_title_states_a_fact(self, clause):
        assert len(clause.title) < 80
        assert clause.title[0].isupper()
        assert not clause.title.endswith(".")
        assert re.search(r"\b(should|shall|must|test that)\b", clause.title, re.IGNORECASE) is None

    @each_clause
    def test_an_origin_names_its_source(self, clause):
        sources = r'standard, "[^"]+"|standard, checklist|RFC \d+ \d|ASVS 5\.0 \d+\.\d+\.\d+|OpenAPI 3\.1, '
        assert re.search(sources + r"|vulnerability \(.{20,}?\)|good practice \(.{15,}?\)", clause.origin)

    @each_clause
    def test_a_must_comes_from_the_standard_or_from_a_vulnerability(self, clause):
        if clause.level == "MUST":
            assert re.search(r"standard, |vulnerability \(.{20,}?\)", clause.origin)

    @each_clause
    def test_a_clause_is_explained(self, clause):
        assert 2 <= sentences(clause.text) <= 6

    @each_clause
    def test_a_clause_refers_to_clauses_that_exist(self, clause):
        known = {other.id for other in CLAUSES}
        assert set(re.findall(r"\b[A-Z]{3}-\d{3}\b", clause.text)) <= known - {clause.id}

    def test_only_clauses_wait_for_a_rule(self):
        assert set(STANDARD.unruled) <= {clause.id for clause in CLAUSES}

    def test_reasons_stand_in_the_order_of_the_chapters(self):
        for family in FAMILIES:
            names = [name for name in STANDARD.unruled if name.startswith(family)]
            assert names == sorted(names)


class TestCoverage:
    def test_every_row_has_a_statement_a_place_and_an_answer(self):
        for row in rows():
            assert len(row) == 3, row
            assert all(row), row

    def test_an_answer_is_a_clause_or_a_chapter_to_come(self):
        for row in rows():
            answer = r"[A-Z]{3}-\d{3}|→ (ARC architecture|COD code|DAT data access|PRJ project)|out of scope"
            parts = re.split(r"[;,] ", row[2])
            assert all(re.fullmatch(answer, part) for part in parts), row

    def test_every_clause_that_is_mentioned_exists(self):
        mentioned = set(re.findall(r"\b[A-Z]{3}-\d{3}\b", COVERAGE.read_text(encoding="utf-8")))
        assert mentioned <= {clause.id for clause in CLAUSES}

    def test_no_clause_is_left_out(self):
        text = COVERAGE.read_text(encoding="utf-8")
        assert [clause.id for clause in CLAUSES if clause.id not in text] == []

    def test_every_clause_from_the_standard_answers_a_statement(self):
        answers = " ".join(row[2] for row in rows())
        from_the_standard = [clause for clause in CLAUSES if "standard, " in clause.origin]
        assert [clause.id for clause in from_the_standard if clause.id not in answers] == []

    @pytest.mark.parametrize("number", range(1, 11))
    @pytest.mark.parametrize("part", ['"Never do"', '"Always do"', '"Golden Rules"'])
    def test_every_numbered_statement_has_its_row(self, part, number):
        assert [row[1] for row in rows()].count(f"{part} {number}") == 1

    @pytest.mark.parametrize("number", range(1, 17))
    def test_every_line_of_the_checklist_has_its_row(self, number):
        assert [row[1] for row in rows()].count(f"checklist {number}") == 1

    @pytest.mark.parametrize("part", ['"Never do"', '"Always do"'])
    def test_a_clause_is_found_under_the_numbered_statement_of_its_origin(self, part):
        answers = {row[1]: row[2] for row in rows()}
        missing = [
            (clause.id, place)
            for clause in CLAUSES
            for place in re.findall(rf"{part} \d+", clause.origin)
            if clause.id not in answers[place]
        ]
        assert missing == []
