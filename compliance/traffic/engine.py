"""The run itself: schemathesis' engine with everything fixed that could make two runs differ.

The stateful phase is off. It works in one thread whatever the number of workers, makes the run twice as long,
and finds a DELETE that deletes nothing in one run out of three; the rules' own lifecycle finds it always.
"""

from __future__ import annotations

import copy
import threading
import warnings
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import httpx
import requests
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.core import NOT_SET, NotSet
from schemathesis.engine import StopReason, events
from schemathesis.engine.context import EngineContext
from schemathesis.engine.core import Engine, ExecutionPlan
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.engine.run import PhaseName
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.schemas import OpenApiSchema

from compliance.contract.servers import base_path_of, clean
from compliance.target.connection import Connection
from compliance.target.tape import Exchange
from compliance.traffic import cases
from compliance.traffic.failures import described
from compliance.traffic.gate import gated
from compliance.traffic.guest import as_a_guest, configuration
from compliance.traffic.noise import reason_to_drop
from compliance.traffic.thrift import Thrift
from compliance.traffic.trial import CheckFailure, MaySend, Missed, Traffic, Trial
from compliance.traffic.wire import Session, Wire

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "positive_data_acceptance",
    "missing_required_header",
    "unsupported_method",
)
#: Probing, bootstrapping of accounts and stateful are left out: they send what nobody asked for.
PHASES = (PhaseName.EXAMPLES, PhaseName.COVERAGE, PhaseName.FUZZING)


@dataclass(frozen=True, eq=False)
class Order:
    """What `drive` was asked for."""

    document: Mapping[str, Any]
    connection: Connection
    headers: Callable[[], Mapping[str, str]]
    may_send: MaySend
    observe: Callable[[Exchange], None]
    seed: int
    examples: int
    workers: int
    base_path: str
    credentials: frozenset[str]
    actor: str
    pace: Callable[[], None]
    auth: httpx.Auth | None = None
    missed: Missed = lambda *_: None


class Context(EngineContext):
    """The engine's context, with our wire for a session and a question before each case."""

    def __init__(self, schema: BaseSchema, wire: Wire) -> None:
        super().__init__(schema=schema, stop_event=threading.Event())
        self.wire = wire
        self.thrift = Thrift()

    def get_session(self, *, operation: APIOperation[Any, Any, Any, Any] | None = None) -> Session:  # noqa: ARG002 - the engine's signature
        return self.wire.session()

    def get_cached_outcome(self, case: cases.AnyCase) -> BaseException | NotSet | None:
        """None says that the case was sent before and nothing was wrong; so a refused one goes no further."""
        outcome = super().get_cached_outcome(case)
        if outcome is not NOT_SET:
            return outcome
        request = cases.request(case)
        wanted = not self.thrift.spares(case, request) and self.wire.take(cases.aim(case), request)
        return NOT_SET if wanted else None


def run(order: Order) -> Traffic:
    # The engine adds a filter of its own and forgets it.
    with as_a_guest(), warnings.catch_warnings():
        wire = Wire(
            order.connection,
            order.headers,
            order.may_send,
            order.observe,
            actor=order.actor,
            pace=order.pace,
            auth=order.auth,
            missed=order.missed,
        )
        settings = configuration(order.seed, order.examples, order.workers, order.connection.timeout)
        settings.projects.default.checks.update(included_check_names=list(CHECKS))
        settings.projects.default.phases.update(phases=[str(phase) for phase in PHASES])
        schema = gated(load(order.document, order.connection.base_url, order.base_path, settings), wire)
        try:
            return _collect(order, schema, wire)
        finally:
            wire.close()


def load(
    document: Mapping[str, Any], base_url: str, base_path: str, settings: SchemathesisConfig
) -> OpenApiSchema:
    """The document as the engine sees it: a copy, because inference writes into it."""
    schema = schemathesis.openapi.from_dict(normalised(document), config=settings)
    path = clean(base_path) or base_path_of(document)
    schema.config.update(base_url=base_url.rstrip("/") + path)
    return schema


def normalised(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document without a word on who may: missing credentials are the matter of rules that have a control beside them.

    The schemes stay, so that an operation which grants tokens is still known as one.
    """
    copied = copy.deepcopy(dict(document))
    copied.pop("security", None)
    paths = copied.get("paths")
    for item in paths.values() if isinstance(paths, dict) else ():
        for operation in item.values() if isinstance(item, dict) else ():
            if isinstance(operation, dict):
                operation.pop("security", None)
    return copied


@dataclass
class Journal:
    """What the engine's events have told so far."""

    wire: Wire
    credentials: frozenset[str]
    trials: list[Trial] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lost: bool = False
    end: StopReason | None = None

    def read(self, event: events.EngineEvent) -> None:
        if isinstance(event, events.ScenarioFinished):
            self.trials.extend(_trials(event.recorder, self.wire, self.credentials))
        elif isinstance(event, events.NonFatalError):
            self.notes.append(" ".join(f"{event.label}: {event.info.title}: {event.value}".split()))
            self.lost = self.lost or isinstance(event.value, requests.RequestException)
        elif isinstance(event, events.FatalError):
            raise event.exception
        elif isinstance(event, events.EngineFinished):
            self.end = event.stop_reason
        if self.wire.raised is not None:
            raise self.wire.raised
        if isinstance(event, events.Interrupted) or self.end is StopReason.INTERRUPTED:
            raise KeyboardInterrupt

    def close(self) -> Traffic:
        complete = self.end is StopReason.COMPLETED and not self.lost
        return Traffic(tuple(self.trials), complete, tuple(dict.fromkeys(self.notes)))


def _collect(order: Order, schema: BaseSchema, wire: Wire) -> Traffic:
    journal = Journal(wire, order.credentials)
    with closing(_events(schema, Context(schema, wire))) as stream:
        for event in stream:
            journal.read(event)
    return journal.close()


def _events(schema: BaseSchema, context: Context) -> Generator[events.EngineEvent]:
    engine = Engine(schema)
    phases = [engine.get_phase_config(name, is_supported=True, requires_transitions=False) for name in PHASES]
    try:
        yield from ExecutionPlan(phases).execute(context)
    finally:
        context.stop()


def _trials(recorder: ScenarioRecorder, wire: Wire, credentials: frozenset[str]) -> Iterator[Trial]:
    """One for each generated case that was answered; the controls that checks send are on the tape only."""
    for case_id in recorder.interactions:
        exchange = wire.exchanges.pop(case_id, None)
        if exchange is not None and recorder.cases[case_id].parent_id is None:
            yield _trial(recorder, case_id, exchange, credentials)


def _trial(
    recorder: ScenarioRecorder, case_id: str, exchange: Exchange, credentials: frozenset[str]
) -> Trial:
    case = recorder.cases[case_id].value
    meta = cases.meta_of(case)
    data = meta.phase.data
    sent = cases.sent(case, exchange, grants_credentials=cases.label(case) in credentials)
    return Trial(
        operation=cases.label(case),
        exchange=exchange,
        phase=str(meta.phase.name),
        positive=meta.generation.mode.is_positive,
        scenario=str(getattr(data, "scenario", "")),
        location=cases.location(data.parameter_location),
        parameter=data.parameter or "",
        failures=tuple(f for f in _failures(recorder, case_id) if reason_to_drop(f.check, sent) is None),
    )


def _failures(recorder: ScenarioRecorder, case_id: str) -> Iterator[CheckFailure]:
    for node in recorder.checks.get(case_id, ()):
        if node.failure_info is not None:
            yield described(node.name, node.failure_info.failure)
