"""A standard of somebody else's comes through the same door as the kit's own, and is held to the same laws."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from compliance.catalogue import GROUP, Catalogue, CatalogueError, installed, load, load_standards
from tests.mutants import changes, judge_mutant, mutants, near
from tests.service import judge_reference
from tests.standards import acme

ACME = Path(acme.__file__).parent
TITLE = "Paths are written in small letters"


@pytest.fixture(scope="module")
def both() -> Catalogue:
    return load(("compliance", "tests.standards.acme"))


@pytest.fixture
def altered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """The name of a package with a copy of the standard, to be altered before it is loaded."""
    name = f"acme_{request.node.callspec.indices['old']}"
    shutil.copytree(ACME, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.syspath_prepend(tmp_path)
    return name


def test_its_clauses_stand_beside_the_kits_own(both: Catalogue):
    own = load()

    assert [clause.id for clause in both.clauses] == [c.id for c in own.clauses] + ["ACM-001", "ACM-002"]
    assert both.rule("ACM-001").title == both.clause("ACM-001").title == TITLE
    assert both.unruled == own.unruled | {"ACM-002": "somebody has to write it"}


def test_its_rule_passes_on_the_reference_and_finds_its_mutant(both: Catalogue, reference: str):
    (mutant,) = mutants(ACME / "mutants")
    home = judge_reference(both, reference, near(mutant))

    assert {str(result.outcome) for result in home.results} == {"pass"}
    assert changes(home, judge_mutant(mutant, both, near(mutant))) == mutant.expected


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        ("standard/naming.md", TITLE, "Paths are short", "ACM-001: the rule says SHOULD 'Paths are written"),
        ("standard/naming.md", "ACM-001 (SHOULD)", "ACM-001 (MUST)", "ACM-001: the rule says SHOULD"),
        ("rules/naming.py", '"ACM-001"', '"ACM-009"', "ACM-009 has a rule but no clause"),
        ("standard/unruled.toml", "[ACM-002]", "[ACM-003]", "ACM-003 of unruled.toml is no clause"),
        ("standard/unruled.toml", "[ACM-002]", "[ACM-001]", "ACM-001 has a rule and stands in unruled.toml"),
        (
            "standard/unruled.toml",
            '[ACM-002]\nreason = "somebody has to write it"\n',
            "",
            "ACM-002 has neither a rule nor a reason",
        ),
    ],
)
def test_text_and_rules_that_disagree_are_refused(
    altered: str, tmp_path: Path, file: str, old: str, new: str, complaint: str
):
    place = tmp_path / altered / file
    text = place.read_text(encoding="utf-8")
    assert old in text
    place.write_text(text.replace(old, new), encoding="utf-8")

    with pytest.raises(CatalogueError, match=complaint):
        load(("compliance", altered))


def test_a_prefix_that_is_taken_is_refused():
    with pytest.raises(CatalogueError, match="PAG-001 stands twice in the standards"):
        load(("compliance", "compliance"))


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    """A copy of the package on the path, called as the test is."""
    place = tmp_path / request.node.originalname
    shutil.copytree(ACME, place, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.syspath_prepend(tmp_path)
    return place


def refusal(package: str) -> str:
    with pytest.raises(CatalogueError) as complaint:
        load(("compliance", package))
    return str(complaint.value)


def test_letters_that_another_standard_has_are_refused(copied: Path):
    for file in ("standard/naming.md", "standard/unruled.toml", "rules/naming.py"):
        text = (copied / file).read_text(encoding="utf-8")
        (copied / file).write_text(text.replace("ACM-", "PAG-"), encoding="utf-8")

    assert refusal(copied.name) == (
        f"the standards compliance and {copied.name} both have clauses PAG-…: one of them needs other letters"
    )


def test_a_package_without_chapters_is_refused(copied: Path):
    (copied / "standard/naming.md").unlink()
    assert f"the standard {copied.name} has no chapters: {copied}/standard holds no .md file" == refusal(
        copied.name
    )
    shutil.rmtree(copied / "standard")
    assert f"the standard {copied.name} has no chapters: put them into {copied}/standard" == refusal(
        copied.name
    )


def test_a_package_without_rules_is_refused(copied: Path):
    shutil.rmtree(copied / "rules")

    assert (
        refusal(copied.name) == f"the standard {copied.name}: it has no package of rules, {copied.name}.rules"
    )


def test_rules_that_do_not_import_are_named_with_their_standard(copied: Path):
    (copied / "rules/naming.py").write_text("import nobody_has_this_module")

    assert refusal(copied.name) == (
        f"the standard {copied.name}: ModuleNotFoundError: No module named 'nobody_has_this_module'"
    )


@pytest.mark.parametrize("name", ["nobody_has_it", "nobody_has_it.inside", "tests.standards.nobody"])
def test_a_package_that_is_not_there_is_refused(name: str):
    assert refusal(name).startswith(f"the standard {name}: there is no package of that name")


def test_an_installed_standard_is_judged_by_without_a_word(copied: Path):
    information = copied.parent / "acme-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text(f"[{GROUP}]\nacme = {copied.name}\n")

    assert installed() == (copied.name,)
    catalogue = load_standards([copied.name])  # named and installed: still one
    assert catalogue.clause("ACM-001").title == TITLE
    assert [clause.family for clause in catalogue.clauses].count("ACM") == 2
    assert load_standards().clauses == catalogue.clauses
