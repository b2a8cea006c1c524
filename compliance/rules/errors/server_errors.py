"""Requests that the service itself cannot cope with."""

from __future__ import annotations

from collections.abc import Iterable

from compliance.catalogue import Level, Phase, Untested, Violation, rule
from compliance.contract.model import Contract, Operation, Service
from compliance.target.reach import Target
from compliance.target.tape import Exchange
from compliance.target.tokens import says_no
from compliance.target.wire import SAFE_METHODS


def everywhere(contract: Contract) -> Iterable[Operation | Service]:
    """Every operation, and the service for what is sent to none."""
    return [contract.service, *contract.operations]


@rule(
    "ERR-001",
    "No request is answered with a server error",
    level=Level.MUST,
    subjects=everywhere,
    phase=Phase.TAPE,
)
def no_server_errors(target: Target, place: Operation | Service) -> None:
    """
    Why: a 5xx says that nobody thought of this; what was written until then is anybody's guess.

    Breaks: `user_id: int` without a bound, in front of a 32-bit column

    Conforms: `user_id: Annotated[int, Path(ge=1, le=2**31 - 1)]`
    """
    label = place.label if isinstance(place, Operation) else ""
    mine = [exchange for exchange in target.tape if exchange.operation == label]
    for exchange in mine:
        # What fails among others only is RES-016.
        if exchange.status < 500 or exchange.busy or exchange.crowded or _is_no_method_here(exchange):
            continue
        again = target.client.repeat(exchange) if exchange.method in SAFE_METHODS else exchange
        if again.status >= 500:
            _must_not_be_spoilt(target, mine, exchange)
            raise Violation(
                "a request ends in a server error", "success, or a 4xx", str(again.status), [exchange]
            )
    if isinstance(place, Operation) and not mine:
        raise Untested(target.restraint.why_unsent(place))
    if not any(exchange.ok for exchange in (mine if label else target.tape)):
        raise Untested(
            "no request to this operation succeeded" if label else "no request of the run succeeded"
        )
    if not any(400 <= exchange.status < 500 or says_no(exchange) for exchange in target.tape):
        raise Untested("the service refused nothing, so that its silence about errors says nothing")


def _must_not_be_spoilt(target: Target, mine: list[Exchange], failed: Exchange) -> None:
    """Raises Untested where what was read well before the hostile input cannot be read any more: one bad row spoils a list."""
    since = target.hostile.since
    if failed.method not in SAFE_METHODS or since is None or failed in target.tape.exchanges[:since]:
        return
    well = next((e for e in reversed(target.tape.exchanges[:since]) if e in mine and e.ok), None)
    if well is not None and target.client.repeat(well).status >= 500:
        raise Untested(
            f"{well}: answered {failed.status} since hostile input was sent, which another operation took"
        )


def _is_no_method_here(exchange: Exchange) -> bool:
    """Whether a server said that it knows no such method, which RFC 9110 section 15.6.2 has it say by 501."""
    return exchange.status == 501 and not exchange.operation.startswith(f"{exchange.method} ")
