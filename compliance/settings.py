"""What the person asked for: options and environment, checked before the first request."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit

from compliance.run import PROFILES
from compliance.target.connection import Connection, is_loopback
from compliance.target.credentials import Credentials
from compliance.target.document import check_url
from compliance.target.errors import TargetError
from compliance.target.reach import Grants
from compliance.target.serving import remote_database

ACTORS = ("alice", "bob", "admin")
#: Requests a second to a host that is not this machine.
POLITE_RATE = 50.0


@dataclass(frozen=True)
class Settings:
    """One run's settings. Exactly one of url and app is given."""

    url: str = ""
    app: str = ""
    openapi: str | None = None
    profile: str = "standard"
    seed: int = 0
    allow_writes: bool = False
    allow_destructive: bool = False
    standards: tuple[str, ...] = ("compliance",)
    reports: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ), repr=False)

    @classmethod
    def of(cls, option: Callable[[str], Any]) -> Settings:
        """The settings that a parser of `fastapi_compliance_pytest.OPTIONS` read. Raises TargetError."""
        seed = option("--compliance-seed")
        try:
            number = int(seed)
        except ValueError:
            raise TargetError(f"--compliance-seed={seed} is not a whole number") from None
        return cls(
            url=(option("--target-url") or "").rstrip("/"),
            app=option("--target-app") or "",
            openapi=option("--openapi"),
            profile=option("--compliance-profile"),
            seed=number,
            allow_writes=option("--allow-writes"),
            allow_destructive=option("--allow-destructive"),
            standards=tuple(dict.fromkeys(("compliance", *option("--compliance-standard")))),
            reports=tuple(option("--compliance-report")),
        )

    def check(self) -> None:
        """Raises TargetError with one clear message for whatever cannot work."""
        if not self.url and not self.app:
            raise TargetError(
                "--target-url is empty: say what to judge, for instance --target-url=http://127.0.0.1:8000"
            )
        if self.url and self.app:
            raise TargetError("give --target-url or --target-app, not both")
        if self.profile not in PROFILES:
            near = get_close_matches(self.profile, PROFILES, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise TargetError(
                f"--compliance-profile={self.profile} is unknown: it is one of {', '.join(PROFILES)}{hint}"
            )
        if self.url:
            _check_form(self.url, "--target-url")
            check_url(self.url, "--target-url")
        if self.openapi and "://" in self.openapi:
            _check_form(self.openapi, "--openapi")
        self._check_consent()
        self._check_credentials()

    @property
    def writes(self) -> bool:
        return self.profile != "read-only"

    def connection(self, url: str) -> Connection:
        """The way to the target, or to its application served at that URL."""
        return Connection(url, rate=None if self.app or is_loopback(url) else POLITE_RATE)

    def grants(self) -> Grants:
        """What the rules may do, with the credentials of the environment."""
        credentials = {}
        for name in ACTORS:
            username, password = self._credential(name)
            if username and password:
                prefix = f"COMPLIANCE_{name.upper()}_"
                source = f"{prefix}USERNAME and {prefix}PASSWORD"
                credentials[name] = Credentials(source, username, password)
        return Grants(
            writes=self.writes,
            destructive=self.allow_destructive and self.writes,
            signing_key=self.environment.get("COMPLIANCE_SIGNING_KEY", ""),
            credentials=credentials,
        )

    def _credential(self, name: str) -> tuple[str, str]:
        prefix = f"COMPLIANCE_{name.upper()}"
        return self.environment.get(f"{prefix}_USERNAME", ""), self.environment.get(f"{prefix}_PASSWORD", "")

    def _check_consent(self) -> None:
        if self.allow_writes or self.profile == "read-only":
            return
        words = "say --allow-writes if the kit may create and delete rows of its own there, or --compliance-profile=read-only"
        if self.url and not is_loopback(self.url):
            raise TargetError(f"{self.url} is not on this machine: {words}")
        variable = remote_database() if self.app else None
        if variable:
            raise TargetError(f"${variable} points at a database on another host: {words}")

    def _check_credentials(self) -> None:
        for name in ACTORS:
            username, password = self._credential(name)
            if bool(username) != bool(password):
                lacking = "PASSWORD" if username else "USERNAME"
                raise TargetError(f"COMPLIANCE_{name.upper()}_{lacking} is missing beside its other half")


def _check_form(url: str, option: str) -> None:
    try:
        _ = urlsplit(url).port
    except ValueError as failure:
        raise TargetError(f"{option}={url} is not a URL: {failure}") from None
