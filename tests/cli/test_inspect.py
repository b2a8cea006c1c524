"""`compliance inspect`: of whatever names a service, and nothing but its document asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compliance import cli
from tests.plugin.service import Service

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Saved", "version": "1"},
    "paths": {
        "/things": {
            "get": {"responses": {"200": {"content": {"application/json": {"schema": {"type": "array"}}}}}}
        }
    },
}


def test_inspect_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "saved.json").write_text(json.dumps(DOCUMENT))
    assert cli.main(["inspect", "saved.json"]) == 0
    assert "GET /things · none" in capsys.readouterr().out
    assert cli.main(["inspect", "saved.json", "--toml"]) == 0
    assert '[lists."GET /things"]\nstyle = "none"' in capsys.readouterr().out
    assert cli.main(["inspect", "saved.json", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Saved"


def test_inspect_sends_nothing_but_for_the_document(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["inspect", service.url]) == 0
    assert "Accounts" in capsys.readouterr().out
    assert {one.method for one in service.seen} == {"GET"}
    assert [one.path for one in service.seen if "/users" in one.path or "/auth" in one.path] == []


def test_inspect_what_is_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["inspect", "nowhere.json"]) == 2
    assert "neither a URL, nor a file here, nor an application" in capsys.readouterr().err


def test_inspect_an_application_that_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "chatty.py").write_text(
        "import fastapi\nprint('hello')\napp = fastapi.FastAPI(title='Chatty')\n"
    )
    assert cli.main(["inspect", "chatty:app", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Chatty"


@pytest.mark.parametrize("named", ["", "/openapi.json"])
def test_inspect_a_service_and_the_url_of_its_document(
    named: str, service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["inspect", service.url + named, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["title"] == "Reference application"
    assert told["logins"][0]["operation"] == "POST /api/v1/auth/login"
    assert {one.path for one in service.seen} <= {"/", "/openapi.json"}


def test_inspect_what_is_configured_with_its_corrections(
    service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = 'include = ["/api/v1/users*"]\n[roles]\nregistration = ""\n'
    (tmp_path / "compliance.toml").write_text(
        f'target = "{service.url}"\nopenapi = "{service.document}"\n{said}'
    )
    assert cli.main(["inspect", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["logins"], told["registrations"]) == ([], [])
    assert [one["operation"] for one in told["lists"]] == ["GET /api/v1/users"]
    assert service.seen == []

    (tmp_path / "compliance.toml").write_text(said)
    assert cli.main(["inspect", str(service.document), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == told


def test_inspect_needs_no_consent_on_another_host(
    service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("compliance.settings.is_loopback", lambda url: False)
    assert cli.main(["check", service.url]) == 2
    assert "--allow-writes" in capsys.readouterr().err
    assert service.seen == []
    assert cli.main(["inspect", service.url]) == 0
    assert [one for one in service.seen if one.method != "GET" or "authorization" in one.headers] == []


def test_a_correction_of_what_is_not_there_is_one_line(
    service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "compliance.toml").write_text('[roles]\nlogin = "POST /api/v1/auth/logon"')
    assert cli.main(["inspect", str(service.document)]) == 2
    assert "did you mean 'POST /api/v1/auth/login'" in capsys.readouterr().err
