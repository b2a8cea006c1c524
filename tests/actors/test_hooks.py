"""What a project's conftest.py says to the kit, through pytest."""

from __future__ import annotations

import json

import pytest

from compliance.target.errors import TargetError
from compliance.target.hooks import Hooks
from compliance.target.serving import serve
from tests.actors.houses import House
from tests.actors.test_given import Closed, Signed

DULL = ("-p", "no:randomly", "-p", "no:asyncio", "-p", "no:cacheprovider", "-p", "no:xdist")
SIGNING = """
import httpx

class Signature(httpx.Auth):
    def __init__(self, name):
        self.name = name

    def auth_flow(self, request):
        request.headers["X-Signed-By"] = f"{self.name} proof-of-{self.name}"
        yield request

def pytest_compliance_actor(name, target_url):
    assert target_url.startswith("http://127.0.0.1:")
    return {"alice": Signature("ann@example.com"), "bob": Signature("ben@example.com")}.get(name)
"""
PAYING = """
def pytest_compliance_payload(operation, body):
    if operation == "POST /register":
        return {**body, "invitation": "let me in"}
"""
DICTIONARIES = """
def pytest_compliance_actor(name, target_url):
    people = {"alice": "ann@example.com", "bob": "ben@example.com"}
    if name in people:
        return {"username": people[name], "password": f"the password of {people[name]}"}
"""


class Invited(House):
    def refuse(self, body):  # type: ignore[no-untyped-def]
        return None if body.get("invitation") == "let me in" else (400, {"detail": "no"})


@pytest.mark.parametrize(
    ("house", "conftest"), [(Signed(), SIGNING), (Closed(), DICTIONARIES), (Invited(), PAYING)]
)
def test_a_conftest_helps_the_kit_in(pytester: pytest.Pytester, house: House, conftest: str) -> None:
    pytester.makeconftest(conftest)
    (pytester.path / "document.json").write_text(json.dumps(house.document()))
    with serve(house.app(), "a house") as url:
        run = pytester.runpytest_inprocess(
            *DULL, f"--target-url={url}", "--openapi=document.json", "-k", "ACC-002 or AUT-001"
        )
    assert run.parseoutcomes().get("failed") is None, run.stdout.str()
    assert run.parseoutcomes()["passed"] >= 1
    run.stdout.fnmatch_lines(["identity*alice from *bob from *"])
    run.stdout.no_fnmatch_line("*not proven*")
    run.stdout.no_fnmatch_line("*proof-of-*")


def test_a_conftest_with_the_hooks_does_no_harm_where_nothing_is_judged(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(SIGNING)
    pytester.makepyfile("def test_own(): pass")
    pytester.runpytest_inprocess(*DULL).assert_outcomes(passed=1)


def test_nonsense_from_a_hook_is_a_usage_error(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("def pytest_compliance_actor(name, target_url): return 7")
    house = Closed()
    (pytester.path / "document.json").write_text(json.dumps(house.document()))
    with serve(house.app(), "a house") as url:
        run = pytester.runpytest_inprocess(*DULL, f"--target-url={url}", "--openapi=document.json")
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines(["*compliance: the hook pytest_compliance_actor returned a int for alice*"])


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"username": "a", "password": "hunter22\udcff"}, "for alice as password is no text"),
        ({"token": "hunter22\n"}, "for alice as token holds a line break"),
        ({"token": "hunter22", "header": "X Key"}, "for alice as header can be no name of a header"),
        ({"token": "hunter22", "scheme": "Ké"}, "for alice as scheme holds a character"),
    ],
)
def test_what_cannot_be_sent_is_refused(said: dict[str, str], words: str) -> None:
    with pytest.raises(TargetError, match=words) as refusal:
        Hooks(lambda _name, _url: said).credentials("alice", "http://127.0.0.1:8000")
    assert "hunter22" not in str(refusal.value)
