"""Requests of which several are under way: at one moment, as a race wants it, or a few at a time, to lose none."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from compliance.catalogue import Untested
from compliance.target.tape import Exchange
from compliance.target.wire import SAFE_METHODS, Request

if TYPE_CHECKING:
    import httpx

    from compliance.target.client import Client
else:
    from compliance.target.deferred import httpx

#: Requests under way at one time where their order does not matter.
HANDS = 5


class Company:
    """The ways of one client on which it sends several at a time."""

    def __init__(self, client: Client) -> None:
        self._client = client
        #: ways that are kept; none is used by two at one time
        self._ways: list[httpx.Client] = []

    def close(self) -> None:
        for way in self._ways:
            way.close()
        self._ways.clear()

    def together(self, requests: Sequence[Request]) -> list[Exchange]:
        """Send all at one moment, each on a connection of its own; answers in the order of the requests."""
        ready = threading.Barrier(len(requests))
        ways = [self._client.connect() for _ in requests]
        with ThreadPoolExecutor(len(requests)) as pool:
            return list(
                pool.map(lambda request, http: self._in_a_crowd(request, http, ready), requests, ways)
            )

    def several(self, requests: Sequence[Request]) -> list[Exchange | Untested]:
        """Send what may arrive in any order, a few at a time; each as carefully as `send` does.

        Answers, or why there is none, in the order of the requests, and so they stand on the tape. Whatever fails or has
        to wait in company is sent again alone, so that nothing is said of a request for the company that it was in.
        Raises TargetGone when the service is away.
        """
        if self._client.pace.is_kept or len(requests) < 2 or any(request.auth for request in requests):
            return [self._answer(request) for request in requests]
        answers: list[Exchange | Untested] = []
        counted = False
        for request, outcome in zip(requests, self._outcomes(requests), strict=True):
            if isinstance(outcome, Exchange) and not outcome.crowded:
                self._client.answered()
                answers.append(outcome)
            elif (
                isinstance(outcome, Exchange)
                or request.method in SAFE_METHODS
                or isinstance(outcome, httpx.ConnectError)
            ):
                answers.append(self._answer(request))
            else:
                answers.append(self._unknown(request, outcome, count=not counted))
                counted = True
        return answers

    def _outcomes(self, requests: Sequence[Request]) -> list[Exchange | Exception]:
        """What became of each request, a few sent at a time; answers are on the tape also where this is interrupted."""
        under_way: list[Future[Exchange | Exception]] = []
        try:
            with ThreadPoolExecutor(min(HANDS, len(requests))) as pool:
                under_way += [pool.submit(self._in_company, request) for request in requests]
        finally:
            outcomes = [one.result() for one in under_way if one.done()]
            for outcome in outcomes:
                if isinstance(outcome, Exchange):
                    self._client.tape.record(outcome)
        return outcomes

    def _in_company(self, request: Request) -> Exchange | Exception:
        """An answer beside which others are awaited, not recorded yet; crowded where it says nothing for that."""
        way = self._ways.pop() if self._ways else self._client.connect()
        try:
            exchange = self._client.exchange(request, way)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeEncodeError) as failure:
            way.close()
            return failure
        if exchange.status >= 500:
            way.close()
        else:
            self._ways.append(way)
        return replace(exchange, crowded=True) if exchange.status >= 500 or exchange.busy else exchange

    def _in_a_crowd(self, request: Request, http: httpx.Client, ready: threading.Barrier) -> Exchange:
        try:
            with http:
                ready.wait()
                return self._client.record(request, http, crowded=True)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeEncodeError) as failure:
            raise Untested(
                f"{request.method} {request.path} got no answer among others: {failure}"
            ) from failure

    def _answer(self, request: Request) -> Exchange | Untested:
        try:
            return self._client.send(request)
        except Untested as reason:
            return reason

    def _unknown(self, request: Request, failure: Exception, *, count: bool) -> Untested:
        """What becomes of a request that may have been executed; of several at one time the first alone counts."""
        if isinstance(failure, httpx.HTTPError):
            sent = self._client.as_sent(request)
            if count:
                try:
                    self._client.missed(sent, failure, refused=False)
                except Untested as reason:
                    return reason
            self._client.lost(sent, failure)
            return Untested(f"{request.method} {request.path} got no answer ({failure})")
        return Untested(f"{request.method} {request.path} cannot be sent: {failure}")
