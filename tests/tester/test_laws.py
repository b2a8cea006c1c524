"""The laws that every rule keeps. `pytest tests/tester -k PAG-003` holds one rule to them in seconds."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from compliance.catalogue import Catalogue, Need, Phase, load
from compliance.result import Run
from compliance.target.document import fetch_document
from compliance.target.errors import TargetError
from compliance.target.serving import serve
from compliance.verdict import Word, decide
from tests.corpses import CORPSES, Corpse, believers
from tests.homes import HOMES
from tests.mutants import Mutant, changes, judge_mutant, mutants, near
from tests.service import Outcomes, judge_reference, outcomes, serve_reference
from tests.tester.conftest import AtHome, HomeOf, OnCorpse
from tests.twins import TWINS, UNTESTED, judge_twin, undecided, untested

ELSEWHERE = tomllib.loads((Path(__file__).parents[1] / "homes.toml").read_text(encoding="utf-8"))
RULES = [rule.id for rule in load().rules]
MUTANTS = mutants()
FAULTY = ("violation", "error")

each_rule = pytest.mark.parametrize("name", RULES)
each_mutant = pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
each_corpse = pytest.mark.parametrize("corpse", CORPSES, ids=lambda corpse: corpse.name)
each_twin = pytest.mark.parametrize("twin", TWINS)


def found(run: Run, name: str) -> dict[str, str]:
    """The outcome of one rule on each of its subjects."""
    return {result.subject: str(result.outcome) for result in run.results if result.rule.id == name}


def from_elsewhere(run: Run) -> Outcomes:
    """The outcomes that a run has which does not serve the application itself."""
    return {key: outcome for key, outcome in outcomes(run).items() if not key[0].endswith("@inside")}


def killers(name: str) -> frozenset[str]:
    """The mutants that a rule finds: by the law of the mutants, as their headers say."""
    return frozenset(mutant.name for mutant in MUTANTS if mutant.expected.get(name) == "violation")


class TestHome:
    @each_rule
    def test_a_rule_passes_at_home_on_every_subject_but_the_listed(self, whole: Run, name: str):
        outside = {key.partition("[")[2][:-1] for key in ELSEWHERE["subjects"] if key.startswith(f"{name}[")}
        here = found(whole, name)

        assert not [subject for subject, outcome in here.items() if outcome in FAULTY], here
        assert ("pass" in here.values()) == (name not in ELSEWHERE["rules"]), here
        if name not in ELSEWHERE["rules"]:
            assert {subject for subject, outcome in here.items() if outcome != "pass"} == outside

    def test_the_list_of_homes_names_what_there_is_and_gives_reasons(self, whole: Run):
        subjects = {f"{result.rule.id}[{result.subject}]" for result in whole.results}

        assert set(ELSEWHERE) == {"rules", "subjects"}
        assert set(ELSEWHERE["rules"]) <= set(RULES)
        assert set(ELSEWHERE["subjects"]) <= subjects
        assert all(str(reason).strip() for reason in ELSEWHERE["subjects"].values())
        assert all(
            set(one) == {"home", "reason"} and one["home"] in HOMES for one in ELSEWHERE["rules"].values()
        )

    @pytest.mark.parametrize("name", sorted(ELSEWHERE["rules"]))
    def test_a_rule_that_does_not_pass_on_the_reference_passes_at_its_own_home(
        self, at_home: AtHome, name: str
    ):
        assert "pass" in found(at_home(ELSEWHERE["rules"][name]["home"]), name).values()

    @pytest.mark.parametrize("home", HOMES)
    def test_another_home_is_compliant_and_left_as_it_was(self, at_home: AtHome, home: str):
        run = at_home(home)

        assert [result for result in run.results if result.outcome in FAULTY] == []
        assert decide(run).word is Word.COMPLIANT, decide(run).reasons
        assert run.leftovers == []

    def test_the_reference_is_compliant_and_left_as_it_was(self, whole: Run):
        assert decide(whole).word is Word.COMPLIANT, decide(whole).reasons
        assert whole.leftovers == []

    def test_a_second_run_on_a_fresh_reference_has_the_same_outcomes(self, catalogue: Catalogue, whole: Run):
        with serve_reference() as base_url:
            again = judge_reference(catalogue, base_url)

        assert from_elsewhere(again) == from_elsewhere(whole)


class TestMutants:
    @each_rule
    def test_a_rule_has_a_mutant(self, name: str):
        assert [mutant for mutant in MUTANTS if mutant.rule == name], (
            f"tests/mutants/{name}-*.diff is missing"
        )

    @each_mutant
    def test_a_mutant_changes_its_own_rule_and_its_company(
        self, catalogue: Catalogue, home_of: HomeOf, mutant: Mutant
    ):
        run, home = judge_mutant(mutant, catalogue, near(mutant)), home_of(mutant)

        assert mutant.told(changes(home, run)) == mutant.expected, mutant.fault

    @each_rule
    def test_no_other_rule_finds_the_same_mutants(self, name: str):
        assert [other for other in RULES if killers(other) == killers(name)] == [name]

    def test_a_mutant_names_rules_that_there_are(self):
        assert {name for mutant in MUTANTS for name in mutant.expected_of_all} <= set(RULES)


class TestCorpses:
    @each_rule
    def test_a_rule_passes_on_no_corpse(self, on_corpse: OnCorpse, name: str):
        believed = {corpse.name: believers(on_corpse(corpse.name)).get(name) for corpse in CORPSES}

        assert {corpse: subjects for corpse, subjects in believed.items() if subjects} == {}

    @each_corpse
    def test_a_corpse_is_never_compliant(self, on_corpse: OnCorpse, corpse: Corpse):
        run = on_corpse(corpse.name)

        assert decide(run).word in (Word.NOT_COMPLIANT, Word.INCONCLUSIVE)
        assert [result for result in run.results if result.outcome == "error"] == []

    @each_corpse
    def test_a_bare_corpse_has_no_document_to_judge_by(self, corpse: Corpse):
        with serve(corpse, corpse.name) as base_url, pytest.raises(TargetError):
            fetch_document(base_url)


class TestTwins:
    @each_twin
    def test_a_twin_is_compliant(self, catalogue: Catalogue, twin: str):
        run = judge_twin(twin, catalogue)

        assert [result for result in run.results if result.outcome in FAULTY] == []
        assert undecided(run) == set()
        assert decide(run).word is Word.COMPLIANT, decide(run).reasons
        assert run.leftovers == []
        assert untested(run, UNTESTED[twin]) == {
            name: words for words, names in UNTESTED[twin].items() for name in names
        }


class TestCatalogue:
    @each_rule
    def test_a_docstring_says_why_what_breaks_it_and_what_conforms(self, catalogue: Catalogue, name: str):
        parts = re.split(r"^(Why|Breaks|Conforms): ", catalogue.rule(name).documentation, flags=re.MULTILINE)

        assert parts[0] == ""
        assert parts[1::2] == ["Why", "Breaks", "Conforms"]
        assert all(part.strip() for part in parts[2::2])

    @each_rule
    def test_a_rule_stands_in_the_package_of_its_chapter(self, catalogue: Catalogue, name: str):
        rule = catalogue.rule(name)
        chapter = next(chapter for chapter in catalogue.chapters if chapter.family == rule.family)

        assert rule.check.__module__.split(".")[:3] == [
            "compliance",
            "rules",
            chapter.file.removesuffix(".md"),
        ]

    @each_rule
    def test_a_rule_that_reads_the_document_alone_needs_nothing(self, catalogue: Catalogue, name: str):
        rule = catalogue.rule(name)

        assert rule.phase is not Phase.HANDSHAKE or rule.needs <= {Need.SERVICE}
