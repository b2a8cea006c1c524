"""One run against the correct service for the session, and runs against services with planted faults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from compliance.target.connection import Connection
from compliance.target.tape import Exchange, Tape
from compliance.traffic import MaySend, Traffic, drive
from tests.traffic.service import TOKEN, Service, served

EXAMPLES = 8
DOORS = ("POST /api/users", "POST /api/login", "POST /api/token")


@dataclass
class Run:
    """A run with the service it was aimed at and what it put on the tape."""

    service: Service
    traffic: Traffic
    tape: Tape = field(default_factory=Tape)

    def found(self, operation: str) -> set[str]:
        """The checks that failed on an operation."""
        return {failure.check for trial in self.traffic.of(operation) for failure in trial.failures}

    @property
    def failures(self) -> list[str]:
        return [
            f"{failure.check} on {trial.exchange}: {failure.message}"
            for trial in self.traffic.trials
            for failure in trial.failures
        ]


def anything(method: str, operation: str, url: str, body: bytes) -> bool:
    return True


def shoot(
    *faults: str,
    may_send: MaySend = anything,
    observe: Callable[[Exchange], None] = lambda exchange: None,
    examples: int = 3,
    whole: bool = True,
    **options: Any,
) -> Run:
    service, tape = Service(frozenset(faults)), Tape()

    def record(exchange: Exchange) -> None:
        tape.record(exchange)
        observe(exchange)

    with served(service.app) as url:
        asked = {"headers": {"Authorization": f"Bearer {TOKEN}"}, "credentials": DOORS, "seed": 1} | options
        traffic = drive(
            service.document if whole else service.excerpt,
            Connection(url),
            may_send=may_send,
            observe=record,
            examples=examples,
            **asked,
        )
    return Run(service, traffic, tape)


@pytest.fixture(scope="session")
def correct() -> Run:
    """The run against the correct service, made once."""
    return shoot(examples=EXAMPLES)
