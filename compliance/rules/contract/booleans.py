"""Booleans where numbers belong, which the default of the validation library takes for 0 and 1."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from compliance.catalogue import Level, Phase, Untested, Violation, rule
from compliance.contract.fields import body_fields
from compliance.contract.model import Contract, Operation
from compliance.contract.shapes import takes_json
from compliance.rules.contract.evidence import prove_working
from compliance.rules.contract.requests import REFUSALS, Judged, judged, of_accounts, reading_of
from compliance.target.actors import at
from compliance.target.altering import Altered, accepted, put, send_altered
from compliance.target.reach import Target


def takes_numbers(contract: Contract) -> Iterable[Operation]:
    """Operations with a number in a JSON body, but those that make accounts."""
    return [
        one
        for one in takes_json(contract)
        if one not in of_accounts(contract) and any(_numbers(contract, one))
    ]


def _numbers(contract: Contract, operation: Operation) -> Iterator[tuple[str, ...]]:
    """The ways to the fields that take a number, and no boolean."""
    for path, schema in body_fields(contract.resolver, operation.body):
        options = [schema, *(schema.get("anyOf") or ()), *(schema.get("oneOf") or ())]
        kinds = {contract.resolver.type_of(one) for one in options}
        if kinds & {"integer", "number"} and "boolean" not in kinds:
            yield path


@rule(
    "CON-012",
    "A boolean is not taken for a number",
    level=Level.SHOULD,
    subjects=takes_numbers,
    phase=Phase.TAPE,
)
def booleans_are_no_numbers(target: Target, operation: Operation) -> None:
    """
    Why: a price of `true` is stored as 1, and nobody learns of the client's mistake.

    Breaks: `price: int`

    Conforms: `price: StrictInt`, or `Annotated[int, Field(strict=True)]`
    """
    refused = None
    for one in judged(target, operation):
        for way in _numbers(target.contract, operation):
            value = at(one.body, way)
            if not isinstance(value, bool) or not _would_be_valid(target, operation, one.body, way):
                continue
            if accepted(one.exchange):
                _confirm_boolean(target, operation, one, way)
            elif one.exchange.status in REFUSALS:
                refused = one
    prove_working(target, operation)
    if refused is None:
        _try_true(target, operation)


def _try_true(target: Target, operation: Operation) -> None:
    """`true` in a body that is valid but for it. Raises Untested where none of the numbers may be 1."""
    like = next(
        (one for one in judged(target, operation) if accepted(one.exchange) and not one.deviations), None
    )
    if like is None or operation.method not in ("POST", "PUT", "PATCH"):
        raise Untested("no valid body of this operation was accepted")
    for way in _numbers(target.contract, operation):
        if not _would_be_valid(target, operation, _with(like.body, way, True), way):
            continue
        tried = send_altered(target, operation, like.exchange, put(way, True))
        if tried is None:
            continue
        _condemn(tried, way)
        if tried.altered.status in REFUSALS:
            return
    raise Untested("none of its numbers was to be had as a boolean that stands for a valid one")


def _confirm_boolean(target: Target, operation: Operation, one: Judged, way: tuple[str, ...]) -> None:
    tried = send_altered(target, operation, one.exchange, put(way, at(one.body, way)))
    if tried is not None:
        _condemn(tried, way)


def _condemn(tried: Altered, way: tuple[str, ...]) -> None:
    if accepted(tried.altered):
        raise Violation(
            "a boolean is taken for a number",
            "a client error",
            f"{tried.altered.status} to {'.'.join(way)}: {str(at(tried.body, way)).lower()}",
            [tried.control, tried.altered],
        )


def _would_be_valid(target: Target, operation: Operation, body: Any, way: tuple[str, ...]) -> bool:
    """Whether the number that the boolean stands for is a valid one, so that a refusal is one of the boolean."""
    value = at(body, way)
    if not isinstance(value, bool):
        return False
    return reading_of(target).allows(operation, _with(body, way, int(value)))


def _with(body: Any, way: tuple[str, ...], value: Any) -> Any:
    if not way:
        return value
    return {**body, way[0]: _with(body.get(way[0], {}), way[1:], value)} if isinstance(body, dict) else body
