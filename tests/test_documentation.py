"""What the documents quote is what there is."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from compliance.catalogue import load
from compliance.configuration.keys import keys, schema
from compliance.configuration.strays import DEBUG
from compliance.report.telling import page
from compliance.settings import Settings
from fastapi_compliance_pytest import OPTIONS, SWITCH
from scripts import docs

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
#: The language of a block in CONTRIBUTING.md -> where it was taken from.
QUOTED = {
    "markdown": "compliance/standard/pagination.md",
    "python": "compliance/rules/pagination/pages.py",
    "diff": "tests/mutants/PAG-003-no-maximum.diff",
}


@pytest.mark.parametrize(("language", "source"), QUOTED.items(), ids=QUOTED.keys())
def test_how_to_add_a_rule_quotes_word_for_word(language: str, source: str):
    how_to, _, _ = CONTRIBUTING.partition("## How to add a standard of your own")
    (block,) = re.findall(rf"^```{language}\n(.*?)^```", how_to, flags=re.MULTILINE | re.DOTALL)
    begin, _, _ = block.rstrip().partition(" …")  # what follows is left out

    assert begin in (ROOT / source).read_text(encoding="utf-8")


def test_the_arrows_are_those_that_are_held():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (layers,) = [one["layers"] for one in contracts["contracts"] if one.get("containers") == ["compliance"]]
    arrows = re.search(r"arrows point one way, `([^`]*)`", CONTRIBUTING)
    assert arrows is not None
    named = [re.findall(r"\w+", layer) for layer in arrows[1].split("→")]
    held = [re.findall(r"\w+", layer) for layer in layers]
    unnamed = {"housekeeping", "writing"}  # what the words of a run do not need

    assert [sorted(layer) for layer in named] == [sorted(set(layer) - unnamed) for layer in held]


def test_every_option_is_in_the_table():
    table = re.findall(r"^\| `(--[a-z-]+)", CONFIGURATION, flags=re.MULTILINE)

    assert sorted(table) == sorted([*OPTIONS, SWITCH])


def test_the_example_of_a_configuration_fits_and_the_table_has_every_key(tmp_path: Path):
    _, _, part = CONFIGURATION.partition("\n## Configuration\n")
    example = re.search(r"^```toml\n(.*?)^```", part, flags=re.MULTILINE | re.DOTALL)
    assert example is not None
    (tmp_path / "compliance.toml").write_text(example[1], encoding="utf-8")
    environment = {"SHOP_PASSWORD": "secret"}
    Settings.of(lambda _: None, tmp_path, environment).check()

    rows = [
        line.split("|")[1:]
        for line in part.partition("\n- **Order**")[0].splitlines()
        if line.startswith("| ")
    ]
    words = set(re.findall(r"[a-z-]+", " ".join(key for row in rows for key in row)))
    assert {step for key in keys() for step in key.path} - words == set()
    told = set(re.findall(r"[a-z-]+", " ".join(row[0] for row in rows))) - {"key", "users"}
    assert told == set(schema()["properties"]) | set(schema()["properties"]["actors"]["properties"])
    assert set(re.findall(r"COMPLIANCE_[A-Z_]*[A-Z]", README + CONFIGURATION)) <= {
        key.variable for key in keys()
    } | {DEBUG}


def test_the_numbers_of_clauses_are_true():
    catalogue = load()
    ruled, clauses = len({rule.clause for rule in catalogue.rules}), len(catalogue.clauses)
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert re.search(rf"\(outside \+ inside; \d+ of {clauses} clauses", README)
    assert f"standard compliance ({clauses} clauses)" in README
    assert f"Of the standard's {clauses}\nclauses {ruled} have a rule" in README
    assert f"{clauses} clauses in thirteen chapters, of which {ruled} have a rule" in changelog
    assert len(catalogue.chapters) == 13


def test_the_pages_of_the_rules_are_what_the_rules_say():
    assert docs.main(["--check"]) == 0, "run `make docs`"


def test_a_page_that_differs_is_named_and_mended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch
):
    assert docs.write(tmp_path) == sorted(["README.md", *(f"{one.family}.md" for one in load().chapters)])
    (tmp_path / "PAG.md").write_text("by hand", encoding="utf-8")
    (tmp_path / "OLD.md").write_text("of a chapter that is gone", encoding="utf-8")
    monkeypatch.setattr(docs.stale, "__defaults__", (tmp_path,))
    assert docs.main(["--check"]) == 1
    assert capsys.readouterr().err == "docs/rules is stale (OLD.md, PAG.md): run `make docs`\n"
    assert docs.write(tmp_path) == ["OLD.md", "PAG.md"]
    assert docs.main(["--check"]) == 0


def test_every_clause_has_the_address_that_is_told_of_it():
    for clause in load().clauses:
        file, _, anchor = page(clause.id).partition("#")
        headings = re.findall(r"^## (.*)$", (ROOT / file).read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert [heading.lower() for heading in headings].count(anchor) == 1
