"""The configuration in pytest: it makes no run by itself, and holds in a run that was asked for."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Judge
from tests.plugin.service import Service
from tests.plugin.test_bad_input import complaint
from tests.plugin.test_projects import MODULES, OTHERS

ONE = ("-k", "PAG-001")


def configure(pytester: pytest.Pytester, service: Service, *lines: str) -> None:
    table = ["[tool.compliance]", f'target = "{service.url}"', f'openapi = "{service.document}"', *lines]
    (pytester.path / "pyproject.toml").write_text("\n".join(table))


def test_a_configured_target_makes_no_run_by_itself(
    pytester: pytest.Pytester, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(pytester, service)
    monkeypatch.setenv("COMPLIANCE_TARGET", service.url)
    pytester.makepyfile(MODULES)
    run = pytester.runpytest_subprocess(*OTHERS)
    assert run.parseoutcomes() == {"passed": 2}, run.stdout.str()
    assert service.seen == []


def test_a_switch_judges_the_configured_target(
    pytester: pytest.Pytester, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(pytester, service, 'reports = ["json:result.json"]')
    monkeypatch.setenv("COMPLIANCE_PROFILE", "strict")
    run = pytester.runpytest_inprocess("--compliance", *ONE, "-p", "no:randomly", "-p", "no:asyncio")
    assert run.ret == pytest.ExitCode.OK, run.stdout.str() + run.stderr.str()
    run.stdout.fnmatch_lines(
        [
            f"compliance: judging {service.url}, configured by pyproject.toml [[]tool.compliance]",
            "*profile strict*",
            "PARTIAL *",
        ]
    )
    assert (pytester.path / "result.json").is_file()


def test_an_option_of_the_target_takes_the_rest_from_the_file(
    pytester: pytest.Pytester, service: Service, judge: Judge
) -> None:
    configure(pytester, service, 'profile = "read-only"')
    judge(*ONE).stdout.fnmatch_lines(["*profile read-only*"])
    judge(*ONE, "--compliance-profile=standard").stdout.fnmatch_lines(["*profile standard*"])


def test_a_misspelt_variable_begins_no_run(
    judge: Judge, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPLIANCE_PROFIL", "read-only")
    run = judge(*ONE)
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    assert "did you mean $COMPLIANCE_PROFILE?" in run.stderr.str()
    assert service.seen == []


MISTAKES = {
    "a key": (
        'tagret = "x"',
        "*pyproject.toml [[]tool.compliance]: unknown key tagret; did you mean target?*",
    ),
    "a secret": ('actors.bob.password = "hunter22"', "*actors.bob.password is a secret*password-env*"),
    "a variable": ('actors.bob.token-env = "NOT_SET_AT_ALL"', "*names $NOT_SET_AT_ALL, which is not set*"),
}


@pytest.mark.parametrize(("line", "message"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_ends_the_run_before_any_request(
    pytester: pytest.Pytester, service: Service, line: str, message: str
) -> None:
    configure(pytester, service, line)
    said = complaint(pytester, *service.options)
    pytest.LineMatcher([said]).fnmatch_lines([message])
    assert "hunter22" not in said
    assert service.seen == []


def test_a_switch_without_a_target(pytester: pytest.Pytester) -> None:
    assert "say what to judge" in complaint(pytester, "--compliance")


def test_another_maximum_of_the_page_size_is_what_is_judged(
    pytester: pytest.Pytester, service: Service, judge: Judge
) -> None:
    """The reference grants 100 items."""
    configure(pytester, service, "page-size-maximum = 20")
    run = judge("-k", "PAG-003")
    run.stdout.fnmatch_lines(
        ["*the page size has no maximum of 20", "*at most 20 items for a page size of 21*"]
    )
    assert run.ret == pytest.ExitCode.TESTS_FAILED
    configure(pytester, service, "page-size-maximum = 150")
    assert judge("-k", "PAG-003").ret == pytest.ExitCode.OK
