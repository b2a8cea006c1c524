"""What cannot work is said in one message, without a traceback, with exit status 4, before any further request."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from compliance.target.discovery import DOCS_PAGES, USUAL_PATHS
from tests.plugin import standards
from tests.plugin.conftest import DULL
from tests.plugin.service import Service


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that nothing listens on, kept by a socket that does not listen either."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


def complaint(pytester: pytest.Pytester, *arguments: str) -> str:
    """The one message of a run that must not have begun."""
    run = pytester.runpytest_inprocess(*DULL, *arguments)
    shown = run.stdout.str() + run.stderr.str()
    assert run.ret == pytest.ExitCode.USAGE_ERROR, shown
    assert "Traceback" not in shown
    assert "INTERNALERROR" not in shown
    messages = [line for line in run.errlines + run.outlines if line.startswith("ERROR: ")]
    assert len(messages) == 1, shown
    assert messages[0].startswith("ERROR: compliance: ")
    return messages[0]


OPTIONS = {
    "a URL without scheme": (
        ["--target-url=127.0.0.1:8000"],
        "*write the scheme*--target-url=http://127.0.0.1:8000*",
    ),
    "another scheme": (["--target-url=ftp://127.0.0.1"], "*not a URL of the web*"),
    "both targets": (
        ["--target-url=http://127.0.0.1:1", "--target-app=a:b"],
        "*--target-url or --target-app, not both*",
    ),
    "a foreign host": (["--target-url=http://192.0.2.1"], "*not on this machine*--allow-writes*read-only*"),
    "an unknown profile": (
        ["--target-url=http://127.0.0.1:1", "--compliance-profile=stric"],
        "*stric is unknown*did you mean strict?*",
    ),
    "a bad seed": (
        ["--target-url=http://127.0.0.1:1", "--compliance-seed=x"],
        "*--compliance-seed=x is not a whole number*",
    ),
    "an unknown report": (
        ["--target-url=http://127.0.0.1:1", "--compliance-report=jsn:x"],
        "*'jsn'*did you mean json?*",
    ),
    "a report without kind": (
        ["--target-url=http://127.0.0.1:1", "--compliance-report=x.json"],
        "*names no kind*json:x.json*",
    ),
    "a report in no folder": (
        ["--target-url=http://127.0.0.1:1", "--compliance-report=json:no/such/x.json"],
        "*there is no folder no/such*",
    ),
    "two reports in one file": (
        ["--target-url=http://127.0.0.1:1", "--compliance-report=html:x", "--compliance-report=json:x"],
        "*html:x and json:x are one file*a path of its own*",
    ),
    "an unknown standard": (
        ["--target-url=http://127.0.0.1:1", "--compliance-standard=nobody_has_it"],
        "*the standard nobody_has_it: there is no package of that name*",
    ),
    "an app without attribute": (["--target-app=somewhere"], "*--target-app=somewhere*module:app*"),
    "an app that is not there": (
        ["--target-app=nowhere_at_all:app"],
        "*nowhere_at_all does not import*ModuleNotFoundError*",
    ),
}


@pytest.mark.parametrize(("arguments", "message"), OPTIONS.values(), ids=OPTIONS.keys())
def test_options_that_cannot_work(
    pytester: pytest.Pytester, arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.LineMatcher([complaint(pytester, *arguments)]).fnmatch_lines([message])


APPS = {
    "import": ("raise RuntimeError('half built')", "app", "*does not import*RuntimeError: half built*"),
    "syntax": ("def", "app", "*does not import*SyntaxError*"),
    "attribute": ("other = 1", "app", "*has no app*"),
    "callable": ("app = 1", "app", "*app is a int, not an ASGI application*"),
    "factory": (
        "def create_app(): raise ValueError('no settings')",
        "create_app()",
        "*create_app() failed*no settings*",
    ),
    "exit": ("raise SystemExit('bye')", "app", "*does not import*SystemExit*bye*"),
    "start": (
        """async def app(scope, receive, send):
               await receive()
               await send({'type': 'lifespan.startup.failed', 'message': 'no database'})""",
        "app",
        "*did not start (no database)*",
    ),
    "lifespan": (
        """from contextlib import asynccontextmanager
from fastapi import FastAPI

@asynccontextmanager
async def lifespan(app):
    raise RuntimeError('no cache at 10.0.0.1')
    yield

app = FastAPI(lifespan=lifespan)""",
        "app",
        "*did not start (RuntimeError: no cache at 10.0.0.1)*",
    ),
}


@pytest.mark.parametrize(
    ("kind", "source", "attribute", "message"), [(k, *v) for k, v in APPS.items()], ids=APPS.keys()
)
def test_an_application_that_cannot_be_served(
    pytester: pytest.Pytester, kind: str, source: str, attribute: str, message: str
) -> None:
    pytester.makepyfile(**{f"broken_{kind}": source})
    said = complaint(pytester, f"--target-app=broken_{kind}:{attribute}")
    pytest.LineMatcher([said]).fnmatch_lines([message])


def test_nothing_listens(pytester: pytest.Pytester, closed_port: int) -> None:
    said = complaint(pytester, f"--target-url=http://127.0.0.1:{closed_port}")
    pytest.LineMatcher([said]).fnmatch_lines(
        [f"*nothing answers at http://127.0.0.1:{closed_port}*Is the service running*"]
    )


DOCUMENTS = {
    "a page": (
        "text/html",
        b"<html>",
        "*no OpenAPI document at the usual places*/openapi.json, * others -> 200 text/html*",
    ),
    "broken JSON": ("application/json", b"{", "*is broken JSON*"),
    "other JSON": ("application/json", b"{}", "*no OpenAPI document: it has no field named openapi*"),
    "a list": ("application/json", b"[]", "*no OpenAPI document*"),
    "no paths": ("application/json", b'{"openapi": "3.1.0"}', "*"),
    "not UTF-8": ("application/json", b'"\xff\xfe"', "*"),
}


@pytest.mark.parametrize(("kind", "body", "message"), DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_an_answer_that_is_no_document(
    pytester: pytest.Pytester, service: Service, kind: str, body: bytes, message: str
) -> None:
    service.kind = kind
    service.instead = lambda method, path, headers: (200, body)
    said = complaint(pytester, f"--target-url={service.url}")
    pytest.LineMatcher([said]).fnmatch_lines([message])
    assert {one.method for one in service.seen} == {"GET"}
    places = {path.partition("?")[0] for path in (*DOCS_PAGES, *USUAL_PATHS)}
    assert {one.path for one in service.seen} <= places


def test_a_saved_document_that_is_not_there_or_none(pytester: pytest.Pytester, service: Service) -> None:
    assert "cannot be read" in complaint(pytester, f"--target-url={service.url}", "--openapi=missing.json")
    Path("broken.json").write_text(json.dumps({"paths": {}}))
    assert "no OpenAPI document" in complaint(
        pytester, f"--target-url={service.url}", "--openapi=broken.json"
    )
    assert service.seen == []


def test_half_a_credential(
    pytester: pytest.Pytester, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPLIANCE_BOB_USERNAME", "bob@example.org")
    assert "COMPLIANCE_BOB_PASSWORD is missing" in complaint(pytester, *service.options)
    assert service.seen == []


def test_a_login_that_is_refused(
    pytester: pytest.Pytester, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPLIANCE_ALICE_USERNAME", "alice@example.org")
    monkeypatch.setenv("COMPLIANCE_ALICE_PASSWORD", "not her password")
    said = complaint(pytester, *service.options)
    assert "alice could not log in with COMPLIANCE_ALICE_USERNAME and COMPLIANCE_ALICE_PASSWORD" in said
    assert "answered 401" in said
    assert "not her password" not in said
    assert [(one.method, one.path) for one in service.seen] == [("POST", "/api/v1/auth/login")]


def test_no_request_leaves_for_a_foreign_host(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def connect(self: socket.socket, address: object) -> None:
        asked.append(address)
        raise AssertionError

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: asked.append(a))
    complaint(pytester, "--target-url=http://service.example.org")
    assert asked == []


def test_an_application_whose_database_is_elsewhere_needs_a_word(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:hunter22@db.example.org/prod")
    pytester.makepyfile(untouched="raise AssertionError('imported')")
    said = complaint(pytester, "--target-app=untouched:app")
    assert "$DATABASE_URL points at a database on another host" in said
    assert "hunter22" not in said


BROKEN_STANDARDS = {
    "syntax": ("rules/own.py", "def", "*SyntaxError*"),
    "level": ("standard/own.md", standards.TEXT.replace("MUST", "SHOULD"), "*OWN-001: the rule says MUST*"),
    "form": ("standard/own.md", "no title", "*own.md:1:*"),
}


@pytest.mark.parametrize(("kind", "file", "text", "message"), [(k, *v) for k, v in BROKEN_STANDARDS.items()])
def test_a_further_standard_that_is_broken(
    pytester: pytest.Pytester, service: Service, kind: str, file: str, text: str, message: str
) -> None:
    name = f"standard_with_broken_{kind}"
    standards.install(pytester, name)
    (pytester.path / name / file).write_text(text)
    said = complaint(pytester, *service.options, f"--compliance-standard={name}")
    pytest.LineMatcher([said]).fnmatch_lines([message])
    assert service.seen == []
