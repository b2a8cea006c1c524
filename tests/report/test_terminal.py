from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from compliance import __version__
from compliance.catalogue import Level, Need, Outcome
from compliance.report import files, saved
from compliance.report.finding import ERRORS, WARNINGS
from compliance.report.kinds import terminal
from compliance.report.summary import findings
from compliance.report.terminal import SHOWN, render
from compliance.result import Place
from tests.report.making import a_catalogue, a_rule, a_run, an_exchange, broken, other, passed
from tests.report.showing import CAP, END, ORDER, SHAPE, matrix_line, report_of, shown, unwrapped

GOLDEN = """\
compliance 0.1.0 · standard tests.report.making (4 clauses) · profile standard
target    http://127.0.0.1:8000   orders 1.4.2 · OpenAPI 3.1.0 · 12 operations
identity  alice from registration · admin from COMPLIANCE_ADMIN_* (not proven)
safety    writes only to rows that it created · deletes them at the end

  Pagination and search  ✗ ✓ W        3/3       2.0s
  Errors                 ?            0/1       0.0s

  ✓ passed  ✗ broken  W warning  ? not tested

error[PAG-003]: A page holds at most 100 items  MUST
  --> GET /users  1 of 2 places
   |  cause      the limit is not capped
   |  expected   422, or at most 100 items
   |  observed   101 items
   |  alice      POST /users → 201
   |  alice      GET /users?limit=101 → 200
   = fix         declare the limit in the signature, `Query(ge=1, le=100)`.
   = reproduce
python3 - <<'END'
TOKEN=$(curl -sS http://127.0.0.1:8000/login)
curl -sS -H "Authorization: Bearer $TOKEN" '/users'
END
   = more        compliance explain PAG-003

warning[PAG-005]: The order of a list is stable  SHOULD
  --> GET /users  1 of 1 place
   |  cause      the limit is not capped
   |  expected   422, or at most 100 items
   |  observed   101 items
   = more        compliance explain PAG-005

not tested   ERR-001  some reason
note         the document refers to http://other.test/a.json, which is at another host
left behind  /users/17

NOT COMPLIANT  MUST 1/3 · SHOULD 0/1 · 1 broken · 1 warning · 1 passed · 1 not tested
  broken: PAG-003
not compliant (outside; 3 of 4 clauses)
1,842 requests in 41.8 s · seed 42 · exit 1
"""


OF_THE_SOURCE = """\
compliance 0.1.0 · standard tests.report.making (4 clauses) · profile standard
source    44 modules
target    /srv/orders

  Pagination and search  ✗ . .        1/3       0.0s

  ✗ broken  . left out

error[PAG-003]: A page holds at most 100 items  MUST
  --> app/a.py:3  no limit  4 places
      return all()
  --> app/b.py:1
  --> app/b.py:2
      … 1 more
   |  cause      the limit is not capped
   |  expected   422, or at most 100 items
   |  observed   101 items
   = fix         declare the limit in the signature, `Query(ge=1, le=100)`.
   = more        compliance explain PAG-003

NOT COMPLIANT  MUST 0/1 · SHOULD 0/0 · 1 broken
  broken: PAG-003
not compliant (source; 1 of 2 clauses)
41.8 s · exit 1
"""


def test_a_report_on_the_source_alone():
    places = (
        Place("app/a.py", 3, "return all()", "no limit"),
        *(Place("app/b.py", line) for line in (1, 2, 3)),
    )
    run = a_run(
        broken(CAP, "app", evidence=(), script="", places=places),
        other(Outcome.UNTESTED, SHAPE, "nothing", "needs a service"),
        target="/srv/orders",
        modules=44,
        operations=0,
        absent=[need for need in Need if need is not Need.SOURCE],
        clauses=2,
    )
    assert shown(run) == OF_THE_SOURCE.replace("0.1.0", __version__)


def test_a_whole_report():
    run = a_run(
        passed(CAP, "GET /items", seconds=2.0),
        broken(CAP),
        passed(END),
        broken(ORDER),
        other(Outcome.UNTESTED, SHAPE),
        notes=["the document refers to http://other.test/a.json, which is at another host"],
        leftovers=["/users/17"],
        clauses=4,
    )
    assert shown(run) == GOLDEN.replace("0.1.0", __version__)


@pytest.mark.parametrize(
    ("outcome", "sign"),
    [
        (Outcome.PASS, "✓"),
        (Outcome.UNTESTED, "?"),
        (Outcome.NOT_APPLICABLE, "-"),
        (Outcome.ERROR, "!"),
        (Outcome.WAIVED, "~"),
    ],
)
def test_every_outcome_has_its_sign(outcome, sign):
    assert matrix_line(shown(a_run(other(outcome, SHAPE))), "Errors").split()[1] == sign


@pytest.mark.parametrize(
    ("results", "sign"),
    [
        ([passed(CAP), other(Outcome.UNTESTED, CAP)], "✓"),
        ([passed(CAP), other(Outcome.NOT_APPLICABLE, CAP)], "✓"),
        ([other(Outcome.UNTESTED, CAP), other(Outcome.NOT_APPLICABLE, CAP)], "?"),
        ([passed(CAP), other(Outcome.WAIVED, CAP)], "~"),
        ([passed(CAP), other(Outcome.ERROR, CAP)], "!"),
        ([other(Outcome.ERROR, CAP), broken(CAP)], "✗"),
        ([passed(ORDER), broken(ORDER)], "W"),
    ],
)
def test_the_worst_outcome_wins(results, sign):
    rule = results[0].rule
    assert matrix_line(shown(a_run(*results), rules=(rule,)), "Pagination").split()[3] == sign


def test_a_rule_that_was_left_out_and_a_family_without_results():
    text = shown(a_run(passed(CAP), deselected=2))
    assert matrix_line(text, "Pagination").split()[3:] == ["✓", ".", ".", "1/3", "0.0s"]
    assert "Errors" not in text


def test_the_profile_strict_makes_an_error_of_a_should():
    text = shown(a_run(passed(CAP), broken(ORDER), profile="strict"))
    assert "error[PAG-005]" in text
    assert matrix_line(text, "Pagination").split()[3:6] == ["✓", ".", "✗"]


def test_findings_are_grouped_by_cause_and_name_three_places():
    places = [broken(CAP, f"GET /{name}") for name in "abcde"]
    another = broken(CAP, "GET /z", cause="the limit is ignored")
    text = shown(a_run(passed(END), *places, another))
    assert text.count("error[PAG-003]") == 2
    first, second = text.split("error[PAG-003]")[1:]
    assert re.findall(r"--> (.*)", first) == ["GET /a  5 of 6 places", "GET /b", "GET /c"]
    assert "… 2 more" in first
    assert re.findall(r"--> (.*)", second) == ["GET /z  1 of 6 places"]


def test_what_to_mend_first_comes_first():
    """What decides, then what an attacker can use, then what is broken in many places."""
    door, cap, end = (a_rule(name, name, Level.MUST) for name in ("ACC-001", "PAG-003", "PAG-004"))
    order = a_rule("PAG-005", "order", Level.SHOULD)
    catalogue = a_catalogue(cap, end, order, door)
    (guarded,) = [chapter for chapter in catalogue.chapters if chapter.family == "ACC"]
    weak = replace(guarded, clauses=(replace(guarded.clauses[0], origin="ASVS 5.0 8.2.2"),))
    chapters = tuple(weak if chapter is guarded else chapter for chapter in catalogue.chapters)
    everywhere = [broken(end, f"GET /{name}") for name in "ab"]

    found = findings(
        a_run(broken(order), broken(cap), *everywhere, broken(door)), replace(catalogue, chapters=chapters)
    )

    assert [one.rule.id for one in found] == ["ACC-001", "PAG-004", "PAG-003", "PAG-005"]


def test_the_smallest_evidence_is_shown():
    long = broken(CAP, "GET /long", evidence=(an_exchange("GET", "/long", 200),) * 3)
    short = broken(CAP, "GET /short", evidence=(an_exchange("GET", "/short", 200),))
    bare = broken(CAP, "GET /bare", evidence=(), script="")
    text = shown(a_run(bare, long, short))
    assert re.findall(r"--> (\S+ \S+)", text) == ["GET /short", "GET /bare", "GET /long"]
    assert "GET /short → 200" in text
    assert "GET /long → 200" not in text


def test_many_exchanges_are_folded():
    race = (an_exchange("POST", "/users", 201),) * 20
    walk = tuple(an_exchange("GET", f"/users/{n}", 200) for n in range(8))
    text = shown(a_run(broken(CAP, evidence=race + walk)))
    assert "… 3 earlier" in text
    assert "/users/7 → 200" in text
    assert "POST /users → 201  ×20" in shown(a_run(broken(CAP, evidence=race)))


def test_a_finding_without_evidence_has_no_script():
    assert "reproduce" not in shown(a_run(broken(CAP, evidence=(), script="")))


def test_a_script_runs_as_copied():
    script = "def send(path):\n    print(f'<<{path}>>')\n\n\n\tif x:\n" + "y" * 300 + "\n"
    for unicode in (True, False):
        assert f"= reproduce\npython3 - <<'END'\n{script}END\n   = more" in shown(
            a_run(broken(CAP, script=script)), width=40, unicode=unicode
        )


def test_warnings_come_after_errors_and_are_shorter():
    text = shown(a_run(broken(ORDER), broken(SHAPE)))
    assert text.index("error[ERR-001]") < text.index("warning[PAG-005]")
    warning = text[text.index("warning[PAG-005]") :]
    assert "= fix" not in warning
    assert shown(a_run(broken(ORDER), broken(SHAPE)), verbose=True).count("= fix") == 2


def test_what_was_not_tested_is_grouped_by_reason_and_capped():
    same = [other(Outcome.UNTESTED, rule, subject, Need.ADMIN) for rule in (CAP, END) for subject in "ab"]
    text = shown(a_run(passed(SHAPE), *same))
    assert f"not tested PAG-003, PAG-004 (4 places) {Need.ADMIN}" in unwrapped(text)
    many = [other(Outcome.UNTESTED, CAP, str(n), f"reason {n}") for n in range(SHOWN + 3)]
    assert "not tested   … 3 more" in shown(a_run(*many))


def test_a_must_is_named_before_a_should():
    text = shown(
        a_run(other(Outcome.UNTESTED, ORDER, reason="one"), other(Outcome.UNTESTED, CAP, reason="two"))
    )
    assert text.index("PAG-003  two") < text.index("PAG-005  one")


@pytest.mark.parametrize(
    ("run", "line"),
    [
        (a_run(passed(CAP)), "COMPLIANT  MUST 1/1"),
        (a_run(passed(CAP), deselected=1), "PARTIAL  MUST 1/1"),
        (a_run(broken(CAP)), "NOT COMPLIANT  MUST 0/1"),
        (a_run(other(Outcome.UNTESTED, CAP)), "INCONCLUSIVE  MUST 0/1"),
        (a_run(), "INCONCLUSIVE  MUST 0/0"),
    ],
)
def test_every_verdict_has_its_line(run, line):
    assert any(one.startswith(line) for one in shown(run).splitlines())


def test_the_scope_follows_the_verdict():
    assert "\ncompliant (outside; 1 of 103 clauses)\n" in shown(a_run(passed(CAP), clauses=103))


def test_a_run_that_reads_only_says_so():
    assert "safety    reads only" in shown(a_run(passed(CAP), absent=[Need.WRITES]))
    assert "destructive traffic allowed" in unwrapped(shown(a_run(passed(CAP), absent=[])))


MANY = tuple(a_rule(f"ERR-{n:03}", f"Title {n}") for n in range(1, 21))


def many_findings():
    first, *others = (broken(rule, "GET /a") for rule in MANY)
    return a_run(first, broken(MANY[0], "GET /b"), *others)


def test_of_many_findings_the_first_are_shown_in_full_and_the_others_in_a_line_each():
    text = shown(many_findings(), rules=MANY)
    assert re.findall(r"error\[(.*?)\]", text) == [rule.id for rule in MANY[:ERRORS]]
    assert f"\n{20 - ERRORS} more errors   -v shows them in full\n" in text
    assert f"\n  {MANY[-1].id}  the limit is not capped  GET /a\n" in text
    assert len(text.splitlines()) < 90
    assert text.count("python3 - <<'END'") == 1
    assert text.count("= reproduce   -v shows the script\n") == ERRORS - 1
    last = text.index(f"  {MANY[-1].id}")
    assert last < text.index("NOT COMPLIANT")


def test_whoever_asks_gets_all_findings_in_full():
    text = shown(many_findings(), rules=MANY, verbose=True)
    assert re.findall(r"error\[(.*?)\]", text) == [rule.id for rule in MANY]
    assert "more errors" not in text
    assert text.count("python3 - <<'END'") == len(MANY)


def test_one_line_that_breaks_two_subjects_is_one_place():
    place = Place("app/a.py", 3)
    text = shown(a_run(*(broken(CAP, f"GET /{name}", evidence=(), places=(place,)) for name in "ab")))
    assert re.findall(r"--> (.*)", text) == ["app/a.py:3  1 place"]


def test_whoever_asks_gets_all_places():
    run = a_run(*(broken(CAP, f"GET /{name}") for name in "abcde"))
    assert len(re.findall("--> ", shown(run))) == 3
    text = shown(run, verbose=True)
    assert re.findall(r"--> (\S+ \S+)", text) == [f"GET /{name}" for name in "abcde"]


def test_no_line_stands_for_a_single_finding():
    run = a_run(*(broken(rule) for rule in MANY[: ERRORS + 1]))
    assert shown(run, rules=MANY[: ERRORS + 1]).count("error[") == ERRORS + 1


def test_many_warnings_do_not_hide_the_errors():
    lesser = tuple(a_rule(f"PAG-{n:03}", f"Title {n}", Level.SHOULD) for n in range(1, 9))
    run = a_run(
        *(broken(rule, places=(Place("app/a.py", 3),) * 2, evidence=()) for rule in lesser), broken(SHAPE)
    )
    text = shown(run, rules=(*lesser, SHAPE))
    assert text.count("warning[") == WARNINGS
    assert f"{8 - WARNINGS} more warnings" in text
    assert f"  {lesser[-1].id}  the limit is not capped  app/a.py:3 and 1 more\n" in text


def test_it_says_what_to_mend_first_where_there_is_a_choice():
    text = shown(many_findings(), rules=MANY)
    assert "\nmend first  ERR-001 · ERR-002 · ERR-003, then 17 more\n" in text
    assert "mend first" not in shown(a_run(broken(CAP), broken(ORDER)))


def test_it_says_where_the_reports_lie():
    reports = [files.Spec("html", Path("out/report.html")), files.Spec("json", Path("result.json"))]
    text = shown(a_run(passed(CAP)), reports=reports)
    assert text.endswith("exit 0\nreport out/report.html · result result.json\n")
    assert shown(a_run(broken(CAP)), reports=reports).endswith(
        "\nwhen mended compliance replay result.json\n"
    )
    hint = "\nnext time   --compliance-report=json:result.json, for `compliance replay`\n"
    assert shown(a_run(broken(CAP)), reports=reports[:1]).endswith(hint)
    assert shown(a_run(broken(CAP)), reports=()).endswith(hint)
    for quiet in (
        shown(a_run(passed(CAP)), reports=()),
        shown(a_run(broken(CAP))),
        shown(a_run(broken(CAP)), reports=[files.Spec("json", Path("-"))]),
    ):
        assert "replay" not in quiet


def test_a_document_is_read_and_shown_as_the_run_was(tmp_path):
    run = a_run(passed(END), broken(CAP), other(Outcome.UNTESTED, SHAPE), gone="it went", missing=["a\nb"])
    path = tmp_path / "result.json"
    path.write_text(json.dumps(report_of(run).document))
    assert render(saved.read(path), colour=False, width=100) == shown(run)
    assert terminal.render(saved.read(path)) == shown(run)


def test_a_run_without_identities_or_document():
    text = shown(a_run(identities=[], openapi="", title="", version="", operations=0))
    assert "identity  none" in text
    assert "no OpenAPI document · 0 operations" in text
