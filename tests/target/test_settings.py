"""What is asked for, checked before the first request."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliance.settings import POLITE_RATE, Settings
from compliance.target.credentials import Credentials
from compliance.target.errors import TargetError

HERE, AWAY = "http://127.0.0.1:8000", "https://api.example.org"
ALICE = {"COMPLIANCE_ALICE_USERNAME": "a", "COMPLIANCE_ALICE_PASSWORD": "secret-of-alice"}


OPTIONS = {
    "url": "--target-url",
    "app": "--target-app",
    "profile": "--compliance-profile",
    "allow_writes": "--allow-writes",
    "allow_destructive": "--allow-destructive",
}


def settings(environment: dict[str, str] | None = None, **asked: object) -> Settings:
    """What options and environment come to in a folder without a file."""
    given = {OPTIONS[name]: value for name, value in asked.items()}
    return Settings.of(given.get, Path("/nowhere/at/all"), environment or {})


@pytest.mark.parametrize(
    ("asked", "environment", "words"),
    [
        ({"url": HERE}, {}, ""),
        ({"url": "http://localhost"}, {}, ""),
        ({"url": "http://[::1]:80"}, {}, ""),
        ({"app": "a:b"}, {}, ""),
        ({"url": HERE, "app": "a:b"}, {}, "not both"),
        ({"url": AWAY}, {}, "not on this machine.*--allow-writes.*read-only"),
        ({"url": AWAY, "allow_writes": True}, {}, ""),
        ({"url": AWAY, "profile": "read-only"}, {}, ""),
        ({"url": AWAY, "profile": "strict"}, {}, "not on this machine"),
        ({"url": AWAY, "allow_destructive": True}, {}, "not on this machine"),
        ({"url": "http://0.0.0.0:8000"}, {}, "not on this machine"),
        ({"url": "http://127.0.0.1.example.org"}, {}, "not on this machine"),
        ({"url": "http://user@example.org"}, {}, "not on this machine"),
        ({"url": "localhost:8000"}, {}, "write the scheme.*http://localhost:8000"),
        ({"url": "http://"}, {}, "names no host"),
        ({"url": "http://[::1"}, {}, "URL"),
        ({"url": "http://127.0.0.1:99999"}, {}, "URL|port"),
        ({"url": "http://127.0.0.1:port"}, {}, "URL|port"),
        ({"url": HERE, "profile": "STRICT"}, {}, "did you mean strict?"),
        ({"url": HERE, "profile": "readonly"}, {}, "did you mean read-only?"),
        ({"url": HERE}, ALICE, ""),
        ({"url": HERE}, {"COMPLIANCE_ALICE_USERNAME": "a"}, "COMPLIANCE_ALICE_PASSWORD is missing"),
        ({"url": HERE}, {"COMPLIANCE_ADMIN_PASSWORD": "a"}, "COMPLIANCE_ADMIN_USERNAME is missing"),
    ],
)
def test_what_works_and_what_does_not(
    asked: dict[str, object], environment: dict[str, str], words: str
) -> None:
    if not words:
        settings(environment, **asked).check()
        return
    with pytest.raises(TargetError, match=words) as complaint:
        settings(environment, **asked).check()
    assert "\n" not in str(complaint.value)


@pytest.mark.parametrize(
    ("name", "value", "remote"),
    [
        ("DATABASE_URL", "postgresql://u:p@db.example.org/x", True),
        ("SHOP_DATABASE_DSN", "mysql://u:p@10.0.0.1/x", True),
        ("POSTGRES_DSN", "postgresql+asyncpg://u@db/x", True),
        ("DATABASE_URL", "postgresql://u:p@localhost/x", False),
        ("DATABASE_URL", "sqlite:///./x.db", False),
        ("DATABASE_URL", "x.db", False),
        ("HOMEPAGE", "https://example.org", False),
    ],
)
def test_an_application_with_a_database_elsewhere_needs_a_word(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, remote: bool
) -> None:
    monkeypatch.setenv(name, value)
    if remote:
        with pytest.raises(TargetError, match=rf"\${name} points at a database on another host"):
            settings(app="a:b").check()
        settings(app="a:b", allow_writes=True).check()
    else:
        settings(app="a:b").check()


def test_what_is_granted() -> None:
    grants = settings(ALICE | {"COMPLIANCE_SIGNING_KEY": "k"}, url=HERE).grants()
    assert (grants.writes, grants.destructive, grants.signing_key) == (True, False, "k")
    assert grants.credentials == {
        "alice": Credentials(
            "COMPLIANCE_ALICE_USERNAME and COMPLIANCE_ALICE_PASSWORD", "a", "secret-of-alice"
        )
    }
    reading = settings(url=HERE, profile="read-only", allow_destructive=True, allow_writes=True).grants()
    assert (reading.writes, reading.destructive) == (False, False)


def test_nothing_secret_is_in_a_repr() -> None:
    asked = settings(ALICE | {"COMPLIANCE_SIGNING_KEY": "a-signing-key"}, url=HERE)
    assert "secret-of-alice" not in repr(asked) + repr(asked.grants())
    assert "a-signing-key" not in repr(asked) + repr(asked.grants())


def test_only_other_hosts_are_spared() -> None:
    assert settings(url=AWAY).connection(AWAY).rate == POLITE_RATE
    assert settings(url=HERE).connection(HERE).rate is None
    assert settings(app="a:b").connection(HERE).rate is None
