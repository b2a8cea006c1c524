"""Settings, read from the environment and from `.env`."""

import secrets
from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

MIN_SECRET_BYTES = 32

ASYNC_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
}


class Settings(BaseSettings):
    """All that may differ between two installations.

    Raises `pydantic.ValidationError` on a setting that is wrong or, in production, missing;
    the error never shows the values.
    """

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True)

    environment: Literal["development", "production"] = "development"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"

    database_url: str = Field(default="sqlite+aiosqlite:///./reference.db", repr=False)
    database_pool_size: int = Field(default=10, ge=1)

    secret_key: SecretStr | None = None
    access_token_expire_minutes: int = Field(default=30, ge=1)

    # OWASP's argon2id profile; only tests have a reason to lower it.
    argon2_memory_kib: int = Field(default=19 * 1024, ge=8)
    argon2_time_cost: int = Field(default=2, ge=1)
    argon2_parallelism: int = Field(default=1, ge=1)

    max_body_bytes: int = Field(default=1024 * 1024, ge=1)

    @field_validator("database_url")
    @classmethod
    def _use_async_driver(cls, url: str) -> str:
        scheme, separator, rest = url.partition("://")
        return ASYNC_DRIVERS.get(scheme, scheme) + separator + rest

    @model_validator(mode="after")
    def _require_secret_key(self) -> Self:
        if self.secret_key is None:
            if self.environment == "production":
                raise ValueError("SECRET_KEY must be set in production")
        elif len(self.secret_key.get_secret_value().encode()) < MIN_SECRET_BYTES:
            raise ValueError(f"SECRET_KEY must be at least {MIN_SECRET_BYTES} bytes long")
        return self

    def signing_key(self) -> str:
        """The key that signs tokens; a fresh one each time where none is configured (development only)."""
        return (
            self.secret_key.get_secret_value() if self.secret_key else secrets.token_urlsafe(MIN_SECRET_BYTES)
        )
