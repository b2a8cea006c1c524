"""Everything that was sent to an operation in the run, read by the document: what it forbids of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from compliance.contract.deviations import Deviation, Reading, parsed
from compliance.contract.model import Contract, Operation
from compliance.contract.validity import Undecided
from compliance.target.reach import Target
from compliance.target.tape import BODY_CAP, Exchange

#: How a service refuses what is wrong in a body, a query or a header.
REFUSALS = frozenset({400, 406, 413, 414, 415, 422})


@dataclass(frozen=True, eq=False)
class Judged:
    """A request with its JSON body, if it has one, and what the document forbids of it."""

    exchange: Exchange
    body: Any
    deviations: tuple[Deviation, ...]


_READINGS: WeakKeyDictionary[Target, Reading] = WeakKeyDictionary()
_JUDGED: WeakKeyDictionary[Target, dict[str, list[Judged]]] = WeakKeyDictionary()


def reading_of(target: Target) -> Reading:
    """How requests are read by the contract of a target; its schemas are compiled once."""
    if target not in _READINGS:
        _READINGS[target] = Reading(target.contract)
    return _READINGS[target]


def judged(target: Target, operation: Operation) -> list[Judged]:
    """What was sent to an operation up to the engine's end, without what cannot be judged: no JSON, or too long."""
    known = _JUDGED.setdefault(target, {})
    _ = target.traffic
    if operation.label not in known:
        sent = [one for one in target.tape if one.operation == operation.label and not one.busy]
        known[operation.label] = [made for one in sent if (made := _judged(target, operation, one))]
    return known[operation.label]


def doors_of(contract: Contract) -> list[Operation]:
    """Login and registration, to which nothing is sent for the sake of a schema."""
    doors = [login.operation for login in contract.logins]
    return doors + [registration.operation for registration in contract.registrations]


def of_accounts(contract: Contract) -> list[Operation]:
    """What makes accounts, too: who gets one of made-up data could never log in again to delete it."""
    admissions = [admission.operation for admission in contract.admissions]
    created = contract.accounts.create if contract.accounts else None
    return [*doors_of(contract), *admissions, *([created] if created else [])]


def _judged(target: Target, operation: Operation, exchange: Exchange) -> Judged | None:
    """What the document says of a request, None where it does not say."""
    if exchange.method != operation.method or len(exchange.request_body) >= BODY_CAP:
        return None
    reading, body = reading_of(target), None
    try:
        deviations = reading.of_url(operation, exchange.url, _base(target))
        if exchange.request_body:
            body = parsed(exchange.request_body)
            if not _is_json(exchange):
                return None
            deviations += reading.of_body(operation, body)
    except (ValueError, Undecided):
        return None
    if not exchange.request_body and operation.body is not None and operation.body.required:
        deviations += [Deviation("body", (), "required", "the body is missing")]
    return Judged(exchange, body, tuple(deviations))


def _base(target: Target) -> str:
    """The path of the target's own URL, which stands before those of its operations."""
    return urlsplit(target.client.base_url).path.rstrip("/")


def _is_json(exchange: Exchange) -> bool:
    claimed = [value for name, value in exchange.request_headers if name.lower() == "content-type"]
    return any("json" in value.lower() for value in claimed)
