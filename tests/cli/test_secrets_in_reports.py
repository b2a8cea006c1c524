"""No report of any kind holds a secret: of a run on a service that repeats all that it is told, in several spellings."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from html import escape
from pathlib import Path
from urllib.parse import quote, quote_plus

import httpx
import pytest

from compliance import cli
from compliance.report.files import KINDS
from tests.plugin.service import KEY, Service

ALICE, BOB = 'co&rr"ect/ho+rse=ba<tt>ery', "Tr0ub4dor-and-three"


def spellings(secret: str) -> Iterator[str]:
    """How one secret may stand in a text: as it is, escaped for JSON, markup and addresses, in base64 and in hex."""
    raw = secret.encode()
    yield from (secret, json.dumps(secret)[1:-1], json.dumps(json.dumps(secret))[3:-3], escape(secret))
    yield from (quote(secret), quote(secret, safe=""), quote_plus(secret), escape(secret, quote=False))
    yield from (raw.hex(), raw.hex().upper())
    for lead in range(3):  # the bits of a base64 text depend on where in it the secret begins
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            text = encode(b"\0" * lead + raw).decode().rstrip("=")
            yield text[{0: 0, 1: 2, 2: 3}[lead] : -1]


def telling(service: Service, secrets: tuple[str, ...]) -> None:
    """Let every list answer with the request's own headers and the secrets, and with an error."""

    def answer(method: str, path: str, headers: dict[str, str]) -> tuple[int, bytes] | None:
        if (method, path) != ("GET", "/api/v1/users") or "authorization" not in headers:
            return None
        said = [spelling for secret in secrets for spelling in spellings(secret)]
        told = {"detail": headers, "seen": headers["authorization"], "text": " | ".join(said[:8])}
        return 500, json.dumps(told | {f"n{n}": one for n, one in enumerate(said)}).encode()

    service.instead = answer


@pytest.fixture
def artefacts(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> dict[str, str]:
    """Kind -> its text, and what was printed; of a run that knows two users and the signing key."""
    for name, password in (("alice", ALICE), ("bob", BOB)):
        email = f"{name}-known@example.org"
        body = {"email": email, "full_name": name.title(), "password": password}
        assert httpx.post(f"{service.url}/api/v1/users", json=body).status_code == 201
        monkeypatch.setenv(f"COMPLIANCE_{name.upper()}_USERNAME", email)
        monkeypatch.setenv(f"COMPLIANCE_{name.upper()}_PASSWORD", password)
    monkeypatch.setenv("COMPLIANCE_SIGNING_KEY", KEY)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    telling(service, (ALICE, BOB, KEY))
    reports = [f"--report={kind}:{tmp_path / kind}" for kind in KINDS]
    rules = [f"--rule={family}-*" for family in ("AUT", "ERR", "PAG", "SEC")]
    target = [service.url, f"--openapi={service.document}", "--profile=strict"]
    status = cli.main(["check", *target, *rules, *reports])
    shown = "".join(capsys.readouterr())
    assert status == 1, shown
    files = {kind: (tmp_path / kind).read_text("utf-8") for kind in KINDS}
    return {**files, "summary": (tmp_path / "summary").read_text("utf-8"), "terminal": shown}


def test_no_artefact_of_a_run_holds_a_secret(service: Service, artefacts: dict[str, str]) -> None:
    document = json.loads(artefacts["json"])
    evidence = json.dumps([one for result in document["results"] for one in result["evidence"]])
    assert "$ALICE_PASSWORD" in evidence  # the service did tell, and was shown
    assert any(result["script"] for result in document["results"])
    # Tokens, and passwords that the kit made up; what its generated traffic calls a password may be any word.
    made = {one for one in service.secrets() if one.startswith(("eyJ", "Zk9")) and one.isprintable()}
    secrets = {ALICE, BOB, KEY} | made
    assert len(secrets) > 3
    found = {
        (kind, spelling)
        for kind, text in artefacts.items()
        for secret in secrets
        for spelling in spellings(secret)
        if spelling in text
    }
    assert found == set()


@pytest.mark.parametrize("secret", [ALICE, KEY])
def test_the_search_would_find_it(secret: str) -> None:
    texts = [
        secret,
        json.dumps({"x": secret}),
        f"q={quote_plus(secret)}",
        escape(secret),
        base64.b64encode(f"name:{secret}!".encode()).decode(),
        base64.urlsafe_b64encode(f"nam:{secret}".encode()).decode(),
        secret.encode().hex(),
    ]
    assert [any(spelling in text for spelling in spellings(secret)) for text in texts] == [True] * len(texts)
