"""The traffic engine as a good guest: it acts as carol, and changes only what it made itself."""

from __future__ import annotations

from compliance.catalogue import Untested
from compliance.contract.model import Operation
from compliance.target.actors import Actor
from compliance.target.client import SAFE_METHODS
from compliance.target.reach import Target
from compliance.target.staging import changes_things
from compliance.target.tape import Exchange
from compliance.traffic import Traffic, drive


def drive_as_carol(target: Target) -> Traffic:
    """The one run of the engine against a target; everything it sends is on the tape, what it creates in the ledger."""
    contract = target.contract
    operations = {operation.label: operation for operation in contract.operations}
    actor = _actor(target)

    def may_send(method: str, label: str, url: str, body: bytes) -> bool:
        operation = operations.get(label)
        if method.upper() in SAFE_METHODS:
            return operation is None or not changes_things(operation)
        return operation is not None and target.grants.writes and operation in _harmless_writes(target)

    def observe(exchange: Exchange) -> None:
        target.tape.record(exchange)
        target.note(exchange)

    doors = [role.operation.label for role in (contract.login, contract.registration) if role]
    return drive(
        contract.document,
        target.client.base_url,
        headers=lambda: dict(actor.headers) if actor else {},
        may_send=may_send,
        observe=observe,
        seed=target.seed,
        examples=target.examples,
        credentials=doors,
    )


def _harmless_writes(target: Target) -> list[Operation]:
    """Creates of rows, but not of accounts: an account made of random data is one that nobody can delete."""
    registration = target.contract.registration.operation if target.contract.registration else None
    return [r.create for r in target.contract.resources if r.create and r.create is not registration]


def _actor(target: Target) -> Actor | None:
    try:
        return target.carol
    except Untested:
        alice = target.actors.get("alice")
        return alice if alice and alice.proven else None
