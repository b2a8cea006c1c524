"""Requests on their way to the service and back: held back where they must not go, and noted whatever they did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from compliance.catalogue import Untested
from compliance.target.actors import ANONYMOUS
from compliance.target.births import follow, row_of
from compliance.target.preconditions import on_a_condition, with_its_tag
from compliance.target.renewing import renewed
from compliance.target.tape import Exchange
from compliance.target.tokens import says_no
from compliance.target.wire import Request

if TYPE_CHECKING:
    from compliance.target.reach import Target

#: Answers that may only mean that something was missing: a token that has not ended, a condition.
_LACKING = (401, 412, 428)


class Courier:
    """Carries the requests of a target."""

    def __init__(self, target: Target) -> None:
        self._target = target

    def send(self, request: Request) -> Exchange:
        """The answer to a request, by a new token where the old one has ended, on a condition where one is wanted."""
        return self._again(request, self._deliver(request))

    def once(self, request: Request) -> Exchange:
        """The answer to a request that nobody waits with and nobody repeats, however busy the service is."""
        exchange = self._target.client.once(self._ready(request))
        self.note(exchange)
        return exchange

    def together(self, requests: Sequence[Request]) -> list[Exchange]:
        """Send all at once; answers in the order of the requests. What was answered is noted although another was not."""
        told = [with_its_tag(self._target, self._deliver, request) for request in requests]
        ready, before = [self._ready(request) for request in told], len(self._target.tape)
        exchanges: list[Exchange] = []
        try:
            exchanges = self._target.client.together(ready)
        finally:
            for exchange in exchanges or self._target.tape.exchanges[before:]:
                self.note(exchange)
        return exchanges

    def several(self, requests: Sequence[Request]) -> list[Exchange | Untested]:
        """Send what may arrive in any order, a few at a time; answers, or why there is none, in the order of the requests."""
        ready, before = [self._ready(request) for request in requests], len(self._target.tape)
        try:
            answers = self._target.client.several(ready)
        finally:
            for exchange in self._target.tape.exchanges[before:]:
                self.note(exchange)
        return [
            self._again(request, answer)
            if isinstance(answer, Exchange) and answer.status in _LACKING
            else answer
            for request, answer in zip(requests, answers, strict=True)
        ]

    def _ready(self, request: Request) -> Request:
        """The request with all that its operation wants. Raises Untested where it must not be sent."""
        self._target.restraint.check(request)
        return self._target.completing.on(request)

    def _deliver(self, request: Request) -> Exchange:
        exchange = self._target.client.send(self._ready(request))
        if request.auth is not None:
            self._target.secrets.remember_signature(request.actor, request.headers, exchange.request_headers)
        self.note(exchange)
        return exchange

    def _again(self, request: Request, exchange: Exchange) -> Exchange:
        """The answer, or that to the same request with what it lacked: a new token, a condition."""
        again = renewed(self._target, self._deliver, request, exchange)
        answer = self._deliver(again) if again else exchange
        return on_a_condition(self._target, self._deliver, again or request, answer)

    def note(self, exchange: Exchange) -> None:
        """Enter what an exchange created or deleted into the ledger, and its tokens, whoever sent it."""
        target = self._target
        target.doorman.observe(exchange)
        target.guards.observe(exchange)
        target.new_passwords.observe(exchange)
        path = target.client.below(exchange.url).partition("?")[0]
        if exchange.method == "DELETE" and exchange.ok:
            me = target.contract.me
            target.ledger.mark_deleted(path, exchange.actor if me and path == me.path else "")
        elif exchange.method == "DELETE" and exchange.status >= 500:
            target.ledger.doubt(path)
        if exchange.method in ("PUT", "PATCH") and exchange.ok:
            follow(target.ledger, path, exchange)
        sender = target.actors.get(exchange.actor, ANONYMOUS)
        row = row_of(target.contract, exchange, sender, target.registrar.at_work, tag=target.tag)
        if row is not None and not says_no(exchange):
            target.ledger.add(row)
