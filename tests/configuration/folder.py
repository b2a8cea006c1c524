"""A folder with a configuration, and what it comes to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from compliance.configuration import Configuration, configure
from compliance.settings import Settings
from compliance.target.errors import TargetError


class Folder:
    """A folder of a person's, with an environment and a command line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.environment: dict[str, str] = {}
        self.options: dict[str, Any] = {}

    def write(self, text: str, name: str = "compliance.toml") -> Path:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def below(self, *steps: str) -> Folder:
        inner = Folder(self.path.joinpath(*steps))
        inner.path.mkdir(parents=True, exist_ok=True)
        return inner

    def configuration(self) -> Configuration:
        return configure(self.options.get, self.path, self.environment)

    def settings(self) -> Settings:
        return Settings.of(self.options.get, self.path, self.environment)

    def complaint(self) -> str:
        """What a run says that must not begin."""
        with pytest.raises(TargetError) as refusal:
            self.settings().check()
        return str(refusal.value)

    def given(self) -> Mapping[str, tuple[Any, str]]:
        """Every value that somebody gave, with its origin."""
        values = self.configuration().values.items()
        return {name: (one.value, one.origin) for name, one in values if one.layer}
