"""`compliance rules` and `explain`: what is told of the clauses without a run."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from compliance import cli
from compliance.catalogue import Need, Phase, load
from compliance.report.telling import name_of, subjects_of, way_of

CATALOGUE = load()


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def listed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """The ids that `compliance rules` lists."""
    assert cli.main(["rules", *arguments]) == 0
    return re.findall(r"^([A-Z]{3}-\d{3}) ", capsys.readouterr().out, flags=re.MULTILINE)


def test_the_table_of_clauses(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "PAG-003   MUST    outside source  A page holds at most 100 items" in lines
    assert lines[-1].endswith("of them ruled")


def test_clauses_are_told_without_the_secrets_of_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "compliance.toml").write_text(
        'standards = ["tests.standards.acme"]\n[actors.bob]\ntoken-env = "NOT_SET_AT_ALL"'
    )
    monkeypatch.chdir(tmp_path)
    assert cli.main(["rules"]) == 0
    assert "ACM-001   SHOULD  outside         Paths are written in small letters" in capsys.readouterr().out
    assert cli.main(["check"]) == 2


def test_a_clause_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", "pag-003"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("PAG-003 (MUST) A page holds at most 100 items\nOrigin: ")
    assert "Rule PAG-003, examined from outside" in shown
    assert "Why: " in shown
    assert "Conforms: " in shown


def test_a_clause_without_a_rule_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in {
        "unruled_standard/__init__.py": "",
        "unruled_standard/rules/__init__.py": "",
        "unruled_standard/standard/later.md": "# Later\n\n## LAT-001 (SHOULD) It is kept\n\nOrigin: us\n\nIt is.\n",
        "unruled_standard/standard/unruled.toml": '[LAT-001]\nreason = "nobody wrote it"\n',
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert cli.main(["rules", "--standard=unruled_standard"]) == 0
    assert "LAT-001   SHOULD  -               It is kept" in capsys.readouterr().out
    assert cli.main(["explain", "LAT-001", "--standard=unruled_standard"]) == 0
    assert "No rule examines it yet: nobody wrote it" in capsys.readouterr().out


def test_filters_hold_together_and_for_one_rule_of_a_clause(capsys: pytest.CaptureFixture[str]) -> None:
    assert listed(capsys) == [clause.id for clause in CATALOGUE.clauses]
    assert listed(capsys, "--family=pag", "--level=should", "--depth=outside") == sorted(
        rule.clause
        for rule in CATALOGUE.rules
        if (rule.family, rule.level, rule.depth) == ("PAG", "SHOULD", "outside")
    )
    assert set(listed(capsys, "--family=PAG", "--family=DAT")) == {
        clause.id for clause in CATALOGUE.clauses if clause.family in ("PAG", "DAT")
    }
    # AUT-002 needs a signing key at one depth and is examined in the source at another.
    both = {
        rule.clause for rule in CATALOGUE.rules if Need.SIGNING_KEY in rule.needs and rule.depth == "source"
    }
    assert both == set()
    assert cli.main(["rules", "--needs=signing-key", "--depth=source"]) == 2


@pytest.mark.parametrize("need", Need)
def test_what_a_clause_needs(need: Need, capsys: pytest.CaptureFixture[str]) -> None:
    found = listed(capsys, f"--needs={name_of(need)}")
    assert found == list(dict.fromkeys(rule.clause for rule in CATALOGUE.rules if need in rule.needs))


def test_words_are_looked_for_in_all_that_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert "PAG-003" in listed(capsys, "le=100", "WHOLE TABLE")
    assert listed(capsys, "clamp to 100") == ["PAG-003"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["zebra"], "no clause is all of zebra; `compliance rules` lists every one"),
        (["--family=PAG", "--needs=destructive"], "no clause is all of --family=PAG --needs=destructive; "),
        (["--family=XYZ"], "--family=XYZ is unknown: it is one of ACC, ARC, "),
        (["--level=may"], "--level=may is unknown: it is one of MUST, SHOULD"),
        (["--depth=deep"], "--depth=deep is unknown: it is one of outside, inside, source"),
        (["--needs=money"], "--needs=money is unknown: it is one of service, writes, "),
    ],
)
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_nothing_found_is_no_success(
    form: list[str], arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["rules", *arguments, *form]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(f"compliance: {message}")


def test_both_commands_tell_machines_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rules", "--json"]) == 0
    everything = json.loads(capsys.readouterr().out)
    assert [one["id"] for one in everything] == [clause.id for clause in CATALOGUE.clauses]
    assert [rule["id"] for one in everything for rule in one["rules"]] == [
        rule.id for rule in CATALOGUE.rules
    ]
    assert cli.main(["explain", "PAG-003", "aut-003", "--json"]) == 0
    explained = json.loads(capsys.readouterr().out)
    assert explained == [one for name in ("PAG-003", "AUT-003") for one in everything if one["id"] == name]
    assert {"name": "signing-key", "words": Need.SIGNING_KEY} in explained[1]["rules"][0]["needs"]
    assert explained[0]["page"] == "docs/rules/PAG.md#pag-003"


def test_a_rule_at_one_depth_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", "PAG-003@SOURCE"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("PAG-003 (MUST) ")
    assert "Rule PAG-003@source, examined from source" in shown
    assert "examined from outside" not in shown
    assert "the source tree: --target-source" in shown
    assert "by reading the code" in shown


def test_the_lines_that_waive_a_rule_are_a_waiver(capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["explain", "SEC-002"])
    shown = capsys.readouterr().out
    lines = shown.partition("[[waiver]]")[2].partition("\n\n")[0]
    waiver = tomllib.loads("\n".join(line.strip() for line in f"[[waiver]]{lines}".splitlines()))["waiver"][0]
    assert set(waiver) == {"rule", "operations", "reason", "owner", "expires"}
    assert waiver["rule"] == "SEC-002"
    assert isinstance(waiver["expires"], date)
    assert timedelta(0) < waiver["expires"] - datetime.now(UTC).date() <= timedelta(days=180)


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("pag3", "did you mean PAG-003?"),
        ("PAG_003", "did you mean PAG-003?"),
        ("PAG-003[GET /api/v1/users]", "did you mean PAG-003?"),
        ("PGA-003", "did you mean PAG-003"),
        ("ERR-001@insid", "did you mean ERR-001"),
        ("PAG", "`compliance rules --family PAG` lists the clauses of that chapter"),
        ("zebra", "`compliance rules` lists them"),
    ],
)
def test_near_misses_get_a_suggestion(typed: str, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", "AUT-001", typed]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(f"compliance: there is no clause {typed}; {hint}")


def test_every_rule_says_what_it_is_applied_to_and_how_it_works() -> None:
    untold = [rule.id for rule in CATALOGUE.rules if not (rule.subjects.__doc__ and way_of(rule))]
    assert untold == []
    assert subjects_of(CATALOGUE.rule("PAG-003")) == "Lists that take paging parameters"
    assert {rule.phase for rule in CATALOGUE.rules if rule.depth == "outside"} == set(Phase)
