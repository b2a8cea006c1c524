"""Filling a list: many rows in few rounds, every one of them in the ledger, whatever holds some of them up."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import HTTPException
from pydantic import BaseModel

from compliance.catalogue import load
from compliance.run import Runner, read_contract
from compliance.target import filling
from compliance.target.connection import Connection
from compliance.target.document import fetch_document
from compliance.target.filling import fill_up
from compliance.target.listing import fetch
from compliance.target.reach import Grants, Target
from compliance.target.serving import serve
from compliance.target.tape import Exchange
from compliance.target.wire import Request
from tests.probes.service import SIGNING_KEY, Service, User

CATALOGUE = load()


class Paging(BaseModel):
    limit: int
    offset: int
    total: int


class Pages(BaseModel):
    data: list[User]
    pagination: Paging


@contextmanager
def running(service: Service, rate: float | None = None) -> Iterator[Runner]:
    with serve(service.app(), "filled") as url:
        grants = Grants(writes=True, signing_key=SIGNING_KEY)
        runner = Runner(CATALOGUE, read_contract(fetch_document(url)), Connection(url, rate=rate), grants)
        runner.start()
        try:
            yield runner
        finally:
            runner.finish()


def filled(target: Target, count: int) -> str:
    listing = next(one for one in target.contract.lists if one.operation.path == "/notes")
    return fill_up(target, listing, count)


def in_ledger(target: Target) -> set[str]:
    return {str(row.identifier) for row in target.ledger.rows if not row.account}


class Slow(Service):
    """Counts how many creates wait for their answer at the same time."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = self.most = 0

    def around(self, app: Any) -> Any:
        async def slow(scope: Any, receive: Any, send: Any) -> None:
            creates = scope["type"] == "http" and (scope["method"], scope["path"]) == ("POST", "/notes")
            self.waiting += creates
            self.most = max(self.most, self.waiting)
            if creates:
                await asyncio.sleep(0.02)
            try:
                await app(scope, receive, send)
            finally:
                self.waiting -= creates

        return slow


class Hasty(Service):
    """Wants the caller to slow down, three times."""

    def __init__(self) -> None:
        super().__init__()
        self.refusals = 0

    def check_note(self, note: Mapping[str, Any], mine: list[dict[str, Any]]) -> None:
        if len(mine) % 4 == 3 and self.refusals < 3:
            self.refusals += 1
            raise HTTPException(429, "slowly", {"Retry-After": "0"})


class Full(Service):
    """Grants everybody fifteen notes."""

    def check_note(self, note: Mapping[str, Any], mine: list[dict[str, Any]]) -> None:
        if len(mine) >= 15:
            raise HTTPException(403, "enough")


def test_many_rows_are_made_together_and_each_is_unlike_the_others() -> None:
    service = Slow()
    with running(service) as runner:
        assert filled(runner.target, 40) == ""
        assert len(service.notes) in (40, 41)  # one is made to see that the list shows it
        assert len({note["name"] for note in service.notes.values()}) == len(service.notes)
        assert in_ledger(runner.target) == set(service.notes)
        assert 5 <= service.most <= 10
    assert service.notes == {}


def test_a_run_that_keeps_a_rate_makes_one_after_another() -> None:
    service = Slow()
    with running(service, rate=500) as runner:
        filled(runner.target, 12)
        assert len(service.notes) in (12, 13)
    assert service.most == 1


def test_a_service_that_asks_to_wait_is_waited_for() -> None:
    service = Hasty()
    with running(service) as runner:
        assert filled(runner.target, 30) == ""
        assert len(service.notes) in (30, 31)
        assert in_ledger(runner.target) == set(service.notes)
    assert service.refusals == 3
    assert service.notes == {}


def test_a_service_that_grants_no_more_is_asked_no_more_and_says_why() -> None:
    service = Full()
    with running(service) as runner:
        assert "403" in filled(runner.target, 30)
        assert len(service.notes) == 15
        assert in_ledger(runner.target) == set(service.notes)
    assert service.notes == {}


class Members(Service):
    """Everybody lists all users, whom nothing deletes, twenty-five at most on a page that says so in what it wraps."""

    def add_users(self, app: Any) -> None:
        super().add_users(app)
        app.router.routes[:] = [one for one in app.router.routes if "DELETE" not in one.methods]

        known = self.known()

        @app.get("/users", response_model=Pages)
        async def users(limit: int = 25, offset: int = 0, user: Any = known) -> Any:
            size, found = min(limit, 25), list(self.users.values())
            page = {"limit": size, "offset": offset, "total": len(found)}
            return {"data": found[offset : offset + size], "pagination": page}


def test_many_accounts_that_nothing_deletes_are_not_made_without_a_word() -> None:
    service = Members()
    with running(service) as runner:
        target = runner.target
        listing = next(one for one in target.contract.lists if one.operation.path == "/users")

        assert fill_up(target, listing, 8) == ""
        few = len(service.users)
        assert "--allow-destructive" in fill_up(target, listing, 60)
        assert 8 <= few == len(service.users)


@pytest.mark.parametrize(
    ("seconds", "thorough", "made"), [(0.5, False, 0), (0.5, True, 60), (0.01, False, 60)]
)
def test_a_list_of_accounts_that_are_slow_to_make_is_filled_by_a_thorough_run_only(
    monkeypatch: pytest.MonkeyPatch, seconds: float, thorough: bool, made: int
) -> None:
    service = Members()
    with running(service) as runner:
        target = runner.target
        target.grants = replace(target.grants, destructive=True, thorough=thorough)
        listing = next(one for one in target.contract.lists if one.operation.path == "/users")
        target.tape.exchanges[:] = [replace(one, seconds=seconds) for one in target.tape.exchanges]
        made_up: list[int] = []
        monkeypatch.setattr(filling, "make", lambda _, __, count: made_up.append(count))
        reason = fill_up(target, listing, 60)

        assert ("--effort=thorough" in reason) == (not made)
        assert bool(made_up) == bool(made)


def test_a_size_that_the_envelope_shows_in_what_it_wraps_needs_no_rows_to_be_believed() -> None:
    service = Members()
    with running(service) as runner:
        target = runner.target
        listing = next(one for one in target.contract.lists if one.operation.path == "/users")

        assert fetch(target, listing, size=101).echo == 25


def test_what_was_answered_is_in_the_ledger_although_another_got_no_answer() -> None:
    service = Service()
    with running(service) as runner:
        target = runner.target
        send, count = target.client._company._in_company, iter(range(100))

        def losing(request: Request) -> Exchange | Exception:
            return httpx.RemoteProtocolError("closed") if next(count) == 2 else send(request)

        target.client._company._in_company = losing
        filled(target, 20)
        assert len(in_ledger(target)) >= 20
        assert in_ledger(target) == set(service.notes)
    assert service.notes == {}
