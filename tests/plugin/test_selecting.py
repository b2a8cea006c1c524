"""Which items a run has: the suite and nothing else, unless somebody says otherwise."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Judge
from tests.plugin.service import Service

MINE = "def test_mine(): pass"


def test_a_node_id_of_a_report_selects_one_item(judge: Judge) -> None:
    run = judge("compliance.suite::PAG-003[GET /api/v1/users]")
    run.assert_outcomes(passed=1)
    run.stdout.fnmatch_lines(["collected 1 item", "PARTIAL *"])
    assert run.ret == pytest.ExitCode.OK


def test_the_id_of_a_rule_selects_all_its_items(judge: Judge) -> None:
    run = judge("compliance.suite::AUT-001", "compliance.suite::PAG-001", "--collect-only", "-q")
    names = [line for line in run.outlines if "::" in line]
    assert len(names) == 5
    assert {name.partition("[")[0] for name in names} == {
        "compliance.suite::AUT-001",
        "compliance.suite::PAG-001",
    }


def test_a_node_id_that_is_not_there_is_a_usage_error(judge: Judge, service: Service) -> None:
    run = judge("compliance.suite::PAG-999")
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines(["ERROR: compliance: compliance.suite::PAG-999 is not in this run*"])
    assert service.seen == []


def test_keywords_markers_and_deselect_work_as_ever(judge: Judge) -> None:
    node = "compliance.suite::PAG-003[GET /api/v1/users]"
    assert judge("-k", "PAG-003 and not source", "--collect-only", "-q").outlines[0] == node
    assert f"{node} " not in judge("--deselect", node, "--collect-only", "-q").outlines
    everything = judge("--collect-only", "-q").outlines
    assert judge("-m", "rule", "--collect-only", "-q").outlines[:-1] == everything[:-1]
    assert judge("-m", "rule(family='PAG')", "--collect-only", "-q").outlines[:-2] == [
        line for line in everything if "::PAG-" in line
    ]


def test_leaving_out_one_item_makes_the_run_partial(judge: Judge) -> None:
    run = judge("-k", "PAG or ERR")
    run.stdout.fnmatch_lines(["PARTIAL *"])
    assert run.ret == pytest.ExitCode.OK


def test_collecting_fetches_the_document_and_nothing_else(
    pytester: pytest.Pytester, service: Service
) -> None:
    run = pytester.runpytest_inprocess(f"--target-url={service.url}", "--collect-only", "-p", "no:asyncio")
    assert run.ret == pytest.ExitCode.OK
    assert [(one.method, one.path) for one in service.seen] == [("GET", "/openapi.json")]


def test_nothing_selected_is_no_pass_and_sends_nothing(judge: Judge, service: Service) -> None:
    run = judge("-k", "UNHEARD")
    assert run.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    assert service.seen == []


@pytest.mark.parametrize("ini", ["[pytest]", "[pytest]\ntestpaths = ."])
def test_tests_of_the_project_are_not_collected_by_accident(
    judge: Judge, pytester: pytest.Pytester, ini: str
) -> None:
    pytester.makepyfile(test_mine=MINE)
    pytester.makeini(ini)
    run = judge("--collect-only", "-q")
    assert run.ret == pytest.ExitCode.OK
    assert "test_mine" not in run.stdout.str()


def test_tests_of_the_project_and_the_suite_may_be_mixed(judge: Judge, pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_mine=MINE, test_sad="def test_sad(): assert False")
    run = judge("test_mine.py", "compliance.suite", "-k", "mine or (PAG-003 and not source)")
    run.assert_outcomes(passed=2, deselected=len(judge("--collect-only", "-q").outlines) - 3)
    assert run.ret == pytest.ExitCode.OK
    run = judge("test_sad.py", "compliance.suite::PAG-003")
    run.assert_outcomes(passed=1, failed=1)
    assert run.ret == pytest.ExitCode.TESTS_FAILED


def test_only_tests_of_the_project_are_left_alone(
    judge: Judge, pytester: pytest.Pytester, service: Service
) -> None:
    pytester.makepyfile(test_mine=MINE)
    run = judge("test_mine.py")
    run.assert_outcomes(passed=1)
    assert "COMPLIANT" not in run.stdout.str()
    assert service.seen == []


def test_the_last_failures_can_be_judged_again(pytester: pytest.Pytester, service: Service) -> None:
    service.open_door = "/api/v1/users/me"
    options = (*service.options, "-p", "no:asyncio")
    first = pytester.runpytest_inprocess(*options, "-k", "(AUT-001 or PAG-001) and not source")
    first.assert_outcomes(failed=1, passed=4, deselected=first.parseoutcomes()["deselected"])
    service.first_user = b""
    again = pytester.runpytest_inprocess(*options, "--lf")
    assert again.parseoutcomes()["failed"] == 1
    assert "passed" not in again.parseoutcomes()
    again.stdout.fnmatch_lines(["FAILED compliance.suite::AUT-001*GET /api/v1/users/me*"])
