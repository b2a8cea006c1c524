"""A guest in a house that is lived in: what was there before stays as it was, and no GET does anything to anybody."""

from __future__ import annotations

import copy
from typing import Annotated, Any, Literal

import pytest
from fastapi import Depends, FastAPI, HTTPException, Response
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel, ConfigDict, Field

from compliance.catalogue import load
from compliance.result import Run
from compliance.run import Runner, read_contract
from compliance.target.connection import Connection
from compliance.target.credentials import Credentials
from compliance.target.document import fetch_document
from compliance.target.reach import Grants
from compliance.target.serving import serve
from tests.serial import Serial
from tests.target.nested import Id

CATALOGUE = load()
PEOPLE = {"alice": "token-of-alice", "bob": "token-of-bob"}


class Plan(BaseModel):
    model_config = ConfigDict(extra="forbid")
    plan: Literal["professional", "enterprise-plan"]
    seats: Annotated[int, Field(ge=1, le=50)] = 1


class Subscription(Plan):
    id: int


class Person(BaseModel):
    id: int
    username: str


def caller(token: Annotated[str, Depends(OAuth2PasswordBearer(tokenUrl="elsewhere"))]) -> str:
    name = next((name for name, known in PEOPLE.items() if known == token), None)
    if name is None:
        raise HTTPException(401, "who?", headers={"WWW-Authenticate": "Bearer"})
    return name


Caller = Annotated[str, Depends(caller)]


class House:
    """Subscriptions that may be there already, and GETs that do something."""

    def __init__(self, *habits: str, status: int = 201) -> None:
        self.before = {1: {"owner": "alice", "plan": "professional", "seats": 5}}
        self.before[2] = {**self.before[1], "owner": "bob"}
        self.rows: dict[int, dict[str, Any]] = copy.deepcopy(self.before)
        self.deeds: list[str] = []
        self.made = 0
        self.habits, self.status = habits, status
        self.app = FastAPI(title="house", version="1")
        self._subscriptions()
        self._deeds()

    def _subscriptions(self) -> None:
        app = self.app

        def shown(number: int, name: str) -> Subscription:
            if number not in self.rows or self.rows[number]["owner"] != name:
                raise HTTPException(404, "no such subscription")
            row = self.rows[number]
            return Subscription(id=number, plan=row["plan"], seats=row["seats"])

        @app.get("/subscriptions")
        def every(name: Caller) -> list[Subscription]:
            return [shown(number, name) for number, row in self.rows.items() if row["owner"] == name]

        @app.post("/subscriptions", status_code=self.status)
        def subscribe(body: Plan, name: Caller) -> Subscription:
            mine = [number for number, row in self.rows.items() if row["owner"] == name]
            if "finds" in self.habits:
                return shown(mine[0], name)
            self.made += 1
            number = max(self.rows, default=0) + 1
            self.rows[number] = {"owner": name, **body.model_dump()}
            return shown(number, name)

        @app.get("/subscriptions/{subscription_id}")
        def read(subscription_id: Id, name: Caller) -> Subscription:
            return shown(subscription_id, name)

        @app.put("/subscriptions/{subscription_id}")
        def change(subscription_id: Id, body: Plan, name: Caller) -> Subscription:
            if "anybody" not in self.habits:
                shown(subscription_id, name)
            self.rows[subscription_id] |= body.model_dump()
            return shown(subscription_id, self.rows[subscription_id]["owner"])

        @app.delete("/subscriptions/{subscription_id}", status_code=204)
        def cancel(subscription_id: Id, name: Caller) -> Response:
            shown(subscription_id, name)
            del self.rows[subscription_id]
            return Response(status_code=204)

    def _deeds(self) -> None:
        for path in ("/sign-out", "/account/close", "/subscriptions/{subscription_id}/frobnicate", "/whirl"):
            self._deed(path)

        @self.app.get("/me")
        def me(name: Caller) -> Person:
            return Person(id=[*PEOPLE].index(name) + 1, username=name)

        @self.app.get("/health-check")
        def health() -> dict[str, str]:
            self.deeds.append("health")
            return {}

    def _deed(self, path: str) -> None:
        def do(_: Caller) -> dict[str, str]:
            self.deeds.append(path)
            return {}

        self.app.get(path, operation_id=f"op-{len(path)}", summary=path)(do)


def judge(house: House, *, writes: bool = True) -> Run:
    given = {name: Credentials("the test", token=token) for name, token in PEOPLE.items()}
    grants = Grants(writes=writes, credentials=given)
    with serve(Serial(house.app), "house") as url:
        contract = read_contract(fetch_document(url))
        runner = Runner(CATALOGUE, contract, Connection(url), grants)
        for _ in runner.results():
            pass
        return runner.finish()


def outcome(run: Run, rule: str) -> set[str]:
    return {f"{r.outcome}" for r in run.results if r.rule.id == rule and "subscriptions" in str(r.subject)}


@pytest.mark.parametrize("status", [200, 201])
def test_a_create_that_finds_the_row_that_was_there_costs_nobody_that_row(status: int) -> None:
    house = House("finds", status=status)
    run = judge(house)
    assert house.rows == house.before
    assert outcome(run, "RES-003") == outcome(run, "ACC-002") == {"untested"}
    assert "it may not create" in next(str(r.reason) for r in run.results if r.rule.id == "RES-003")


@pytest.mark.parametrize("status", [200, 201])
def test_rows_without_a_text_of_the_runs_are_judged_where_asking_twice_makes_two(status: int) -> None:
    house = House(status=status)
    run = judge(house)
    assert house.rows == house.before
    assert house.made > 1
    assert outcome(run, "RES-003") == outcome(run, "ACC-002") == {"pass"}
    assert run.leftovers == []


def test_faults_are_found_in_them() -> None:
    house = House("anybody")
    assert outcome(judge(house), "ACC-001") == {"violation"}
    assert house.rows == house.before


@pytest.mark.parametrize("writes", [True, False])
def test_no_get_is_sent_in_a_given_name_that_may_do_something(writes: bool) -> None:
    house = House()
    judge(house, writes=writes)
    assert set(house.deeds) == {"health"}
