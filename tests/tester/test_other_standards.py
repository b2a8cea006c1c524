"""A standard of somebody else's comes through the same door as the kit's own, and is held to the same laws."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from compliance.catalogue import Catalogue, CatalogueError, load
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
