"""Schemathesis as a guest: nothing found in the user's folder or environment, nothing written there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from schemathesis.config import SchemathesisConfig

from compliance.housekeeping import hypothesis_at_home

#: Every configuration loads the module that it names.
HOOKS = "SCHEMATHESIS_HOOKS"


def configuration(seed: int, examples: int, workers: int, timeout: float = 30.0) -> SchemathesisConfig:
    """Everything stated, so that no file of the user's is looked for; `timeout` in seconds is that of an answer.

    No health check, because a slow or picky schema is no finding; unique inputs, because a request sent again
    proves nothing new; no redaction, because the tape is raw and evidence redacts.
    """
    return SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "workers": workers,
            "continue-on-failure": True,
            "suppress-health-check": ["all"],
            "request-timeout": timeout,
            "request-retries": 0,
            "max-redirects": 0,
            "cache": {"enabled": False},
            "output": {"sanitization": {"enabled": False}},
            "generation": {"database": "none", "max-examples": examples, "unique-inputs": True},
        }
    )


@contextmanager
def as_a_guest() -> Iterator[None]:
    """No hooks from the environment; whatever hypothesis writes goes to a folder that is removed."""
    hooks = os.environ.pop(HOOKS, None)
    try:
        with hypothesis_at_home():
            yield
    finally:
        if hooks is not None:
            os.environ[HOOKS] = hooks
