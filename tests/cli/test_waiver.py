"""`compliance waiver` and `compliance baseline`, and what a run by the command line makes of them."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest

from compliance import cli
from compliance.report.document import document, schema
from compliance.result import Place
from compliance.verdict import decide, reading
from tests.plugin.service import Service
from tests.report.making import a_catalogue, a_rule, a_run, broken

TODAY = datetime.now(UTC).date()
MAIN = "def collect(word: str, words: list[str] = []) -> list[str]:\n    return [*words, word]\n"
AGAIN = "def again(word: str, words: list[str] = []) -> list[str]:\n    return [*words, word]\n"
WHY = ("--reason=The collector is rewritten in January.", "--owner=team-a")
RULE = "COD-001@source"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one package and one fault, in the folder of the run."""
    for name in [name for name in os.environ if name.startswith("COMPLIANCE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").touch()
    (tmp_path / "app" / "main.py").write_text(MAIN)
    return tmp_path


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]):
    """Run a command: its status, and what it printed on both streams, with single spaces."""

    def run(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        try:
            status = cli.main(arguments)
        except SystemExit as end:  # of the parser
            status = int(str(end.code))
        streams = capsys.readouterr()
        return status, " ".join((streams.out + streams.err).split())

    return run


def check(said, *arguments: str) -> tuple[int, str]:
    return said("check", "--source=.", "--rule=COD-00[1-4]@source", "--report=json:r.json", *arguments)


def waivers(*lines: str, rule: str = RULE, expires: date = TODAY + timedelta(days=40), **changes: str) -> str:
    facts = {
        "rule": f'"{rule}"',
        "reason": '"The collector is rewritten."',
        "owner": '"team-a"',
        "expires": expires,
    }
    return "\n".join(
        ("[[waiver]]", *(f"{key} = {value}" for key, value in {**facts, **changes}.items()), *lines, "")
    )


def later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    monkeypatch.setattr(reading, "today", lambda: TODAY + timedelta(days=days))


# A run


def test_an_operation_that_is_not_there_is_noticed_by_a_part_of_a_run_too(project: Path, said) -> None:
    (project / "compliance-waivers.toml").write_text(waivers('operations = ["ap"]'))
    _, shown = said("check", "--source=.", "--rule=COD-002@source")
    assert f"the waiver of {RULE} names ap, which that rule is not about here: did you mean app?" in shown


def test_from_a_violation_to_a_waiver_and_on_to_its_end(
    project: Path, said, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = project / "compliance-waivers.toml"
    assert check(said)[0] == 1
    status, shown = said("waiver", "add", RULE, "--from=r.json", *WHY, "--days=40")
    assert (status, shown.startswith("added to compliance-waivers.toml: [[waiver]] rule = ")) == (0, True)
    assert 'files = ["app/main.py"]' in file.read_text()

    status, shown = check(said)
    until = TODAY + timedelta(days=40)
    assert status == 0
    assert f"waived {RULE} app until {until} (40 days left, team-a) The collector" in shown
    assert f"with waivers: {RULE}" in shown
    made = json.loads((project / "r.json").read_text())
    jsonschema.validate(made, schema())
    (result,) = [one for one in made["results"] if one["outcome"] == "waived"]
    assert (result["waiver"]["owner"], len(result["places"])) == ("team-a", 1)

    status, shown = check(said, "--no-waivers")
    assert status == 1
    assert "note compliance-waivers.toml is left aside: --no-waivers" in shown

    later(monkeypatch, 41)
    status, shown = check(said)
    assert status == 1
    assert f"note the waiver of {RULE} on app/main.py ended on {until} (team-a): what it waived" in shown
    assert said("waiver", "lint") == (
        0,
        "compliance-waivers.toml: 1 waiver, 1 of them ended: `compliance waiver prune`",
    )
    status, shown = said("waiver", "prune")
    assert (status, f"which ended on {until} [[waiver]] rule" in shown) == (0, True)
    assert file.read_bytes() == b""


def test_a_bad_file_stops_before_any_request(service: Service, said, tmp_path: Path) -> None:
    (tmp_path / "compliance-waivers.toml").write_text(waivers(rule="PAG-033"))
    service.forget()
    status, shown = said("check", service.url)
    assert status == 2
    assert shown == (
        'compliance: compliance-waivers.toml: waiver 1 (PAG-033): rule = "PAG-033" is no rule; did you mean PAG-013?'
    )
    (tmp_path / "compliance-waivers.toml").unlink()
    assert said("check", service.url, "--baseline=b.json") == (
        2,
        "compliance: b.json cannot be read: No such file or directory",
    )
    assert service.seen == []


def test_a_service_with_a_waiver_of_another_operation(service: Service, said, tmp_path: Path) -> None:
    given = ("check", service.url, f"--openapi={service.document}", "--rule=AUT-001", "--report=json:r.json")

    def judged(door: str, *more: str) -> tuple[int, str]:
        service.forget()
        service.open_door = door
        return said(*given, *more)

    me, with_waivers = "/api/v1/users/me", "--waivers=w.toml"
    assert judged(me)[0] == 1
    file = tmp_path / "w.toml"
    file.write_text(waivers('operations = ["GET /api/v1/users"]', rule="AUT-001"))
    status, shown = judged(me, with_waivers)
    assert status == 1
    assert "the waiver of AUT-001 on GET /api/v1/users is no longer needed: " in shown
    assert said("waiver", "prune", "--waivers=w.toml", "--from=r.json")[0] == 0
    assert said("waiver", "add", "AUT-001", "--from=r.json", *WHY, "--waivers=w.toml")[0] == 0
    assert 'operations = ["GET /api/v1/users/me"]' in file.read_text()
    assert judged(me, with_waivers)[0] == 0
    assert judged("", with_waivers)[0] == 0
    assert said("waiver", "prune", "--waivers=w.toml", "--from=r.json")[0] == 0
    assert file.read_text().strip() == ""


def test_a_named_file_has_to_be_there(project: Path, said) -> None:
    assert check(said, "--waivers=w.toml") == (
        2,
        "compliance: w.toml cannot be read: No such file or directory",
    )
    for action in ("list", "lint", "prune"):
        assert said("waiver", action, "--waivers=w.toml") == (2, "compliance: w.toml: there is no such file")


def test_what_bears_the_name_and_cannot_be_read_is_not_taken_for_no_waivers(project: Path, said) -> None:
    file = project / "compliance-waivers.toml"
    file.symlink_to("away.toml")
    assert said("waiver", "list") == (2, f"compliance: {file}: there is no such file")
    file.unlink()
    file.mkdir()
    assert said("waiver", "list") == (2, f"compliance: {file}: it is a folder")
    assert check(said) == (2, "compliance: compliance-waivers.toml cannot be read: Is a directory")


def test_the_file_beside_the_configuration(project: Path, said, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "compliance.toml").write_text('profile = "standard"\n')
    (project / ".git").mkdir()
    (project / "compliance-waivers.toml").write_text(waivers())
    below = project / "below"
    below.mkdir()
    monkeypatch.chdir(below)
    assert f"{RULE} all 40 team-a in force until" in said("waiver", "list")[1]
    (below / "compliance-waivers.toml").touch()
    status, shown = said("waiver", "list")
    assert (status, "both hold waivers: keep one of them" in shown) == (2, True)
    assert said("waiver", "lint", "--waivers=compliance-waivers.toml")[0] == 0
    (project / "compliance.toml").write_text('waivers = "compliance-waivers.toml"\n')
    assert said("waiver", "list")[1].count("team-a") == 1


def test_waivers_are_kept_without_the_secrets_of_a_run(project: Path, said) -> None:
    """The hook before a commit has no variables set."""
    (project / "compliance.toml").write_text('[actors.alice]\ntoken-env = "NOT_SET_HERE"\n')
    (project / "compliance-waivers.toml").write_text(waivers())
    assert said("waiver", "lint") == (0, "compliance-waivers.toml: 1 waiver")


# list and lint


def test_where_there_are_none(project: Path, said) -> None:
    for action in ("list", "lint", "prune"):
        assert said("waiver", action) == (0, "no waivers: there is no compliance-waivers.toml")


def test_the_list(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "compliance-waivers.toml").write_text(
        waivers('operations = ["GET /users", "GET /items"]', rule="PAG-003")
        + waivers(rule="PAG-004", expires=TODAY + timedelta(days=3))
        + waivers('files = ["app/old/"]', expires=TODAY - timedelta(days=1))
    )
    assert cli.main(["waiver", "list"]) == 0
    rows = [
        [cell.strip() for cell in line.split("  ") if cell] for line in capsys.readouterr().out.splitlines()
    ]
    assert rows == [
        ["rule", "operations", "days left", "owner", "state"],
        ["PAG-003", "GET /users, GET /items", "40", "team-a", f"in force until {TODAY + timedelta(days=40)}"],
        ["PAG-004", "all", "3", "team-a", f"ends soon, on {TODAY + timedelta(days=3)}"],
        [RULE, "app/old/", "-", "team-a", f"ended on {TODAY - timedelta(days=1)}"],
    ]


def test_the_hook_names_the_files(project: Path, said) -> None:
    (project / "a.toml").write_text(waivers())
    (project / "b.toml").write_text(waivers(owner='""'))
    (project / "c.toml").write_text("[")
    assert said("waiver", "lint", "a.toml") == (0, "a.toml: 1 waiver")
    status, shown = said("waiver", "lint", "a.toml", "b.toml", "c.toml")
    assert status == 2
    assert f"b.toml: waiver 1 ({RULE}): owner is no text" in shown
    assert "c.toml is not TOML" in shown


# add


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("PAG-033", *WHY), "did you mean PAG-013?"),
        (("PAG-*", *WHY), "is a pattern"),
        (("PAG-003", "--reason=short", "--owner=a"), "reason says too little"),
        (("PAG-003", WHY[0], "--owner="), "owner is no text"),
        (("PAG-003", WHY[0]), "required: --owner"),
        (("PAG-003", WHY[1]), "required: --reason"),
        (("PAG-003", *WHY, "--days=181"), "a waiver lasts 180 at most"),
        (("PAG-003", *WHY, "--days=-1"), "is past: write a day to come"),
        (("PAG-003", *WHY, "--days=99999999999"), "is no date"),
        (("PAG-003", *WHY, "--expires=tomorrow"), "--expires=tomorrow is no date: write it as in 2026-12-15"),
        (("PAG-003", *WHY, "--expires=2001-01-01"), "is past"),
        (("PAG-003", *WHY, "--expires=2030-01-01", "--days=3"), "not allowed with"),
        (("PAG-003", *WHY, "--operation=*"), "holds the pattern"),
        (("PAG-003", *WHY, "--file=app/"), "files is for rules of the source"),
        (("PAG-003", *WHY, "--approved-by=team-a"), "approved_by is the owner"),
        (("PAG-003", *WHY, "--from=no.json"), "cannot read no.json"),
        (("PAG-003", *WHY, "--from=r.json"), f"r.json has no violation of PAG-003: broken there is {RULE}"),
        ((RULE, *WHY, "--from=r.json", "--file=b.py"), f"r.json has no violation of {RULE} on b.py"),
    ],
)
def test_what_is_not_added(project: Path, said, arguments: tuple[str, ...], words: str) -> None:
    if "--from=r.json" in arguments:
        check(said)
    status, shown = said("waiver", "add", *arguments)
    assert status == 2
    assert words in shown
    assert not (project / "compliance-waivers.toml").exists()


def test_a_result_with_and_without_places_is_waived_by_its_subjects(project: Path, said) -> None:
    rule = a_rule(RULE)
    facts = {"evidence": (), "script": ""}
    run = a_run(broken(rule, "a", **facts, places=(Place("app/main.py", 1),)), broken(rule, "b", **facts))
    (project / "r.json").write_text(json.dumps(document(run, decide(run), a_catalogue(rule))))
    status, shown = said("waiver", "add", RULE, "--from=r.json", *WHY)
    assert (status, 'operations = ["a", "b"] reason' in shown) == (0, True)


def test_adding_keeps_what_is_there(project: Path, said) -> None:
    file = project / "compliance-waivers.toml"
    before = b"# ours\r\nversion = 1 # and this\r\n"
    file.write_bytes(before)
    given = ("--operation=GET /a", "--operation=GET /b", "--ticket=T-1", "--approved-by=guild", "--expires")
    assert said("waiver", "add", "PAG-003", *WHY, *given, str(TODAY))[0] == 0
    assert file.read_bytes().startswith(before)
    (one,) = reading.read(file, {"PAG-003"}, TODAY)
    assert (one.operations, one.ticket, one.approved_by, one.expires) == (
        ("GET /a", "GET /b"),
        "T-1",
        "guild",
        TODAY,
    )


@pytest.mark.parametrize(
    ("there", "refused"),
    [
        ('operations = ["GET /a"]', True),
        ('operations = ["GET /a", "GET /b"]', True),
        ("", True),
        ('operations = ["GET /b"]', False),
        ('cause = "the limit is not capped"', False),
    ],
)
def test_what_is_waived_already(project: Path, said, there: str, refused: bool) -> None:
    file = project / "compliance-waivers.toml"
    file.write_text(waivers(there, rule="PAG-003"))
    before = file.read_bytes()
    status, shown = said("waiver", "add", "PAG-003", *WHY, "--operation=GET /a")
    assert (status, "waives that already and lasts until" in shown) == ((2, True) if refused else (0, False))
    assert (file.read_bytes() == before) is refused


def test_one_that_ended_is_renewed_and_not_added_again(project: Path, said) -> None:
    (project / "compliance-waivers.toml").write_text(waivers(expires=TODAY - timedelta(days=9)))
    assert (
        f"waives that already and ended {TODAY - timedelta(days=9)}" in said("waiver", "add", RULE, *WHY)[1]
    )


def test_nothing_is_added_to_a_bad_file(project: Path, said) -> None:
    file = project / "compliance-waivers.toml"
    file.write_text(waivers(owner='""'))
    before = file.read_bytes()
    assert said("waiver", "add", "PAG-003", *WHY)[0] == 2
    assert file.read_bytes() == before


# prune


def test_pruning_keeps_what_holds_and_says_what_goes(project: Path, said) -> None:
    check(said)
    file = project / "compliance-waivers.toml"
    gone = waivers(rule="COD-002@source", reason='"Nothing here needs this any more."')
    stays = [waivers('files = ["app/main.py"]'), waivers(rule="PAG-003")]
    file.write_text(f"# top\n\n{stays[0]}\n# about the next\n{gone}\n# after it\n{stays[1]}# end\n")
    assert said("waiver", "prune") == (0, "compliance-waivers.toml: nothing to take away")

    # what was deselected of a rule cannot be told from a part of a run
    assert said("waiver", "prune", "--from=r.json") == (0, "compliance-waivers.toml: nothing to take away")
    said("check", "--source=.", "--report=json:r.json")
    status, shown = said("waiver", "prune", "--from=r.json")
    assert status == 0
    assert "taken out of compliance-waivers.toml: COD-002@source, which is no longer needed" in shown
    assert "Nothing here needs this any more." in shown
    assert file.read_text() == f"# top\n\n{stays[0]}\n# about the next\n\n# after it\n{stays[1]}# end\n"


def test_what_is_needed_in_part_is_said_and_stays(project: Path, said) -> None:
    check(said)
    file = project / "compliance-waivers.toml"
    file.write_text(waivers('operations = ["app", "ap"]'))
    said("check", "--source=.", "--report=json:r.json")
    _, shown = said("waiver", "prune", "--from=r.json")
    assert f"{RULE} on app, ap: no longer needed for ap; take that out of operations" in shown
    assert file.read_text() == waivers('operations = ["app", "ap"]')


# The baseline


def test_an_old_service_fails_on_what_is_new(project: Path, said, monkeypatch: pytest.MonkeyPatch) -> None:
    main, known = project / "app" / "main.py", ("--baseline=compliance-baseline.json",)
    assert check(said)[0] == 1
    status, shown = said("baseline", "write", "r.json")
    assert status == 0
    assert f"compliance-baseline.json: 1 violation, known until {TODAY + timedelta(days=90)}" in shown
    assert "examinations were deselected: what they find will be new" in shown
    status, shown = check(said, *known)
    assert status == 0
    assert "NOT COMPLIANT" in shown
    assert "no new violations" in shown
    assert f"known before, by the baseline of {TODAY}: {RULE}" in shown
    assert f"known before {RULE} app " in shown
    assert "exit 0" in shown

    main.write_text(MAIN + "\n\n" + AGAIN)
    status, shown = check(said, *known)
    assert status == 1
    assert f"broken: {RULE} known before, by the baseline of {TODAY}: {RULE}" in shown
    assert "--> app/main.py:5 Do not use mutable data structures for argument defaults 1 place" in shown

    main.write_text("x = 1\n")
    status, shown = check(said, *known)
    assert (status, "1 violation of the baseline" in shown) == (0, True)
    assert said("baseline", "prune", "r.json")[1].startswith(
        "compliance-baseline.json: 1 violation taken out, 0 left"
    )
    assert said("baseline", "prune", "r.json") == (0, "compliance-baseline.json: nothing to take out")
    main.write_text(MAIN)
    assert check(said, *known)[0] == 1

    later(monkeypatch, 91)
    assert "ended on" in check(said, *known)[1]


def test_nothing_is_written_over(project: Path, said) -> None:
    check(said)
    file = project / "b.json"
    file.write_text("mine")
    status, shown = said("baseline", "write", "r.json", "--to=b.json")
    assert (status, "b.json is there and stays as it is" in shown, file.read_text()) == (2, True, "mine")
    for days in ("0", "181"):
        assert said("baseline", "write", "r.json", f"--days={days}")[0] == 2
    assert said("baseline", "prune", "r.json", "--baseline=b.json")[0] == 2
    assert said("baseline", "write", "no.json")[0] == 2


def test_where_nothing_is_broken_there_is_nothing_to_write(project: Path, said) -> None:
    (project / "app" / "main.py").write_text("x = 1\n")
    check(said)
    assert said("baseline", "write", "r.json") == (0, "nothing is broken, so there is nothing to write down")
    assert not (project / "compliance-baseline.json").exists()
