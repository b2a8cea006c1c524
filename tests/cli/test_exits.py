"""The exit status of `compliance check`: every kind of ending has one of its own, and the documents name each."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from compliance import cli
from compliance.cli import exits
from compliance.depths.outside import Outside
from compliance.target.errors import TargetGone
from compliance.verdict import Verdict, Word
from tests.plugin.service import Service


def check(target: str, *arguments: str) -> int:
    return cli.main(["check", target, *arguments])


@pytest.fixture
def deaf() -> Iterator[str]:
    """A port that is taken and where nobody listens, so that nothing ever answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{taken.getsockname()[1]}"


def test_0_and_1_by_the_verdict(service: Service) -> None:
    named = (f"--openapi={service.document}", "--rule=AUT-001")
    assert check(service.url, *named) == exits.COMPLIANT
    service.open_door = "/api/v1/users/me"
    assert check(service.url, *named) == exits.NOT_COMPLIANT


def test_2_for_a_configuration_that_is_none(tmp_path: Path, service: Service) -> None:
    (tmp_path / "compliance.toml").write_text("profile = 3")
    assert check(service.url) == exits.USAGE


def test_3_for_what_could_not_be_decided(service: Service) -> None:
    assert check(service.url, f"--openapi={service.document}", "--rule=AUT-003") == exits.INCONCLUSIVE


def test_3_and_a_report_where_the_kit_failed_in_a_rule(
    service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stumble(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Outside, "_apply", stumble)
    assert check(service.url, f"--openapi={service.document}", "--rule=AUT-001") == exits.INCONCLUSIVE
    shown = " ".join(capsys.readouterr().out.split())
    assert "the kit itself failed in AUT-001" in shown
    assert "exit 3" in shown


def test_4_where_nothing_answers(deaf: str, capsys: pytest.CaptureFixture[str], service: Service) -> None:
    assert check(f"http://{deaf}") == exits.UNREACHABLE
    assert f"nothing answers at http://{deaf}/" in capsys.readouterr().err


def test_4_where_nobody_knows_the_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], service: Service
) -> None:
    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert check("http://nowhere.invalid", "--profile=read-only") == exits.UNREACHABLE
    assert "the host nowhere.invalid " in capsys.readouterr().err


def test_4_where_tls_is_refused(service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(service.url.replace("http://", "https://")) == exits.UNREACHABLE
    assert "does not speak TLS" in capsys.readouterr().err


def test_4_where_the_certificate_is_not_believed(
    service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def distrusted(*_: Any, **__: Any) -> None:
        raise ssl.SSLCertVerificationError(1, "certificate verify failed: self-signed certificate")

    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", distrusted)
    assert check(service.url.replace("http://", "https://")) == exits.UNREACHABLE
    assert "certificate verify failed" in capsys.readouterr().err


def test_4_and_a_report_where_a_document_was_given(
    deaf: str, service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(f"http://{deaf}", f"--openapi={service.document}") == exits.UNREACHABLE
    shown = capsys.readouterr().out
    assert "\nINCONCLUSIVE " in shown
    assert "exit 4" in shown


def test_1_where_something_was_broken_before_it_was_gone(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was seen is no less broken."""
    service.open_door = "/api/v1/users/me"
    judge, seen = Outside._outcome, []

    def dying(self: Outside, one: Any) -> Any:
        found = judge(self, one)
        seen.append(found)
        if str(found[0]) == "violation":
            self._lose(TargetGone("it stopped answering"))
        return found

    monkeypatch.setattr(Outside, "_outcome", dying)
    named = (f"--openapi={service.document}", "--rule=AUT-001", "--rule=ERR-*")
    assert check(service.url, *named) == exits.NOT_COMPLIANT
    assert any("stopped answering" in details.get("reason", "") for _, details in seen)


@pytest.mark.parametrize("word", Word)
@pytest.mark.parametrize("gone", ["", "it stopped answering"])
def test_every_verdict_has_a_status(word: Word, gone: str) -> None:
    status = exits.of(Verdict(word, (), ""), gone)
    assert (status == exits.UNREACHABLE) is (word is Word.INCONCLUSIVE and bool(gone))


def test_the_help_names_each(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["check", "--help"])
    told = " ".join(capsys.readouterr().out.split()).partition("Exit status: ")[2]
    assert [int(one) for one in re.findall(r"\b(\d+) [a-z]", told)][:7] == [0, 1, 2, 3, 4, 5, 130]
