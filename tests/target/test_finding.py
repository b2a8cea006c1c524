"""A violation is told whatever becomes of its decoration."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from compliance.catalogue import Violation
from compliance.target import finding as module
from compliance.target.secrets import Secrets
from compliance.target.tape import Exchange


def broken(*_: object) -> Any:
    raise KeyError("the kit's own fault")


@pytest.mark.parametrize("part", ["script", "evidence"])
def test_a_fault_of_the_decoration_does_not_hide_the_violation(
    monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    monkeypatch.setattr(module, "script", lambda *_: "import httpx")
    monkeypatch.setattr(module, part, broken)
    exchange = Exchange("alice", "", "GET", "http://h/", (), b"", 500, (), b"")
    target: Any = SimpleNamespace(secrets=Secrets(given={"signing key": "k3y-of-the-service"}))
    told = module.finding(target, Violation("cause", "expected", "saw k3y-of-the-service", [exchange]))
    assert told["observed"] == "saw $SIGNING_KEY"
    assert bool(told["evidence"]) is (part != "evidence")
    assert bool(told["script"]) is (part != "script")
