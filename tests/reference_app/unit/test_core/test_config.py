import pytest
from pydantic import ValidationError

from reference_app.core.config import Settings

SECRET = "thirty-two bytes, or a little more"


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", SECRET)
    monkeypatch.setenv("ACCESS_TOKEN_EXPIRE_MINUTES", "5")
    settings = Settings(_env_file=None)
    assert settings.signing_key() == SECRET
    assert settings.access_token_expire_minutes == 5


@pytest.mark.parametrize(
    ("url", "used"),
    [
        ("postgresql://u:p@h/d", "postgresql+asyncpg://u:p@h/d"),
        ("postgres://u:p@h/d", "postgresql+asyncpg://u:p@h/d"),
        ("postgresql+asyncpg://u:p@h/d", "postgresql+asyncpg://u:p@h/d"),
        ("sqlite:///x.db", "sqlite+aiosqlite:///x.db"),
    ],
)
def test_the_driver_is_an_async_one(url: str, used: str) -> None:
    assert Settings(_env_file=None, database_url=url).database_url == used


def test_development_makes_a_key_of_its_own() -> None:
    settings = Settings(_env_file=None)
    assert len(settings.signing_key()) >= 32
    assert settings.signing_key() != settings.signing_key()


def test_production_needs_a_key() -> None:
    with pytest.raises(ValidationError, match="SECRET_KEY must be set in production"):
        Settings(_env_file=None, environment="production")
    assert Settings(_env_file=None, environment="production", secret_key=SECRET).signing_key() == SECRET


def test_a_short_key_is_refused_without_being_shown() -> None:
    with pytest.raises(ValidationError, match="at least 32 bytes") as refusal:
        Settings(_env_file=None, secret_key="too short")
    assert "too short" not in str(refusal.value)


def test_secrets_are_not_printed() -> None:
    printed = repr(Settings(_env_file=None, secret_key=SECRET, database_url="postgresql://u:hunter2@h/d"))
    assert SECRET not in printed
    assert "hunter2" not in printed
