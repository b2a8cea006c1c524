"""Rows that lie in an envelope, have a state beside their name and hold no other text: a list that shows too much of them
and an update that loses what it was sent."""

from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, HTTPException, Query
from pydantic import BaseModel, Field

from compliance.catalogue import load
from compliance.run import Runner, read_contract
from compliance.target.connection import Connection
from compliance.target.document import fetch_document
from compliance.target.reach import Grants
from compliance.target.serving import serve
from tests.target.nested import Id, Service, Text

CATALOGUE = load()
State = Annotated[str, Field(pattern="^(open|doing|done)$")]


class Draft(BaseModel):
    title: Text
    status: State = "open"
    points: int = 0


class Changes(BaseModel):
    title: Text | None = None
    status: State | None = None
    points: int | None = None


class Task(Draft):
    id: int


class One(BaseModel):
    data: Task


class Many(BaseModel):
    data: list[Task]


def tasks(service: Service) -> APIRouter:
    """Faults: "listed" (everybody's), "lost" (no update is kept)."""
    router = APIRouter(prefix="/tasks")
    held: dict[int, Task] = {}
    owners: dict[int, int] = {}
    Caller = Annotated[int, Depends(service.caller)]  # noqa: N806 - a type

    def own(task_id: int, who: int) -> Task:
        if owners.get(task_id) != who or task_id not in held:
            raise HTTPException(404, "no such task of yours")
        return held[task_id]

    @router.get("")
    def list_tasks(
        who: Caller, page: Annotated[int, Query(ge=1)] = 1, size: Annotated[int, Query(ge=1, le=100)] = 20
    ) -> Many:
        shown = [one for one in held.values() if owners[one.id] == who or "listed" in service.faults]
        return Many(data=shown[(page - 1) * size : page * size])

    @router.post("", status_code=201)
    def add(body: Draft, who: Caller) -> One:
        made = service.number()
        held[made], owners[made] = Task(id=made, **body.model_dump()), who
        return One(data=held[made])

    @router.get("/{task_id}")
    def read(task_id: Id, who: Caller) -> One:
        return One(data=own(task_id, who))

    @router.patch("/{task_id}")
    def change(task_id: Id, body: Changes, who: Caller) -> One:
        sent: dict[str, Any] = body.model_dump(exclude_none=True)
        changed = own(task_id, who).model_copy(update=sent)
        if "lost" not in service.faults:
            held[task_id] = changed
        return One(data=changed)

    @router.delete("/{task_id}", status_code=204)
    def drop(task_id: Id, who: Caller) -> None:
        del held[own(task_id, who).id]

    return router


@pytest.mark.parametrize(("fault", "rule"), [("listed", "ACC-007"), ("lost", "RES-006")])
@pytest.mark.parametrize("planted", [False, True])
def test_what_an_envelope_holds_is_judged(fault: str, rule: str, planted: bool) -> None:
    service = Service(frozenset([fault] if planted else []))
    with serve(service.app(tasks), "tasks") as url:
        runner = Runner(CATALOGUE, read_contract(fetch_document(url)), Connection(url), Grants(writes=True))
        runner.select(one for one in runner.planned if one.rule.id == rule)
        list(runner.results())
        run = runner.finish()
    found = {one.subject: f"{one.outcome}" for one in run.results}
    assert next(found[name] for name in found if name.endswith("/tasks")) == (
        "violation" if planted else "pass"
    )
